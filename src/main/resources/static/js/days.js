// The page of days: they are asked for anew when another generation has become current.
const served = () => document.getElementById("served");

const address = served()?.dataset.events;
if (address) {
  const again = () => served().dispatchEvent(new CustomEvent("boundary"));
  const events = new EventSource(address);
  let cut = false;
  events.addEventListener("boundary", (event) => {
    if (JSON.parse(event.data).dataset === "weather") {
      again();
    }
  });
  // Nobody has told what happened meanwhile
  events.addEventListener("error", () => cut = true);
  events.addEventListener("open", () => {
    if (cut) {
      cut = false;
      again();
    }
  });
}
