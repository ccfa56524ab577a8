// What every page does: theme, times that tick, requests that carry the token.
import { relative } from "./mod/formats.js";
import { token, unauthorised } from "./mod/http.js";
import { tell } from "./mod/notice.js";

const root = document.documentElement;

// The link works without this; with it nothing is loaded anew
for (const choice of document.querySelectorAll("[data-theme-choice]")) {
  choice.addEventListener("click", (event) => {
    event.preventDefault();
    const theme = choice.dataset.themeChoice;
    root.dataset.theme = theme;
    document.getElementById("dark").media = choice.dataset.darkWhen;
    document.cookie = `theme=${theme}; path=${new URL(document.querySelector(".brand").href).pathname}; max-age=31536000; samesite=lax`;
    for (const other of document.querySelectorAll("[data-theme-choice]")) {
      other.toggleAttribute("aria-current", false);
      if (other.dataset.themeChoice === theme) {
        other.setAttribute("aria-current", "true");
      }
    }
    changed();
  });
}

// Charts read the colours again
const changed = () => document.dispatchEvent(new CustomEvent("isobar:theme"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);

const tick = () => {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const text = relative(Date.parse(time.dateTime), now);
    if (time.textContent !== text) {
      time.textContent = text;
    }
  }
};
setInterval(tick, 1000);

// The menu of a narrow window closes as any other does
const menu = document.querySelector(".menu");
menu.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.querySelector("[data-focus]")?.focus();

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") {
    Object.assign(event.detail.headers, token());
  }
});

document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  let detail;
  try {
    detail = JSON.parse(answer.responseText).detail;
  }
  catch {
    // A page, not a problem detail
  }
  if (answer.status === 401 && !answer.getResponseHeader("HX-Redirect")) {
    unauthorised();
  }
  tell(detail ?? document.body.dataset.problem);
});

document.addEventListener("htmx:sendError", () => tell(document.body.dataset.unreachable));

// What was typed survives a session that has ended: kept when sent, filled in after the login
const kept = `isobar:form:${location.pathname}`;
for (const form of document.querySelectorAll("form[data-keep]")) {
  const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type));
  const typed = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (typed && new URL(document.referrer || location.href).pathname.endsWith("/login")) {
    for (const field of fields().filter((each) => each.name in typed)) {
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = typed[field.name].includes(field.value);
      }
      else {
        field.value = typed[field.name][0];
      }
    }
  }
  sessionStorage.removeItem(kept);
  form.addEventListener("submit", () => {
    const values = {};
    for (const field of fields()) {
      values[field.name] ??= [];
      if (!["checkbox", "radio"].includes(field.type) || field.checked) {
        values[field.name].push(field.value);
      }
    }
    sessionStorage.setItem(kept, JSON.stringify(values));
  });
}
