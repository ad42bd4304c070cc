// <picture-grid>: results of any number as rows of pictures under headings; of them only what is near the window is drawn.
// Events: "open" (detail: id), "more" (the end comes near), "fill" (detail: a section that is seen and has no pictures
// yet), "again", "weaker" (fold or unfold), "mark" (detail: {id, weight}), "part" (detail: id), "laid" (the board has other heights), "moved" (detail: {top} of the window on the board).
import { framed, one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { language, t } from "../messages.js";
import { Shelf } from "../sections.js";
import { unveil } from "../veil.js";
import { dayName, folderName, monthName } from "../words.js";
import { card, load, put, tellWhy, veil } from "./card.js";

/** @typedef {import("../types.js").Hit} Hit */
/** @typedef {import("../sections.js").Section} Section */
/** What is seen: a picture `off` below the top of the window, in a section that begins `below` above it. @typedef {{id?: number, off?: number, key: string, below: number}} Place */

const AHEAD = 1.2; // so many windows above and below are drawn before they are seen
const FAST = 4; // windows a second: pictures that fly by are not asked for
const SETTLED = 120; // ms after which a fast scroll is over
/** @type {Record<string, number>} */ const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

class PictureGrid extends HTMLElement {
  /** @type {Map<number, HTMLElement>} */ cards = new Map();
  /** @type {Map<string, HTMLElement>} */ stretches = new Map();
  /** @type {Hit[]} what is known, in the order shown */ hits = [];
  /** @type {Set<number>} */ ids = new Set();
  /** @type {Section[]} */ sections = [];
  shelf = new Shelf();
  current = 0; // the picture that Tab comes to
  wished = 200;
  byPicture = false;
  more = false;
  /** @type {WeakMap<HTMLElement, object>} where cards lie already */ drawn = new WeakMap();
  /** @type {WeakSet<HTMLElement>} cards that say what they are to say */ painted = new WeakSet();

  connectedCallback() {
    this.board = element(html`<div class="board"></div>`);
    this.message = element(html`<div class="panel" hidden></div>`);
    this.replaceChildren(this.board, this.message);
    this.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("keydown", (event) => this.#pressed(event));
    this.addEventListener("focusin", (event) => this.#reach(Number(/** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest(".card"))?.dataset.id ?? 0)));
    this.addEventListener("dragstart", (event) => this.#carry(event));
    const draw = framed(() => this.draw());
    this.seenAt = { top: 0, time: 0 };
    addEventListener("scroll", draw, { passive: true });
    new ResizeObserver(() => this.#resized()).observe(this);
  }

  /** @param {Section[]} sections @param {{byPicture?: boolean, more?: boolean, empty?: unknown}} how `empty`: what to say when there is nothing */
  paint(sections, { byPicture = this.byPicture, more = false, empty = null } = {}) {
    const anchor = this.sections.length ? this.#anchor() : null;
    Object.assign(this, { sections, byPicture, more, painted: new WeakSet(), drawn: new WeakMap() });
    this.hits = sections.flatMap((section) => section.hits ?? []);
    this.ids = new Set(this.hits.map((hit) => hit.id));
    this.#lay();
    this.#hold(anchor);
    this.say(sections.length ? null : html`<div>${empty}</div>`);
    this.draw();
  }

  /** Skeletons, while the first results are on their way. */
  wait() {
    this.current = 0;
    this.paint([{ key: "waiting", title: "", count: 60, hits: null }]);
  }

  /** A failure, in place of results. @param {string} sentence */
  fail(sentence) {
    this.paint([]);
    this.say(html`<div role="alert"><h2>${t("failed.title")}</h2><p>${sentence}</p><button type="button" class="first">${t("failed.again")}</button></div>`);
    this.message.querySelector("button").addEventListener("click", () => tell(this, "again"));
  }

  /** @param {ReturnType<typeof html> | null} markup */
  say(markup) {
    this.message.hidden = !markup;
    this.message.replaceChildren(...(markup ? [element(markup)] : []));
  }

  /** @param {number} height of a row, wished */
  set size(height) {
    if (height === this.wished) return;
    const anchor = this.#anchor();
    this.wished = height;
    this.#lay();
    this.#hold(anchor);
    this.draw();
  }

  #resized() {
    if (Math.abs(this.clientWidth - (this.frame?.width ?? 0)) < 1) return this.draw();
    const anchor = this.#anchor();
    this.#lay();
    this.#hold(anchor);
    this.draw();
  }

  #lay() {
    const narrow = this.clientWidth < 640;
    this.frame = { width: this.clientWidth, height: this.wished, gap: narrow ? 3 : 6, heading: narrow ? 44 : 52, apart: 18 };
    this.shelf.lay(this.sections, this.frame);
    this.board.style.height = `${this.shelf.height}px`;
    this.style.setProperty("--rowed", `${this.wished}px`);
    tell(this, "laid");
  }

  /** The page's heights that are seen, measured from the top of the board. */
  #window() {
    const top = -this.board.getBoundingClientRect().top;
    return { top, bottom: top + innerHeight };
  }

  /** How much of the window is covered by what sticks to its top. */
  get #cover() {
    return parseFloat(document.documentElement.style.getPropertyValue("--cover")) || 80;
  }

  /** A picture in the upper part of the window and where it is, so that it stays there when what lies above it grows. */
  #anchor() {
    const { top, bottom } = this.#window();
    if (top <= 0) return null;
    if (this.held && Math.abs(top - this.held.top) < 2) return this.held.anchor; // nobody scrolled since
    const line = top + (bottom - top) / 3;
    const [seen] = this.shelf.within(line, bottom);
    if (!seen) return null;
    const begins = seen.top + seen.body;
    const row = seen.rows.find((each) => begins + each.top >= line) ?? seen.rows.at(-1);
    const { key, hits } = seen.section, below = top - seen.top; // its heading, while its pictures are not there
    return row ? { id: hits[row.from].id, off: begins + row.top - top, key, below } : { key, below };
  }

  /** @param {Place | null} anchor */
  #hold(anchor) {
    if (!anchor) return;
    const found = anchor.id ? this.shelf.find(anchor.id) : null;
    const placed = found?.placed ?? this.shelf.placed.find(({ section }) => section.key === anchor.key);
    if (!placed) return;
    const wanted = placed.top + (found ? placed.body + found.row.top - anchor.off : anchor.below);
    const off = wanted - this.#window().top;
    if (Math.abs(off) > 1) scrollBy({ top: off, behavior: "instant" });
    this.held = { anchor, top: this.#window().top };
  }

  /** Draw what is near the window, and let go of the rest. */
  draw() {
    const { top, bottom } = this.#window();
    const ahead = AHEAD * innerHeight;
    const fast = this.#isFast(top);
    const seen = this.shelf.within(top - ahead, bottom + ahead);
    const wanted = new Set(seen.map(({ section }) => section.key));
    const cards = new Set();
    for (const part of seen) for (const row of part.rows) for (let at = row.from; at < row.to; at++) cards.add(part.section.hits[at].id);
    this.#letGo(wanted, cards);
    for (const part of seen) this.#stretch(part, fast);
    this.#tabbable();
    tell(this, "moved", { top: top + this.#cover });
    if (fast) return;
    for (const { section, top: begins, height } of seen) {
      if (!section.hits && section.after && begins < bottom + ahead / 2 && begins + height > top - ahead / 2) tell(this, "fill", section);
    }
    if (this.more && bottom + 2 * innerHeight > this.shelf.height) tell(this, "more");
  }

  /** @param {number} top */
  #isFast(top) {
    const now = performance.now();
    const fast = Math.abs(top - this.seenAt.top) / Math.max(16, now - this.seenAt.time) > (FAST * innerHeight) / 1000;
    this.seenAt = { top, time: now };
    clearTimeout(this.settling);
    if (fast) this.settling = setTimeout(() => this.draw(), SETTLED);
    return fast;
  }

  /** What has the focus is kept while it is among the results: it would fall back to the top of the page. @param {Set<string>} sections @param {Set<number>} cards */
  #letGo(sections, cards) {
    const focused = document.activeElement?.closest(".card");
    const keep = focused && this.ids.has(Number(/** @type {HTMLElement} */ (focused).dataset.id)) ? focused : null;
    for (const [id, made] of this.cards) {
      if (cards.has(id) || made === keep) continue;
      made.querySelector("img").removeAttribute("src"); // what is on its way need not come
      made.remove();
      this.cards.delete(id);
    }
    for (const [key, made] of this.stretches) {
      if (sections.has(key) || made.contains(keep)) continue;
      made.remove();
      this.stretches.delete(key);
    }
  }

  /** @param {ReturnType<Shelf["within"]>[number]} part @param {boolean} fast */
  #stretch({ section, top, height, body, laid, rows }, fast) {
    let made = this.stretches.get(section.key);
    if (!made) {
      made = heading(section);
      this.stretches.set(section.key, made);
      const next = [...this.board.children].find((other) => Number(/** @type {HTMLElement} */ (other).dataset.top) > top);
      this.board.insertBefore(made, next ?? null);
    }
    made.dataset.top = String(top);
    made.style.top = `${top}px`; // not moved by a transform: its heading would stick in the wrong place
    made.style.height = `${height}px`;
    made.classList.toggle("waiting", !section.hits);
    const counted = made.querySelector(".counted");
    if (counted) counted.textContent = section.weak ? t("grid.weaker.count", { n: section.count }) : section.count.toLocaleString(language);
    made.querySelector(".fold")?.setAttribute("aria-expanded", String(Boolean(section.hits?.length)));
    const list = made.querySelector("ul");
    list.style.top = `${body}px`;
    let next = list.firstElementChild;
    for (const row of rows) {
      for (let at = row.from; at < row.to; at++) {
        const hit = section.hits[at];
        let drawn = this.cards.get(hit.id);
        if (!drawn) this.cards.set(hit.id, (drawn = card(hit)));
        if (drawn === next) next = next.nextElementSibling;
        else list.insertBefore(drawn, next);
        if (this.drawn.get(drawn) === laid) continue;
        if (!fast) this.drawn.set(drawn, laid);
        const place = { left: laid.lefts[at], top: row.top, width: laid.widths[at], height: row.height };
        put(drawn, place);
        if (!this.painted.has(drawn)) {
          this.painted.add(drawn);
          tellWhy(drawn, hit, this.byPicture);
          veil(drawn, hit);
          drawn.setAttribute("aria-setsize", String(section.count));
          drawn.setAttribute("aria-posinset", String(at + 1));
        }
        if (!fast) load(drawn, hit);
      }
    }
  }

  /** @param {number} id */
  #reach(id) {
    if (id) this.current = id;
    this.#tabbable();
  }

  /** One picture alone is on Tab's way; arrows go on from there. */
  #tabbable() {
    const way = this.cards.has(this.current) ? this.current : Number(one(this.board, ".card")?.dataset.id ?? 0);
    for (const [made, tabindex] of /** @type {[HTMLElement | undefined, string][]} */ ([[this.tabbed, "-1"], [this.cards.get(way), "0"]])) {
      for (const part of made?.querySelectorAll("a, button") ?? []) part.setAttribute("tabindex", tabindex);
    }
    this.tabbed = this.cards.get(way);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const button = target.closest("button");
    if (button?.matches(".unveil")) return this.show(Number(button.parentElement.dataset.id));
    if (button?.matches(".fold")) return tell(this, "weaker");
    const link = /** @type {HTMLElement | null} */ (target.closest("a[data-id]"));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tell(this, "open", Number(link.dataset.id));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const link = /** @type {HTMLElement} */ (event.target).closest("a[data-id]");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const id = Number(/** @type {HTMLElement} */ (link).dataset.id);
    const way = ARROWS[event.key];
    const next = way && (event.key === "ArrowLeft" || event.key === "ArrowRight" ? this.hits[this.#at(id) + way]?.id : this.shelf.beside(id, /** @type {1 | -1} */ (way)));
    const end = event.key === "Home" ? this.hits[0]?.id : event.key === "End" ? this.hits.at(-1)?.id : 0;
    if (way || end) this.focusOn(next || end || id);
    else if (event.key === "+" || event.key === "-") tell(this, "mark", { id, weight: event.key === "+" ? 1 : -1 });
    else if (event.key === "r") tell(this, "part", id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} id */
  #at(id) {
    return this.hits.findIndex((hit) => hit.id === id);
  }

  /** @param {DragEvent} event */
  #carry(event) {
    const link = /** @type {HTMLElement} */ (event.target).closest?.("a[data-id]");
    if (!link) return;
    event.dataTransfer.setData("application/x-imsearch-picture", /** @type {HTMLElement} */ (link).dataset.id);
    event.dataTransfer.effectAllowed = "copyLink";
    event.dataTransfer.setDragImage(link.querySelector("img"), 40, 40);
  }

  /** Show a blurred picture. @param {number} id */
  show(id) {
    unveil(id);
    this.revealed();
    this.focusOn(id); // the button that was pressed is gone
  }

  /** Whatever was asked to be shown, here or in the detail, is no longer blurred. */
  revealed() {
    for (const hit of this.hits) if (this.cards.has(hit.id)) veil(this.cards.get(hit.id), hit);
  }

  /** Scroll to a picture and give it the focus. @param {number} id */
  focusOn(id) {
    const found = this.shelf.find(id);
    if (!found) return;
    const { placed, row } = found;
    const from = placed.top + placed.body + row.top, { top } = this.#window();
    const low = from + row.height + 16 - innerHeight, high = from - this.#cover - placed.body;
    if (top > high || top < low) scrollBy({ top: (top > high ? high : low) - top, behavior: "instant" });
    this.current = id;
    this.draw();
    this.cards.get(id)?.querySelector("a").focus({ preventScroll: true });
  }

  /** Give the focus to the first picture that is seen whole. */
  enter() {
    const { top, bottom } = this.#window(), line = top + this.#cover;
    for (const { section, top: begins, body, rows } of this.shelf.within(line, bottom)) {
      const row = rows.find((each) => begins + body + each.top >= line);
      if (row) return this.focusOn(section.hits[row.from].id);
    }
    if (this.hits.length) this.focusOn(this.hits[0].id);
  }

  /** What is seen now, to come back to. */
  get place() {
    return this.#anchor();
  }

  /** @param {Place | null} there of an earlier time; else the beginning */
  set place(there) {
    if (there) this.#hold(there);
    else scrollTo({ top: 0, behavior: "instant" });
    this.draw();
  }

  /** Scroll to a height of the board. @param {number} top */
  seek(top) {
    scrollBy({ top: top - this.#window().top - this.#cover, behavior: "instant" });
  }
}

/** A section with its heading, if it has one. @param {Section} section */
function heading(section) {
  const { key, title, weak } = section;
  if (weak) {
    return element(html`<section class="stretch weaker" data-key="${key}" aria-label="${t("grid.weaker")}"><h2><button type="button" class="fold" aria-expanded="false">${icon("down")}<span class="counted"></span></button></h2><ul role="list"></ul></section>`);
  }
  const said = !title ? "" : /^\d{4}-\d\d-\d\d$/.test(title) ? dayName(title) : /^\d{4}-\d\d$/.test(title) ? monthName(title) : folderName(title);
  return element(html`<section class="stretch" data-key="${key}" aria-label="${said || t("grid.results")}">${said && html`<h2><span>${said} <small class="counted"></small></span></h2>`}<ul role="list"></ul></section>`);
}
customElements.define("picture-grid", PictureGrid);
