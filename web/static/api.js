// The only fetch. A newer call aborts the older one of its kind; a refusal is an Error with the server's own sentence.
import { eventsOf } from "./events.js";
import { t } from "./messages.js";

/** @type {Record<string, AbortController>} */
const running = {};

/** @param {string} kind none: nothing overtakes it @param {string} url @param {RequestInit} [options] @param {(answer: Response) => Promise<any>} [read] what is no refusal */
async function ask(kind, url, options = {}, read = (answer) => answer.json()) {
  const mine = new AbortController();
  if (kind) {
    running[kind]?.abort();
    running[kind] = mine;
  }
  let response;
  try {
    response = await fetch(url, { ...options, signal: mine.signal });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(t("failed.away"));
  }
  // what may be typed next only helps: the search that follows has the words that are to come back
  if (response.status === 401 && kind !== "complete") return toLogin();
  if (response.status === 204) return null;
  const body = await (response.ok ? read(response) : response.json()).catch((error) => {
    throw error.name === "AbortError" ? error : new Error(t("failed.answer", { status: response.status }));
  });
  if (!response.ok) throw Object.assign(new Error(body.detail), { status: response.status });
  return body;
}

/** The login has ended, or its token was revoked: log in, and come back here. Whoever waits for an answer waits on. @returns {Promise<never>} */
function toLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  return new Promise(() => {});
}

/** Whether an error only says that a newer call took over. @param {Error} error */
export const overtaken = (error) => error.name === "AbortError";

/** @param {URLSearchParams} asked @param {string} [kind] @returns {Promise<import("./types.js").Found>} */
export const search = (asked, kind = "search") => ask(kind, `/api/v1/search?${asked}`);

/** Give a picture to search by. @param {File} picture @returns {Promise<{upload: string, width: number, height: number}>} */
export function give(picture) {
  const body = new FormData();
  body.append("picture", picture);
  return ask("search", "/api/v1/uploads", { method: "POST", body });
}

/** The picture at an address of the web; the server fetches it, where that is allowed. @param {string} url @returns {Promise<Blob>} */
export const fetched = (url) => ask("search", "/api/v1/fetched", sending("POST", { url }), (answer) => answer.blob());

/** What a result can be narrowed by. @param {URLSearchParams} asked @returns {Promise<import("./types.js").Facets>} */
export const facets = (asked) => ask("facets", `/api/v1/facets?${asked}`);

/** How many matches there are of each day, in order. @param {URLSearchParams} asked @returns {Promise<{total: number, days: import("./types.js").FacetValue[]}>} */
export const timeline = (asked) => ask("timeline", `/api/v1/timeline?${asked}`);

/** Searches that were kept, with how many pictures are new in each. @param {boolean} [count] @returns {Promise<import("./types.js").Saved[]>} */
export const saved = (count = true) => ask("saved", `/api/v1/saved?count=${count}`);

/** @param {string} method @param {object} [body] @returns {RequestInit} */
const sending = (method, body) => ({ method, ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }) });

/** Read something below the API; two of one kind: the newer one counts. @param {string} path @param {string} [kind] @returns {Promise<any>} */
export const read = (path, kind = path) => ask(kind, `/api/v1/${path}`);

/** Change something; nothing overtakes it. @param {"POST" | "PATCH" | "DELETE"} method @param {string} path @param {object} [body] @returns {Promise<any>} */
export const send = (method, path, body) => ask("", `/api/v1/${path}`, sending(method, body));

/** Keep a search; one of the same name is replaced. @param {string} name @param {string} query */
export const save = (name, query) => send("POST", "saved", { name, query });

/** @param {string} name @returns {Promise<import("./types.js").Saved & {new_ids: number[], newest: number}>} */
export const savedOne = (name) => ask("saved one", `/api/v1/saved/${encodeURIComponent(name)}`);

/** What is found now was looked at. @param {string} name @param {number} newest */
export const seen = (name, newest) => send("POST", "saved/seen", { name, newest });

/** @param {string} name */
export const forget = (name) => send("DELETE", `saved/${encodeURIComponent(name)}`);

/** How the word at a place may go on; places are counted in code points. @param {string} q @param {number} at @returns {Promise<import("./types.js").Completions>} */
export const complete = (q, at) => ask("complete", `/api/v1/complete?${new URLSearchParams({ q, at: String(at) })}`);

/** @param {number} id @returns {Promise<import("./types.js").Picture>} */
export const picture = (id) => ask("picture", `/api/v1/pictures/${id}`);

/** Where in a picture that which words mean is seen. @param {number} id @param {string} words @returns {Promise<import("./types.js").Where>} */
export const where = (id, words) => ask("where", `/api/v1/pictures/${id}/where?${new URLSearchParams({ q: words })}`);

/** Say something of pictures. @param {number[]} ids @param {import("./types.js").Said} said @returns {Promise<{change: number | null, ids: number[]}>} */
export const edit = (ids, said) => send("POST", "pictures/edit", { ids, ...said });

/** Take a change back: of these pictures, or of all that it was made to. @param {number} change @param {number[]} [ids] */
export const undo = (change, ids = []) => send("POST", "pictures/undo", { change, ids });

/** Pictures as a list: csv, json or paths. @param {number[]} ids @param {string} form @returns {Promise<Blob>} */
export const list = (ids, form) => ask("", "/api/v1/pictures/list", sending("POST", { ids, form }), (response) => response.blob());

/** What people changed of a picture, oldest first. @param {number} id @returns {Promise<import("./history.js").Edited[]>} */
export const history = (id) => ask("history", `/api/v1/pictures/${id}/history`);

/** Ask about pictures; `hear` is told of each event as it comes. @param {object} asked @param {(event: import("./events.js").Event) => void} hear @param {AbortSignal} signal */
export async function question(asked, hear, signal) {
  let response;
  try {
    response = await fetch("/api/v1/ask", { ...sending("POST", asked), signal });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(t("failed.away"));
  }
  if (response.status === 401) return toLogin();
  if (!response.ok) throw new Error((await response.json().catch(() => ({ detail: t("failed.answer", { status: response.status }) }))).detail);
  const events = eventsOf();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) events(part.value).forEach(hear);
}

/** Hear of every job now and of each that changes, until `close` is called. @param {(job: import("./jobs.js").Job) => void} hear */
export function jobs(hear) {
  const events = new EventSource("/api/v1/jobs/events");
  events.addEventListener("job", ({ data }) => hear(JSON.parse(data)));
  // a refusal does not say why; asked once more, it does
  events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) read("jobs").catch(() => {}); });
  addEventListener("pagehide", () => events.close());
  return events;
}
