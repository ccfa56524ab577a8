// Events that the server sends. A browser tries again where nobody answers, but gives up where an answer is no stream.
const AGAIN_MS = 5_000;
// A browser has six connections to a server: those that nobody looks at must not take them all
const HIDDEN_MS = 60_000;

export const follow = (address, listeners) => {
  let events;
  let again;
  let hidden;

  const open = () => {
    clearTimeout(again);
    events = new EventSource(address);
    for (const [name, listener] of Object.entries(listeners)) {
      events.addEventListener(name, listener);
    }
    events.addEventListener("error", () => {
      if (events?.readyState === EventSource.CLOSED) {
        events = undefined;
        // Not all at once
        again = setTimeout(open, AGAIN_MS * (1 + Math.random()));
      }
    });
  };
  const close = () => {
    clearTimeout(again);
    events?.close();
    events = undefined;
    listeners.error?.();
  };
  const look = () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(close, HIDDEN_MS);
    } else if (!events) {
      open();
    }
  };

  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", close);
  addEventListener("pageshow", look);
  open();
  look();
};
