// Events that the server sends. A browser tries again where nobody answers, but gives up where an answer is no stream.
const AGAIN_MS = 5_000;

export const follow = (address, listeners) => {
  const events = new EventSource(address);
  for (const [name, listener] of Object.entries(listeners)) {
    events.addEventListener(name, listener);
  }
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) {
      // Not all at once
      setTimeout(() => follow(address, listeners), AGAIN_MS * (1 + Math.random()));
    }
  });
};
