// <region-picker>: draw a box on any picture to search by that part alone.
// Event: "region" (detail: {example, box: [x, y, width, height] in pixels, add: beside what is looked for, or instead}).
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";
import { between, moved, opposite, pixels, resized, shares, slip } from "../region.js";

/** @typedef {{example: string, source: string, width: number, height: number, name: string}} Shown `example`: how it is written in the query */

const STEP = 0.02;
/** @type {Record<string, number[]>} */ const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const frame = () => html`<dialog class="region" aria-labelledby="region-title">
  <div class="row"><h2 id="region-title">${t("region.title")}</h2><button type="button" class="round quiet shut" aria-label="${t("dialog.close")}">${icon("cross")}</button></div>
  <p class="help">${t("region.help")}</p>
  <div class="canvas"><img alt="" draggable="false">
    <div class="cut" tabindex="0" role="group" aria-label="${t("region.box")}">${["nw", "ne", "sw", "se"].map((corner) => html`<i data-corner="${corner}"></i>`)}</div>
  </div>
  <p class="row acts"><button type="button" class="first instead">${t("region.search")}</button><button type="button" class="beside">${t("region.add")}</button></p>
</dialog>`;

class RegionPicker extends HTMLElement {
  box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };

  connectedCallback() {
    this.dialog = /** @type {HTMLDialogElement} */ (element(frame()));
    this.replaceChildren(this.dialog);
    this.canvas = one(this, ".canvas");
    this.cut = one(this, ".cut");
    one(this, ".shut").addEventListener("click", () => this.dialog.close());
    one(this, ".instead").addEventListener("click", () => this.#done(false));
    one(this, ".beside").addEventListener("click", () => this.#done(true));
    this.canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.#begin(event));
    this.cut.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#pressed(event));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  /** @param {Shown} shown @param {{box?: number[] | null, searching: boolean}} how `searching`: there is something to add to */
  open(shown, { box = null, searching }) {
    this.shown = shown;
    const img = one(this, "img");
    img.src = shown.source;
    img.alt = shown.name;
    this.canvas.style.setProperty("--ratio", String(shown.width / shown.height));
    this.#set(box ? shares(box, shown) : { x: 0.25, y: 0.25, width: 0.5, height: 0.5 });
    one(this, ".beside").hidden = !searching;
    this.dialog.showModal();
    this.cut.focus();
  }

  /** @param {import("../region.js").Region} box */
  #set(box) {
    this.box = box;
    for (const [name, share] of /** @type {[string, number][]} */ ([["left", box.x], ["top", box.y], ["width", box.width], ["height", box.height]])) this.cut.style[name] = `${100 * share}%`;
    const [, , wide, high] = pixels(box, this.shown);
    this.cut.setAttribute("aria-description", t("region.size", { width: wide, height: high }));
  }

  /** @param {PointerEvent} event */
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  /** A corner is pulled, the box is moved, or another one is drawn. @param {PointerEvent} event */
  #begin(event) {
    if (event.button) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const target = /** @type {HTMLElement} */ (event.target), from = this.#at(event), before = this.box;
    const corner = target.dataset.corner;
    const fixed = corner ? opposite(before, corner) : from;
    const inside = !corner && target === this.cut;
    const pull = (/** @type {PointerEvent} */ now) => {
      const to = this.#at(now);
      this.#set(inside ? moved(before, to.x - from.x, to.y - from.y) : between(fixed, to));
    };
    this.canvas.addEventListener("pointermove", pull);
    this.canvas.addEventListener("lostpointercapture", () => {
      this.canvas.removeEventListener("pointermove", pull);
      if (slip(this.box)) this.#set(before);
      this.cut.focus();
    }, { once: true });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "Enter") return this.#done(false);
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    this.#set((event.shiftKey ? resized : moved)(this.box, STEP * way[0], STEP * way[1]));
  }

  /** @param {boolean} add */
  #done(add) {
    this.dialog.close();
    tell(this, "region", { example: this.shown.example, box: pixels(this.box, this.shown), add });
  }
}
customElements.define("region-picker", RegionPicker);
