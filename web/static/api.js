// The only fetch. A newer call aborts the older one of its kind; a refusal is an Error with the server's own sentence.
import { t } from "./messages.js";

/** @type {Record<string, AbortController>} */
const running = {};

/** @param {string} kind @param {string} url @param {RequestInit} [options] */
async function ask(kind, url, options = {}) {
  running[kind]?.abort();
  const mine = (running[kind] = new AbortController());
  let response;
  try {
    response = await fetch(url, { ...options, signal: mine.signal });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(t("failed.away"));
  }
  if (response.status === 204) return null;
  const body = await response.json().catch((error) => {
    throw error.name === "AbortError" ? error : new Error(t("failed.answer", { status: response.status }));
  });
  if (!response.ok) throw Object.assign(new Error(body.detail), { status: response.status });
  return body;
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

/** What a result can be narrowed by. @param {URLSearchParams} asked @returns {Promise<import("./types.js").Facets>} */
export const facets = (asked) => ask("facets", `/api/v1/facets?${asked}`);

/** How many matches there are of each day, in order. @param {URLSearchParams} asked @returns {Promise<{total: number, days: import("./types.js").FacetValue[]}>} */
export const timeline = (asked) => ask("timeline", `/api/v1/timeline?${asked}`);

/** Searches that were kept, with how many pictures are new in each. @param {boolean} [count] @returns {Promise<import("./types.js").Saved[]>} */
export const saved = (count = true) => ask("saved", `/api/v1/saved?count=${count}`);

/** @param {"POST" | "DELETE"} method @param {string} url @param {unknown} [body] */
const send = (method, url, body) => ask(`${method} ${url}`, url, { method, body: body && JSON.stringify(body), headers: body ? { "Content-Type": "application/json" } : {} });

/** Keep a search; one of the same name is replaced. @param {string} name @param {string} query */
export const save = (name, query) => send("POST", "/api/v1/saved", { name, query });

/** @param {string} name @returns {Promise<import("./types.js").Saved & {new_ids: number[], newest: number}>} */
export const savedOne = (name) => ask("saved one", `/api/v1/saved/${encodeURIComponent(name)}`);

/** What is found now was looked at. @param {string} name @param {number} newest */
export const seen = (name, newest) => send("POST", "/api/v1/saved/seen", { name, newest });

/** @param {string} name */
export const forget = (name) => send("DELETE", `/api/v1/saved/${encodeURIComponent(name)}`);

/** How the word at a place may go on; places are counted in code points. @param {string} q @param {number} at @returns {Promise<import("./types.js").Completions>} */
export const complete = (q, at) => ask("complete", `/api/v1/complete?${new URLSearchParams({ q, at: String(at) })}`);

/** @param {number} id @returns {Promise<import("./types.js").Picture>} */
export const picture = (id) => ask("picture", `/api/v1/pictures/${id}`);

/** Where in a picture that which words mean is seen. @param {number} id @param {string} words @returns {Promise<import("./types.js").Where>} */
export const where = (id, words) => ask("where", `/api/v1/pictures/${id}/where?${new URLSearchParams({ q: words })}`);
