// The HTTP API of docs/api.md, as the page uses it.

// Failure is a request without an answer. Nothing was done unless it is unknown.
export class Failure extends Error {
  constructor(status, text, unknown) {
    super(text);
    this.status = status;
    this.unknown = unknown;
  }
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Failure(0, "The server could not be reached.", true);
  }
  if (response.status === 401) {
    location.assign("/login");
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new Failure(response.status, "The answer could not be read.", true);
  }
  if (!response.ok) {
    throw new Failure(response.status, answer.error.text, response.status >= 500 && response.status !== 503);
  }
  return answer;
}

const get = (path, query, options) => call(path + "?" + new URLSearchParams(query), options);

const post = (path, body) =>
  call(path + "?html=1", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const say = (request) => post("/api/v1/say", request);
export const press = (request) => post("/api/v1/press", request);
export const complete = (query, signal) => get("/api/v1/complete", query, { signal });
export const entries = (query) => get("/api/v1/entries", { ...query, html: 1 });

// freshKey names one request, so that asking again does nothing twice.
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
