// When pictures were taken, as bars. Pure.
import { nextDay } from "./sections.js";

/** @typedef {{value: string, count: number}} Bar `value`: YYYY, YYYY-MM or YYYY-MM-DD */

const MOST = 60; // bars that a narrow panel can show

/** The month or year after one. @param {string} value */
export function following(value) {
  if (value.length === 4) return String(Number(value) + 1).padStart(4, "0");
  if (value.length === 10) return nextDay(value);
  const [year, month] = value.split("-").map(Number);
  return month === 12 ? `${String(year + 1).padStart(4, "0")}-01` : `${value.slice(0, 4)}-${String(month + 1).padStart(2, "0")}`;
}

/** With fewer letters of each value: days become months, months years. @param {Bar[]} bars @param {number} letters @returns {Bar[]} */
export function coarser(bars, letters) {
  /** @type {Map<string, number>} */ const made = new Map();
  for (const { value, count } of bars) made.set(value.slice(0, letters), (made.get(value.slice(0, letters)) ?? 0) + count);
  return [...made].map(([value, count]) => ({ value, count }));
}

/** Bars of even time, also where there is none: of days, months or years, so that they fit. @param {Bar[]} bars in order @param {number} [most] @returns {Bar[]} */
export function evenly(bars, most = MOST) {
  for (const letters of [10, 7, 4]) {
    if (!bars.length || bars[0].value.length < letters) continue;
    const merged = coarser(bars, letters), last = merged.at(-1).value;
    const counts = new Map(merged.map(({ value, count }) => [value, count]));
    const filled = [];
    for (let value = merged[0].value; value <= last && filled.length <= most; value = following(value)) filled.push({ value, count: counts.get(value) ?? 0 });
    if (filled.length <= most) return filled;
  }
  return coarser(bars, 4); // centuries of them: only those that have pictures
}

/** The days that some bars cover: from and up to, as after: and before: take them. @param {Bar[]} bars @param {number} a @param {number} b @returns {[string, string]} */
export function span(bars, a, b) {
  const [from, to] = a < b ? [a, b] : [b, a];
  return [bars[from].value, following(bars[to].value)];
}

/** How high a bar is, 0 to 1: the root, so that few beside many are still seen. @param {number} count @param {number} most */
export const share = (count, most) => (count ? Math.max(0.06, Math.sqrt(count / most)) : 0);
