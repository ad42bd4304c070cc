// Pictures that were given to search by. The server keeps them for an hour; here is only what they were called and how big
// they are, for as long as the window is open.

/** @typedef {{name: string, width: number, height: number}} Given */

const NAME = "imsearch uploads";

/** @returns {Record<string, Given>} */
function all() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} key @param {Given} given */
export function keep(key, given) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...all(), [key]: given }));
  } catch { /* nothing can be kept here: it is searched by all the same */ }
}

/** @param {string} key @returns {Given | undefined} */
export const given = (key) => all()[key];

/** How it is written in the query. @param {string} key */
export const written = (key) => `picture:upload:${key}`;

/** @param {string} key */
export const thumbnailOf = (key) => `/api/v1/uploads/${key}/thumbnail`;
