// State <-> address. What is at its default stays out of the address.
import { upload } from "./uploads.js";

const FILTERS = ["in", "type", "after", "before", "min_size", "max_size", "orientation"];
export const EMPTY = { q: "", like: null, mode: "hybrid", order: "relevance", fold: false, filters: [], show: null, upload: null };

/** @param {string | null} text */
const whole = (text) => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : null);

/** @returns {import("./types.js").State} */
export function current() {
  const given = new URLSearchParams(location.search);
  const key = history.state?.upload ?? null;
  return {
    q: given.get("q") ?? "",
    like: whole(given.get("like")),
    mode: given.get("mode") ?? EMPTY.mode,
    order: given.get("order") ?? EMPTY.order,
    fold: given.get("fold") === "true",
    filters: /** @type {[string, string][]} */ ([...given].filter(([name]) => FILTERS.includes(name))),
    show: whole(given.get("show")),
    upload: upload(key) ? key : null,
  };
}

/** What the API is asked. @param {import("./types.js").State} state @returns {URLSearchParams} */
export function asked(state) {
  const made = new URLSearchParams();
  if (state.q) made.set("q", state.q);
  if (state.like !== null) made.set("like", String(state.like));
  if (state.mode !== EMPTY.mode) made.set("mode", state.mode);
  if (state.order !== EMPTY.order) made.set("order", state.order);
  if (state.fold) made.set("fold", "true");
  for (const [name, value] of state.filters) made.append(name, value);
  return made;
}

/** @param {import("./types.js").State} state @returns {string} */
export function address(state) {
  const made = asked(state);
  if (state.show !== null) made.set("show", String(state.show));
  const query = made.toString();
  return query ? `/?${query}` : "/";
}

/** Go to a state. @param {import("./types.js").State} state @param {"push" | "replace"} how @param {object} [extra] */
export function go(state, how, extra = {}) {
  history[`${how}State`]({ upload: state.upload, ...extra }, "", address(state));
}

/** Whether two states ask the same of the API. @param {import("./types.js").State} a @param {import("./types.js").State} b */
export const sameSearch = (a, b) => a.upload === b.upload && asked(a).toString() === asked(b).toString();
