// The only fetch. A newer call aborts the older one of its kind; a refusal is an Error with the server's own sentence.

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
    throw error.name === "AbortError" ? error : new Error("imsearch does not answer. Is it still running?");
  }
  const body = await response.json().catch((error) => {
    throw error.name === "AbortError" ? error : new Error(`The answer cannot be read (${response.status}).`);
  });
  if (!response.ok) throw new Error(body.detail);
  return body;
}

/** Whether an error only says that a newer call took over. @param {Error} error */
export const overtaken = (error) => error.name === "AbortError";

/** @param {URLSearchParams} asked @returns {Promise<import("./types.js").Found>} */
export const search = (asked) => ask("search", `/api/v1/search?${asked}`);

/** @param {URLSearchParams} asked @param {File} picture @returns {Promise<import("./types.js").Found>} */
export function searchByPicture(asked, picture) {
  const address = new URLSearchParams(asked);
  address.delete("q");
  const body = new FormData();
  body.append("picture", picture);
  body.append("q", asked.get("q") ?? "");
  return ask("search", `/api/v1/search?${address}`, { method: "POST", body });
}

/** @param {number} id @returns {Promise<import("./types.js").Picture>} */
export const picture = (id) => ask("picture", `/api/v1/pictures/${id}`);

/** Where in a picture that which words mean is seen. @param {number} id @param {string} words @returns {Promise<import("./types.js").Where>} */
export const where = (id, words) => ask("where", `/api/v1/pictures/${id}/where?${new URLSearchParams({ q: words })}`);
