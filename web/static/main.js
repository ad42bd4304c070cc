// The page: its state is the address, so back and forward work; every change of it comes through `render`.
import * as api from "./api.js";
import { acceptPictures } from "./drop.js";
import "./elements/picture-detail.js";
import "./elements/picture-grid.js";
import "./elements/search-box.js";
import "./elements/search-choices.js";
import { html } from "./html.js";
import { EMPTY, asked, current, go, sameSearch } from "./state.js";
import { keep, upload } from "./uploads.js";
import { summary } from "./words.js";

const AT_ONCE = 60;
const MOST = 10_000;
const ONE_THOUGHT = 2_000; // ms: words that grow within this time share one step of the history

const box = document.querySelector("search-box");
const choices = document.querySelector("search-choices");
const grid = document.querySelector("picture-grid");
const detail = document.querySelector("picture-detail");
const status = document.querySelector("[role=status]");

/** @type {import("./types.js").State | null} */
let searched = null; // what the grid shows, or is being asked
let limit = AT_ONCE;
let typedAt = -Infinity;

const byPicture = (/** @type {import("./types.js").State} */ state) => state.like !== null || state.upload !== null;

/** Make the page show what the address says. */
async function render() {
  const state = current();
  document.title = `${state.q.trim() ? `${state.q.trim()} · ` : ""}imsearch`;
  box.state = state;
  choices.state = state;
  if (state.show === null) detail.shut();
  if (!searched || !sameSearch(state, searched)) {
    limit = AT_ONCE;
    scrollTo(0, 0);
    await find(state);
  }
  const { show: id } = current();
  if (id !== null) await show(id);
}

/** @param {import("./types.js").State} state */
async function find(state) {
  searched = state;
  const slow = setTimeout(() => { grid.setAttribute("aria-busy", "true"); status.textContent = "Searching …"; }, 300);
  try {
    const asking = asked(state);
    asking.set("limit", String(limit));
    const example = upload(state.upload);
    const found = await (example ? api.searchByPicture(asking, example.file) : api.search(asking));
    grid.paint(found, { byPicture: byPicture(state), empty: nothing(state) });
    status.textContent = summary(found, state);
  } catch (error) {
    if (api.overtaken(error)) return;
    grid.fail(error.message);
    status.textContent = "";
  } finally {
    clearTimeout(slow);
    if (searched === state) grid.removeAttribute("aria-busy");
  }
}

/** Open the detail of a picture. @param {number} id */
async function show(id) {
  try {
    const picture = await api.picture(id);
    const state = current();
    if (state.show !== id) return;
    const at = grid.hits.findIndex((hit) => hit.id === id);
    detail.open(picture, { hit: grid.hits[at], byPicture: byPicture(state), byWords: state.q.trim() !== "", first: at <= 0, last: at < 0 || at === grid.hits.length - 1 });
  } catch (error) {
    if (api.overtaken(error)) return;
    status.textContent = error.message;
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

/** @param {import("./types.js").State} state */
const nothing = (state) =>
  !asked(state).toString() && state.upload === null
    ? html`<h2>No pictures here yet</h2><p>Make a folder searchable in a terminal, then come back:</p><p><code>imsearch index ~/Pictures</code></p>`
    : html`<h2>Nothing was found</h2><p>Try other words, drop a filter, or search by a picture.</p>`;

/** Change part of the state. @param {Partial<import("./types.js").State>} change @param {"push" | "replace"} [how] */
function change(change, how = "push") {
  const before = current();
  const after = { ...before, show: null, ...change };
  if (!sameSearch(before, after) || before.show !== after.show) go(after, how, { opened: after.show !== null });
  return render();
}

/** A query with one more example, in place of what was said of that picture before. @param {string} q @param {string} term */
const marked = (q, term) =>
  `${q.replace(new RegExp(`(^|\\s)-?${term.replace("-", "")}(?=\\s|$)`, "g"), "$1").trim()} ${term}`.trim();

/** A new example begins a new search; words may then be added to it. @param {File} file */
function byExample(file) {
  const most = Number(document.body.dataset.mostBytes);
  if (file.size <= most) return change({ q: "", like: null, mode: EMPTY.mode, upload: keep(file) });
  status.textContent = `${file.name} is bigger than ${most / 1e6} MB; choose a smaller copy.`;
}

box.addEventListener("words", ({ detail: { text, sure } }) => {
  const before = current().q;
  const grown = text.startsWith(before) || before.startsWith(text);
  const sameThought = !sure && grown && performance.now() - typedAt < ONE_THOUGHT;
  typedAt = sure ? -Infinity : performance.now();
  change({ q: text.trim() }, sameThought ? "replace" : "push");
});
box.addEventListener("picture", ({ detail: file }) => byExample(file));
box.addEventListener("forget", () => change({ like: null, upload: null }));
choices.addEventListener("choose", ({ detail: chosen }) => change(chosen));
grid.addEventListener("open", ({ detail: id }) => change({ show: id }));
grid.addEventListener("again", () => { searched = null; render(); });
grid.addEventListener("more", () => { limit = Math.min(MOST, limit + 2 * AT_ONCE); find(current()); });
detail.addEventListener("similar", ({ detail: id }) => change({ q: "", like: id, mode: EMPTY.mode, upload: null, show: null }));
detail.addEventListener("unveiled", () => grid.revealed());
detail.addEventListener("where", ({ detail: id }) => locate(id));
detail.addEventListener("mark", ({ detail: term }) => change({ q: marked(current().q, term), mode: EMPTY.mode, show: null }));
detail.addEventListener("open", ({ detail: id }) => { go({ ...current(), show: id }, "replace", history.state); render(); });
detail.addEventListener("step", ({ detail: way }) => {
  const next = grid.hits[grid.hits.findIndex((hit) => hit.id === current().show) + way];
  if (next) { go({ ...current(), show: next.id }, "replace", history.state); render(); }
});
detail.addEventListener("shut", () => {
  const { show: id } = current();
  if (id === null) return;
  // the step that opened it is taken back, so that "back" does not open it again
  if (history.state?.opened) history.back();
  else change({ show: null }, "replace");
  grid.focusOn(id);
});
acceptPictures(byExample);
addEventListener("popstate", render);
render();
