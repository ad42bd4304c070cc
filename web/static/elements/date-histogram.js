// <date-histogram>: when what is found was taken; one bar or a stretch of them narrows the search.
// Event: "span" (detail: [from, up to] as days, months or years).
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { evenly, share, span } from "../histogram.js";
import { t } from "../messages.js";
import { dayName, monthName } from "../words.js";

/** @param {string} value */
const called = (value) => (value.length === 10 ? dayName(value) : value.length === 7 ? monthName(value) : value);

class DateHistogram extends HTMLElement {
  /** @type {import("../histogram.js").Bar[]} */ bars = [];
  at = 0;
  /** @type {number | null} where a stretch began */ from = null;

  connectedCallback() {
    this.replaceChildren(...element(html`<div><div class="bars" role="slider" tabindex="0" aria-label="${t("histogram.label")}"></div><p class="ends"><span></span><span></span></p><output></output></div>`).children);
    this.field = one(this, ".bars");
    this.said = one(this, "output");
    this.field.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      this.field.setPointerCapture(event.pointerId);
      this.from = this.#under(event);
      this.#point(this.from);
    });
    this.field.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.#point(this.#under(event)));
    this.field.addEventListener("pointerup", () => this.#choose());
    this.field.addEventListener("pointercancel", () => { this.from = null; });
    this.field.addEventListener("pointerleave", () => { if (this.from === null) this.said.textContent = ""; });
    this.field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#pressed(event));
  }

  /** @param {import("../histogram.js").Bar[]} bars */
  set shown(bars) {
    this.bars = evenly(bars);
    this.hidden = this.bars.length < 2;
    if (this.hidden) return;
    const most = Math.max(...this.bars.map(({ count }) => count));
    this.field.replaceChildren(...this.bars.map(({ count }) => {
      const bar = document.createElement("i");
      bar.style.height = `${100 * share(count, most)}%`;
      return bar;
    }));
    const [first, last] = this.querySelectorAll(".ends span");
    first.textContent = this.bars[0].value;
    last.textContent = this.bars.at(-1).value;
    this.at = this.bars.length - 1;
    this.field.setAttribute("aria-valuemin", "0");
    this.field.setAttribute("aria-valuemax", String(this.at));
    this.#point(this.at, false);
    this.said.textContent = "";
  }

  /** @param {PointerEvent} event */
  #under({ clientX }) {
    const { left, width } = this.field.getBoundingClientRect();
    return Math.max(0, Math.min(this.bars.length - 1, Math.floor(((clientX - left) / width) * this.bars.length)));
  }

  /** @param {number} at @param {boolean} [mark] */
  #point(at, mark = true) {
    this.at = at;
    const from = this.from ?? at;
    const [low, high] = from < at ? [from, at] : [at, from];
    const count = this.bars.slice(low, high + 1).reduce((sum, bar) => sum + bar.count, 0);
    const names = low === high ? called(this.bars[low].value) : t("histogram.span", { from: called(this.bars[low].value), to: called(this.bars[high].value) });
    const said = t("histogram.bar", { name: names, n: count });
    this.said.textContent = said;
    this.field.setAttribute("aria-valuenow", String(at));
    this.field.setAttribute("aria-valuetext", said);
    [...this.field.children].forEach((bar, n) => bar.classList.toggle("on", mark && n >= low && n <= high));
  }

  #choose() {
    const chosen = span(this.bars, this.from ?? this.at, this.at);
    this.from = null;
    tell(this, "span", chosen);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    /** @type {Record<string, number>} */ const ways = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: this.bars.length - 1 };
    if (event.key === "Enter") this.#choose();
    else if (event.key in ways) {
      if (!event.shiftKey) this.from = null;
      else this.from ??= this.at;
      this.#point(Math.max(0, Math.min(this.bars.length - 1, ways[event.key])));
    } else return;
    event.preventDefault();
  }
}
customElements.define("date-histogram", DateHistogram);
