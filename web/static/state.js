// State <-> address. What is at its default stays out of the address.
import { quoted } from "./query.js";

/** @typedef {import("./types.js").State} State */

/** @type {State} */
export const EMPTY = { q: "", mode: "hybrid", order: "relevance", fold: false, group: "auto", show: null };

/** @param {string | null} text */
const whole = (text) => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : null);

/** The query with what an address may say beside it (?like=12&in=rome): on the page all of it is one line. @param {URLSearchParams} given */
export function oneLine(given) {
  const all = (/** @type {string} */ name, /** @type {string} */ field, sign = "") => given.getAll(name).map((value) => `${field}:${sign}${quoted(value)}`);
  return [
    (given.get("q") ?? "").trim(), ...all("like", "like"), ...all("in", "in"), all("type", "type").join(" or "),
    ...all("after", "after"), ...all("before", "before"), ...all("min_size", "size", ">="), ...all("max_size", "size", "<="),
    ...all("orientation", "orientation"),
  ].filter(Boolean).join(" ");
}

/** @param {string} search of an address @returns {State} */
export function stateOf(search) {
  const given = new URLSearchParams(search);
  return {
    q: oneLine(given),
    mode: given.get("mode") ?? EMPTY.mode,
    order: given.get("order") ?? EMPTY.order,
    fold: given.get("fold") === "true",
    group: given.get("group") ?? EMPTY.group,
    show: whole(given.get("show")),
  };
}

export const current = () => stateOf(location.search);

/** What the API is asked. @param {State} state @returns {URLSearchParams} */
export function asked(state) {
  const made = new URLSearchParams();
  for (const name of /** @type {const} */ (["q", "mode", "order"])) if (state[name] !== EMPTY[name]) made.set(name, state[name]);
  if (state.fold) made.set("fold", "true");
  return made;
}

/** @param {State} state @returns {string} */
export function address(state) {
  const made = asked(state);
  if (state.group !== EMPTY.group) made.set("group", state.group);
  if (state.show !== null) made.set("show", String(state.show));
  const query = made.toString();
  return query ? `/?${query}` : "/";
}

/** Go to a state. @param {State} state @param {"push" | "replace"} how @param {object} [extra] */
export function go(state, how, extra = {}) {
  history[`${how}State`](extra, "", address(state));
}

/** What a search is known by: two states of one name ask the same of the API. @param {State} state */
export const nameOf = (state) => asked(state).toString();
