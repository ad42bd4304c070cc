// The page: its state is the address, so back and forward work; every change of it comes through `render`.
import * as api from "./api.js";
import { appearance } from "./appearance.js";
import { on, one } from "./dom.js";
import { acceptPictures } from "./drop.js";
import "./elements/index.js";
import { examples } from "./examples.js";
import { html } from "./html.js";
import { onKey } from "./keys.js";
import { t } from "./messages.js";
import { opened } from "./opened.js";
import { offerCommands } from "./page-commands.js";
import { left, onLeave } from "./place.js";
import { exampled } from "./query.js";
import { Results } from "./results.js";
import { EMPTY, asked, current, go, nameOf } from "./state.js";
import { summary } from "./words.js";

/** @typedef {import("./types.js").State} State */

const ONE_THOUGHT = 2_000; // ms: words that grow within this time share one step of the history
const KEPT = 12; // results that back and forward find without asking again

const box = one(document, "search-box");
const choices = one(document, "view-choices");
const grid = one(document, "picture-grid");
const detail = one(document, "picture-detail");
const chips = one(document, "term-chips");
const region = one(document, "region-picker");
const selection = one(document, "selection-bar");
const panel = one(document, "filter-panel");
const saved = one(document, "saved-searches");
const scrubber = one(document, "date-scrubber");
const work = one(document, "work-notice");
const status = one(document, "[role=status]");

/** @type {Results | null} */ let results = null; // what the grid shows, or is being asked
/** @type {Map<string, Results>} */ const kept = new Map();
let finding = Promise.resolve(); // ends when what the box asks for is shown
let typedAt = -Infinity;

/** What to come back to: what is seen, and how much of the results it takes. */
const here = () => ({ at: grid.place, read: results?.hits.length ?? 0, weak: Boolean(results?.weakShown) });

/** @param {string} sentence */
const say = (sentence) => { status.textContent = sentence; };

/** Make the page show what the address says. @param {boolean} [again] it was shown before: results may be as they were */
async function render(again = false) {
  const state = current();
  document.title = `${state.q.trim() ? `${state.q.trim()} · ` : ""}imsearch`;
  box.state = state;
  choices.state = state;
  if (saved) saved.query = state.q.trim();
  if (state.show === null) detail.shut();
  const before = results;
  if (!before || nameOf(state) !== nameOf(before.state)) {
    await (finding = find(state, again, again ? history.state?.place : null));
  } else if (state.group !== before.state.group) {
    before.state = state;
    await arrange();
  }
  const { show: id } = current();
  if (id !== null) await show(id);
}

/** @param {State} state @param {boolean} again @param {ReturnType<typeof here> | null} place where it is to be shown; else at its beginning */
async function find(state, again, place) {
  const known = again && kept.get(nameOf(state));
  if (known) {
    results = known;
    results.state = state;
    return shown(place);
  }
  const mine = (results = new Results(state));
  const slow = setTimeout(() => { if (grid.hits.length) grid.setAttribute("aria-busy", "true"); else grid.wait(); say(t("status.searching")); }, grid.hits.length ? 300 : 60);
  try {
    await mine.first(place?.read);
    mine.weakShown ||= Boolean(place?.weak);
    if (place?.at) await mine.lay().catch(() => {}); // far down there is nothing before all of it is laid out
    if (results !== mine) return;
    kept.set(nameOf(state), mine);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    shown(place);
  } catch (error) {
    if (api.overtaken(error) || results !== mine) return;
    if (error.status === 400 && grid.hits.length) {
      box.fault = error.message; // half a query is no failure: what was found stays while it is written
    } else {
      say("");
      grid.fail(error.message);
    }
  } finally {
    clearTimeout(slow);
    if (results === mine) grid.removeAttribute("aria-busy");
  }
}

