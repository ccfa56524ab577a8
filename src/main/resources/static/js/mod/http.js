// The one way in which scripts ask the server.
import { tell } from "./notice.js";

/** The header with the session's token; empty where nobody is logged in. */
export function token() {
  const meta = document.querySelector('meta[name="csrf"]');
  return meta ? { [meta.dataset.header]: meta.content } : {};
}

/** The session has ended: the login page, which comes back here. */
export function unauthorised() {
  location.assign(document.body.dataset.login);
}

/**
 * Asks, and gives the answer as JSON, or null where it has no content.
 * A failure is shown to the person, and thrown with the problem as its cause.
 */
export async function ask(address, options = {}) {
  const method = options.method ?? "GET";
  let answer;
  try {
    answer = await fetch(address, {
      ...options,
      headers: { Accept: "application/json", ...(method === "GET" ? {} : token()), ...options.headers }
    });
  }
  catch (failure) {
    tell(document.body.dataset.unreachable);
    throw failure;
  }
  if (answer.status === 401) {
    unauthorised();
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    tell(problem.detail ?? document.body.dataset.problem);
    throw new Error(problem.detail ?? answer.statusText, { cause: problem });
  }
  return answer.status === 204 ? null : answer.json();
}
