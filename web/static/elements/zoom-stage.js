// <zoom-stage>: whatever lies in its `.paper`, zoomed and moved: wheel, two fingers, double click, keys, dragging.
// Events: "step" (detail: 1 or -1, by a swipe), "away" (swiped down), "zoomed" (detail: scale).
import { one, tell } from "../dom.js";
import { WHOLE, actual, fitted, held, pinched, zoomed } from "../zoom.js";

const SWIPE = 60; // px
const DOUBLE = 300; // ms between two taps
const STEP = 1.5;

class ZoomStage extends HTMLElement {
  view = WHOLE;
  /** @type {Map<number, import("../zoom.js").Point>} fingers on it, or the mouse */ held = new Map();

  connectedCallback() {
    this.paper = one(this, ".paper");
    this.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode ? 16 : 1;
      this.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), this.#place(event));
    }, { passive: false });
    this.addEventListener("pointerdown", (event) => this.#down(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) this.addEventListener(end, (event) => this.#up(event));
    this.addEventListener("dblclick", (event) => { if (!this.#elsewhere(event)) this.turn(this.#place(event)); });
    new ResizeObserver(() => this.#lay()).observe(this);
  }

  /** The size of what it shows, in pixels of its own. @param {import("../zoom.js").Size} size */
  set picture(size) {
    this.size = size;
    this.view = WHOLE;
    this.#lay();
  }

  /** Zoom by a factor. @param {number} factor @param {import("../zoom.js").Point} [at] */
  zoom(factor, at = { x: 0, y: 0 }) {
    this.#show(zoomed(this.view, factor, at, Math.max(8, 2 * actual(this.size, this.fit))));
  }

  /** Between the whole picture and its own pixels. @param {import("../zoom.js").Point} [at] */
  turn(at) {
    if (this.view.scale > 1) this.whole();
    else this.zoom(actual(this.size, this.fit), at);
  }

  whole() {
    this.#show(WHOLE);
  }

  /** Answer a key, if it is one of the zoom's. @param {string} key */
  pressed(key) {
    if (key === "+" || key === "=") this.zoom(STEP);
    else if (key === "-") this.zoom(1 / STEP);
    else if (key === "0") this.whole();
    else if (key === "z") this.turn();
    else return false;
    return true;
  }

  #lay() {
    if (!this.size || !this.clientWidth) return;
    this.fit = fitted(this.size, { width: this.clientWidth, height: this.clientHeight });
    for (const side of /** @type {const} */ (["width", "height"])) this.paper.style[side] = `${this.fit[side]}px`;
    this.#show(this.view);
  }

  /** @param {import("../zoom.js").View} view */
  #show(view) {
    this.view = held(view, this.fit, { width: this.clientWidth, height: this.clientHeight });
    const { scale, x, y } = this.view;
    this.paper.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.paper.style.setProperty("--scale", String(scale));
    this.classList.toggle("zoomed", scale > 1);
    tell(this, "zoomed", scale);
  }

  /** From its middle. @param {{clientX: number, clientY: number}} event */
  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  /** Whether something on the picture wants it: words to be marked, a button. @param {Event} event */
  #elsewhere({ target }) {
    return Boolean(/** @type {HTMLElement} */ (target).closest("button, a, .line"));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button || this.#elsewhere(event)) return;
    this.held.set(event.pointerId, this.#place(event));
    if (event.pointerType === "mouse") event.preventDefault(); // no dragging of the picture itself
    this.setPointerCapture(event.pointerId);
    if (this.held.size === 1) this.from = { ...this.#place(event), whole: this.view.scale === 1, touch: event.pointerType !== "mouse" };
    else this.from = null; // two fingers are no swipe
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.held.get(event.pointerId);
    if (!before) return;
    const now = this.#place(event);
    const other = [...this.held].find(([id]) => id !== event.pointerId)?.[1];
    this.held.set(event.pointerId, now);
    if (other) {
      this.#show(pinched(this.view, [before, other], [now, other]));
    } else if (this.view.scale > 1) {
      this.#show({ ...this.view, x: this.view.x + now.x - before.x, y: this.view.y + now.y - before.y });
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.held.delete(event.pointerId) || !this.from?.touch || event.type !== "pointerup") return;
    const now = this.#place(event), across = now.x - this.from.x, down = now.y - this.from.y;
    if (this.from.whole && Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) tell(this, "step", across < 0 ? 1 : -1);
    else if (this.from.whole && down > 2 * SWIPE && down > 2 * Math.abs(across)) tell(this, "away");
    else if (Math.hypot(across, down) < 10) this.#tapped(now, event.timeStamp);
  }

  /** Fingers have no double click where gestures are ours. @param {import("../zoom.js").Point} at @param {number} time */
  #tapped(at, time) {
    if (time - (this.tapAt ?? -DOUBLE) < DOUBLE) this.turn(at);
    this.tapAt = time;
  }
}
customElements.define("zoom-stage", ZoomStage);
