// The page of days: they are asked for anew when another generation has become current.
import { follow } from "./mod/events.js";

const served = () => document.getElementById("served");

const address = served()?.dataset.events;
if (address) {
  const again = () => served().dispatchEvent(new CustomEvent("boundary"));
  let cut = false;
  follow(address, {
    boundary: (event) => {
      const { dataset, generation } = JSON.parse(event.data);
      if (dataset === "weather" && String(generation) !== served().dataset.generation) {
        again();
      }
    },
    // Nobody has told what happened meanwhile
    error: () => cut = true,
    open: () => {
      if (cut) {
        cut = false;
        again();
      }
    },
  });
}