/** Put the results on the page. @param {ReturnType<typeof here> | null} place */
function shown(place) {
  selection.among = { hidden: /(^|[\s(])state:hidden\b/.test(results.state.q) };
  work.toggleAttribute("at-once", !results.asks && !results.hits.length); // nobody is looking at anything that would move
  say(summary(results));
  choices.results = results;
  chips.show(results.terms.filter(({ kind, start }) => kind !== "order" || start !== null), results.offers); // the order has a place of its own
  box.fault = "";
  arrange();
  grid.place = place?.at ?? null;
}

/** Ask for the same once more, and stay there. */
function anew() {
  kept.clear();
  finding = find(current(), false, here());
}

async function arrange() {
  const mine = results;
  paint();
  panel.hidden || narrow();
  const laid = await mine.lay().catch((error) => { if (!api.overtaken(error)) say(error.message); });
  if (!laid || results !== mine) return;
  say(summary(results));
  paint();
}

/** Ask what the result can be narrowed by. */
async function narrow() {
  const mine = results;
  try {
    const found = await api.facets(asked(mine.state));
    if (results === mine) panel.show(found, mine.state.q);
  } catch (error) {
    if (!api.overtaken(error)) say(error.message);
  }
}

function paint() {
  grid.toggleAttribute("guesses", results.guesses);
  grid.paint(results.sections(), { byPicture: results.byPicture, more: results.goesOn, empty: nothing(results) });
}

/** @param {Results} results */
const nothing = ({ asks }) =>
  asks
    ? html`<h2>${t("nothing.title")}</h2><p>${t("nothing.help")}</p>`
    : work.busy ? html`<h2>${t("empty.busy")}</h2><p>${t("empty.busy.help")}</p>`
    : html`<h2>${t("empty.title")}</h2><p>${t("empty.help")}</p><p><a class="button first" href="/library">${t("empty.add")}</a></p>`;

/** Take what was hidden out of the results. @param {number[]} ids */
function removed(ids) {
  results.drop(new Set(ids));
  kept.clear();
  say(summary(results));
  paint();
}

/** Blur pictures, or no more: somebody has judged them. @param {number[]} ids @param {boolean} blurred */
function judged(ids, blurred) {
  const these = new Set(ids);
  for (const hit of grid.hits) if (these.has(hit.id)) hit.blurred = blurred;
  grid.revealed();
}

/** Change part of the state. @param {Partial<State>} part @param {"push" | "replace"} [how] */
function change(part, how = "push") {
  const before = current();
  /** @type {State} */ const after = { ...before, show: null, ...part };
  const same = nameOf(before) === nameOf(after) && before.show === after.show && before.group === after.group;
  if (!same && how === "push") history.replaceState({ ...history.state, place: here() }, "");
  if (!same) go(after, how, { opened: after.show !== null });
  return render();
}

const { byExample, byAddress, choosePart } = examples({ box, region, say, change, asks: () => results.asks });
const show = opened({ detail, grid, say, render, choosePart, change, byPicture: () => results.byPicture });

on(box, "words", ({ text, sure }) => {
  const before = current().q;
  const grown = text.startsWith(before) || before.startsWith(text);
  const sameThought = !sure && grown && performance.now() - typedAt < ONE_THOUGHT;
  typedAt = sure ? -Infinity : performance.now();
  change({ q: text.trim() }, sameThought ? "replace" : "push");
});
on(box, "down", async () => {
  const from = document.activeElement;
  await finding; // else the picture that has the focus may leave with the older results
  if (document.activeElement === from) grid.enter();
});
on(box, "picture", (file) => byExample(file));
on(box, "address", ({ url, rest }) => byAddress(url, rest));
for (const from of [box, grid]) on(from, "mark", ({ id, weight }) => change({ q: exampled(current().q, id, weight), mode: EMPTY.mode }));
for (const from of [chips, panel, saved].filter(Boolean)) on(from, "words", ({ text }) => change({ q: text }));
if (saved) on(saved, "failed", say);
on(panel, "wanted", () => results && narrow());
on(scrubber, "seek", (top) => grid.seek(top));
on(grid, "laid", () => { scrubber.shelf = grid.shelf; });
on(grid, "moved", ({ top }) => { scrubber.position = top; });
on(grid, "fill", async (section) => {
  const mine = results;
  if ((await mine.fill(section).catch(() => false)) && results === mine) paint();
});
on(chips, "part", choosePart);
on(grid, "part", (id) => choosePart({ id }));
on(choices, "choose", (chosen) => change(chosen));
on(grid, "open", (id) => change({ show: id }));
on(grid, "again", () => { results = null; render(); });
on(grid, "weaker", () => { results.weakShown = !results.weakShown; paint(); });
on(grid, "more", async () => {
  const mine = results;
  if ((await mine.next().catch(() => false)) && results === mine) paint();
});
for (const from of [detail, selection]) {
  on(from, "edited", ({ ids, said, blurred = null }) => {
    if (said.state && (said.state === "hidden") !== selection.among.hidden) removed(ids);
    else if (ids.some((/** @type {number} */ id) => results.gone.has(id))) anew(); // it was hidden, and is not
    else if (blurred !== null) judged(ids, blurred);
  });
}
on(selection, "words", (term) => change({ q: term }));
for (const [from, event] of [[selection, "undone"], [work, "came"]]) on(from, event, anew);
on(selection, "open", (id) => change({ show: id }));
on(work, "busy", () => { if (results && !results.hits.length && !results.asks) paint(); });
appearance(grid);
offerCommands(change, () => box.pick());
on(one(document, "page-tools"), "commands", () => one(document, "command-palette").open());
onKey("v", "keys.weaker", () => grid.dispatchEvent(new CustomEvent("weaker")));
// what sticks to the top covers what is scrolled to
const header = one(document, "header");
new ResizeObserver(() => document.documentElement.style.setProperty("--cover", `${header.offsetHeight + parseFloat(getComputedStyle(header).top)}px`)).observe(header);
history.scrollRestoration = "manual";
history.replaceState({ ...history.state, place: left() }, "");
onLeave(here);
acceptPictures(byExample, byAddress);
addEventListener("popstate", () => render(true));
render(true);
