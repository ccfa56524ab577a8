// The page of what is measured now: readings are shown as they come in.
import { follow } from "./mod/events.js";
import { relative, withUnit } from "./mod/formats.js";

const RELOAD_MS = 30_000;

const flow = document.getElementById("flow");

if (flow) {
  const button = flow.querySelector("button");
  const newest = flow.querySelector("[data-newest]");
  const waiting = new Map();
  // What providers say in English, in the page's language
  const words = new Map([...document.querySelectorAll("#words li")].map((each) => [each.dataset.english.toLowerCase(), each.textContent]));
  const said = (english) => english.split(/\s*,\s*/).map((part) => words.get(part.toLowerCase()) ?? part).join(", ");
  let paused = false;

  const state = (name) => {
    for (const tag of flow.querySelectorAll("[data-state]")) {
      tag.hidden = tag.dataset.state !== (paused ? "paused" : name);
    }
  };

  const show = (reading) => {
    const row = [...document.querySelectorAll("tr[data-city]")].find((each) => each.dataset.city === reading.city);
    if (!row) {
      // A city that was not there: the server knows how to show it, unless its store is away, or what came is too old
      if (Date.now() - Number(sessionStorage.getItem("reloaded")) >= RELOAD_MS) {
        sessionStorage.setItem("reloaded", Date.now());
        location.reload();
      }
      return;
    }
    const time = row.querySelector("time");
    if (Date.parse(reading.observedAt) < Date.parse(time.dateTime)) {
      return;
    }
    time.dateTime = reading.observedAt;
    let changed = false;
    for (const cell of row.querySelectorAll("[data-field]")) {
      const text = withUnit(reading[cell.dataset.field], cell.dataset.unit);
      changed ||= cell.textContent !== text;
      cell.textContent = text;
    }
    row.querySelector("[data-flag=simulated]").hidden = reading.dataOrigin !== "simulated";
    row.querySelector("[data-flag=rain]").hidden = !reading.rain;
    row.querySelector("[data-flag=storm]").hidden = !reading.storm;
    row.querySelector("[data-text=conditions]").textContent = said(reading.conditions ?? "");
    if (changed) {
      row.classList.add("changed");
      setTimeout(() => row.classList.remove("changed"), 2_000);
    }
  };

  const draw = () => {
    for (const reading of waiting.values()) {
      show(reading);
    }
    waiting.clear();
  };

  let open = "cut";
  follow(flow.dataset.events, {
    open: () => state(open = "open"),
    error: () => state(open = "cut"),
    reading: (event) => {
      const reading = JSON.parse(event.data);
      const known = waiting.get(reading.city);
      // An older one may come behind it, such as what fell in the last hour
      if (!known || Date.parse(reading.observedAt) >= Date.parse(known.observedAt)) {
        waiting.set(reading.city, reading);
      }
      const time = newest.querySelector("time");
      time.dateTime = new Date().toISOString();
      time.textContent = relative(Date.now(), Date.now());
      newest.hidden = false;
    },
  });
  // At most once a second, however many come
  setInterval(() => {
    if (!paused) {
      draw();
    }
  }, 1_000);

  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    state(open);
  });
  flow.hidden = false;
}
