// The query line as text: how one term of it is weighed, turned round, added and taken away. Pure.
// Which terms there are the API says; here they are only written.

/** @typedef {import("./types.js").Term} Term */

const PREFIX = /^([+-])(?:(\d{1,6}(?:\.\d{1,6})?)\*)?(?=[^\s)*])/;

/** A term's text without its sign and weight: "+2*(parked cars)" is "parked cars". @param {string} text */
export function bare(text) {
  const rest = text.replace(PREFIX, "");
  return rest !== text && /^\([^()]*\)$/.test(rest) ? rest.slice(1, -1) : rest;
}

/** A term of words or an example with another weight; less than nothing is "without". @param {string} text @param {number} weight */
export function weighed(text, weight) {
  const rest = bare(text);
  if (weight === 1) return rest;
  const size = Math.abs(weight);
  const sign = weight < 0 ? "-" : "+";
  return `${sign}${size === 1 ? "" : `${Number(size.toFixed(2))}*`}${/\s/.test(rest) && !/^\w+:"/.test(rest) ? `(${rest})` : rest}`;
}

/** A filter turned round. @param {string} text */
export function opposite(text) {
  if (text.startsWith("-")) return /^-\([^()]*\)$/.test(text) ? text.slice(2, -1) : text.slice(1);
  return / or /.test(text) && !/^\(.*\)$/.test(text) ? `-(${text})` : `-${text}`;
}

/** The query that terms make, in their order. @param {string[]} texts */
export const joined = (texts) => texts.filter(Boolean).join(" ");

/** The query with a further term, unless it is there. @param {string} q @param {string} text */
export const added = (q, text) => (` ${q.trim()} `.includes(` ${text} `) ? q.trim() : `${q.trim()} ${text}`.trim());

/** The query without a term that is written so. @param {string} q @param {string} text */
export const without = (q, text) => ` ${q} `.replace(` ${text} `, " ").trim();

/** Whether a term is written so. @param {string} q @param {string} text */
export const holds = (q, text) => ` ${q} `.includes(` ${text} `);

/** The query with an example, in place of what was said of that picture before. @param {string} q @param {number} id @param {number} weight */
export function exampled(q, id, weight) {
  const said = new RegExp(`(^|\\s)(?:[+-](?:[\\d.]+\\*)?)?like:${id}(?:@[\\d,]+)?(?=\\s|$)`, "g");
  return added(q.replace(said, "$1").replace(/\s+/g, " "), weighed(`like:${id}`, weight));
}

/** The query with a part of an example, in place of the whole or another part of it; or with nothing else. @param {string} q @param {string} example as it is written @param {number[]} box x, y, width, height @param {boolean} add */
export function ofPart(q, example, box, add) {
  const part = `${example}@${box.join(",")}`;
  if (!add) return part;
  const said = q.split(" ").filter((word) => word.replace(PREFIX, "").replace(/@[\d,]+$/, "") !== example);
  return added(said.join(" "), part);
}

/** A value as it must be written to be read as one. @param {string} value */
export const quoted = (value) => (/^[^\s"()\\]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`);

/** A day's filter on the query: in place of those that it has. @param {string} q @param {string | null} after @param {string | null} before */
export function between(q, after, before) {
  const rest = q.replace(/(^|\s)(?:after|before|year):\S+/g, "").trim();
  return [rest, after && `after:${after}`, before && `before:${before}`].filter(Boolean).join(" ");
}

// A slider is even to the hand: each step to the right is a third more, and so the other way.
const STEPS = 2.5; // steps that double it

/** @param {number} step */
export const weightOf = (step) => Number((2 ** (step / STEPS)).toPrecision(2));

/** @param {number} weight */
export const stepOf = (weight) => Math.round(STEPS * Math.log2(Math.abs(weight)));
