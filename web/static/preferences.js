// What a person chose of the page's looks. Kept in this browser alone; a browser that keeps nothing starts afresh.

/** @typedef {{theme: "system" | "light" | "dark", size: number, panel: boolean, why: boolean, info: boolean}} Preferences */

const NAME = "imsearch";
/** @type {Preferences} */ const USUAL = { theme: "system", size: 0, panel: false, why: false, info: true };
/** @type {Set<(now: Preferences) => void>} */ const watching = new Set();

/** @returns {Preferences} */
function read() {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(NAME) ?? "{}") };
  } catch {
    return { ...USUAL };
  }
}

export let preferences = read();

/** @param {Partial<Preferences>} change */
export function prefer(change) {
  preferences = { ...preferences, ...change };
  try {
    localStorage.setItem(NAME, JSON.stringify(preferences));
  } catch { /* private windows of some browsers keep nothing */ }
  for (const act of watching) act(preferences);
}

/** Told at once and at every change. @param {(now: Preferences) => void} act */
export function onPreferences(act) {
  watching.add(act);
  act(preferences);
}
