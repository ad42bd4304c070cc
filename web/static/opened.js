// The picture that is open: what is known of it, the way to its neighbours, and what can be searched for from there.
import * as api from "./api.js";
import { on } from "./dom.js";
import { exampled } from "./query.js";
import { EMPTY, current, go } from "./state.js";

/**
 * @param {{detail: any, grid: any, say: (sentence: string) => void, render: () => Promise<void>, choosePart: (which: {id: number}) => void,
 *   change: (part: Partial<import("./types.js").State>, how?: "push" | "replace") => Promise<void>, byPicture: () => boolean}} page
 *   `byPicture`: whether what is shown was found by a picture
 */
export function opened({ detail, grid, say, render, choosePart, change, byPicture }) {
  let shownAt = 0; // where it stands, or stood before it was hidden

  /** Open the detail of a picture. @param {number} id */
  async function show(id) {
    try {
      const picture = await api.picture(id);
      const state = current();
      if (state.show !== id) return;
      const at = grid.hits.findIndex((/** @type {import("./types.js").Hit} */ hit) => hit.id === id);
      if (at >= 0) shownAt = at;
      const byWords = state.q.replace(/\S*like:\S+/g, "").trim() !== "";
      detail.open(picture, { hit: grid.hits[at], byPicture: byPicture(), byWords, before: grid.hits[at - 1], after: at < 0 ? undefined : grid.hits[at + 1] });
    } catch (error) {
      if (api.overtaken(error)) return;
      say(error.message);
      go({ ...current(), show: null }, "replace");
      detail.shut();
    }
  }

  /** Ask where in a picture the words are seen. @param {number} id */
  async function locate(id) {
    try {
      const found = await api.where(id, current().q);
      if (current().show === id) await detail.where(found);
    } catch (error) {
      if (!api.overtaken(error) && current().show === id) detail.wrong(error.message);
    }
  }

  on(detail, "similar", (id) => change({ q: `like:${id}`, mode: EMPTY.mode, show: null }));
  on(detail, "unveiled", () => grid.revealed());
  on(detail, "where", (id) => locate(id));
  on(detail, "mark", (term) => change({ q: exampled(current().q, Number(term.split(":")[1]), term.startsWith("-") ? -1 : 1), mode: EMPTY.mode, show: null }));
  on(detail, "words", (term) => change({ q: term, show: null }));
  on(detail, "like-part", ({ id, box: part }) => change({ q: `like:${id}@${part.join(",")}`, mode: EMPTY.mode, show: null }));
  on(detail, "part", (id) => choosePart({ id }));
  on(detail, "open", (id) => { go({ ...current(), show: id }, "replace", history.state); render(); });
  on(detail, "step", (way) => {
    const at = grid.hits.findIndex((/** @type {import("./types.js").Hit} */ hit) => hit.id === current().show);
    const next = grid.hits[at >= 0 ? at + way : shownAt + Math.min(0, way)]; // after a hidden one its neighbours have moved up
    if (next) { go({ ...current(), show: next.id }, "replace", history.state); render(); }
  });
  on(detail, "shut", () => {
    const { show: id } = current();
    if (id === null) return;
    // the step that opened it is taken back, so that "back" does not open it again
    if (history.state?.opened) history.back();
    else change({ show: null }, "replace");
    grid.focusOn(id);
  });
  return show;
}
