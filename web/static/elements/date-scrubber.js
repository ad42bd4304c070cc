// <date-scrubber>: the whole calendar as a strip beside the results: pull it to go to any year at once.
// Event: "seek" (detail: a height of the board, in pixels).
import { framed, one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { t } from "../messages.js";
import { monthName } from "../words.js";

const APART = 26; // pixels between two years that are written

/** @typedef {{month: string, top: number}} Mark */

class DateScrubber extends HTMLElement {
  /** @type {Mark[]} */ marks = [];
  height = 1;

  connectedCallback() {
    this.replaceChildren(...element(html`<div><div class="strip" role="slider" tabindex="0" aria-orientation="vertical" aria-label="${t("scrubber.label")}" aria-valuemin="0"><div class="years" aria-hidden="true"></div><i class="here"></i></div><output class="bubble" aria-hidden="true" hidden></output></div>`).children);
    this.strip = one(this, ".strip");
    this.bubble = one(this, ".bubble");
    let pulled = false;
    const pull = framed(() => this.#seek(this.last));
    const at = (/** @type {PointerEvent} */ event) => { this.last = this.#share(event); this.#say(this.last); };
    this.strip.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => { pulled = true; this.strip.setPointerCapture(event.pointerId); at(event); pull(); });
    this.strip.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => { at(event); if (pulled) pull(); });
    for (const end of ["pointerup", "pointercancel"]) this.strip.addEventListener(end, () => { pulled = false; });
    this.strip.addEventListener("pointerleave", () => { if (!pulled) this.bubble.hidden = true; });
    this.strip.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#pressed(event));
    new ResizeObserver(() => this.#years()).observe(this.strip);
  }

  /** @param {import("../sections.js").Shelf} shelf */
  set shelf({ placed, height }) {
    const marks = placed.filter(({ section }) => /^\d{4}-\d\d/.test(section.title)).map(({ section, top }) => ({ month: section.title.slice(0, 7), top }));
    this.hidden = marks.length < 3 || height < 2 * innerHeight;
    if (height === this.height && marks.length === this.marks.length) return;
    this.marks = marks;
    this.height = height;
    if (!this.hidden) this.#years();
  }

  #years() {
    const tall = this.strip.clientHeight;
    let year = "", last = -APART;
    const written = [];
    for (const { month, top } of this.marks) {
      const y = (top / this.height) * tall;
      const begins = month.slice(0, 4) !== year;
      year = month.slice(0, 4);
      if (begins && y - last >= APART) {
        written.push({ y, text: year });
        last = y;
      } else if (!written.length || y - (written.at(-1).y) > 7) written.push({ y, text: "" });
    }
    one(this, ".years").replaceChildren(...written.map(({ y, text }) => {
      const made = element(text ? html`<span>${text}</span>` : html`<b></b>`);
      made.style.top = `${y}px`;
      return made;
    }));
    this.strip.setAttribute("aria-valuemax", String(Math.max(0, this.marks.length - 1)));
  }

  /** What is seen now. @param {number} top of the window on the board */
  set position(top) {
    if (this.hidden) return;
    const share = Math.min(1, Math.max(0, top / this.height));
    one(this, ".here").style.top = `${100 * share}%`;
    const at = this.#at(share);
    this.strip.setAttribute("aria-valuenow", String(at));
    this.strip.setAttribute("aria-valuetext", monthName(this.marks[at].month));
  }

  /** @param {number} share */
  #at(share) {
    const found = this.marks.findLastIndex(({ top }) => top <= share * this.height + 1);
    return Math.max(0, found);
  }

  /** @param {PointerEvent} event */
  #share({ clientY }) {
    const { top, height } = this.strip.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientY - top) / height));
  }

  /** @param {number} share */
  #say(share) {
    this.bubble.hidden = false;
    this.bubble.textContent = monthName(this.marks[this.#at(share)].month);
    this.bubble.style.top = `${100 * share}%`;
  }

  /** @param {number} share */
  #seek(share) {
    tell(this, "seek", share * this.height);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const now = Number(this.strip.getAttribute("aria-valuenow") ?? 0);
    /** @type {Record<string, number>} */ const ways = { ArrowUp: now - 1, ArrowDown: now + 1, PageUp: now - 12, PageDown: now + 12, Home: 0, End: this.marks.length - 1 };
    if (!(event.key in ways)) return;
    event.preventDefault();
    tell(this, "seek", this.marks[Math.max(0, Math.min(this.marks.length - 1, ways[event.key]))].top + 2);
  }
}
customElements.define("date-scrubber", DateScrubber);
