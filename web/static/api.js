// The only fetch. A newer search aborts the older one; a refusal is an Error with the server's own sentence.
let running = new AbortController();

async function ask(url, options = {}) {
  const response = await fetch(url, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? "The search failed.");
  return body;
}

function alone() {
  running.abort();
  running = new AbortController();
  return { signal: running.signal };
}

/** @param {URLSearchParams} asked */
export const searchByWords = (asked) => ask(`/api/v1/search?${asked}`, alone());

/** @param {File} picture @param {string} words */
export function searchByPicture(picture, words) {
  const body = new FormData();
  body.append("picture", picture);
  body.append("q", words);
  return ask("/api/v1/search", { method: "POST", body, ...alone() });
}

/** @param {string} id */
export const detail = (id) => ask(`/api/v1/pictures/${id}`);
