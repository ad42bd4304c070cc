// <picture-map>: every picture as a point among those that look like it. Zoom and drag; with the lasso, pictures are caught.
import * as api from "../api.js";
import { framed, one } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { caught, standing } from "../lasso.js";
import { t } from "../messages.js";
import { alternative } from "../veil.js";
import { WHOLE, pinched, zoomed } from "../zoom.js";

const EXAMPLES = 5; // what is caught is searched by so many of it
const SHOWN = 60;
const NEAR = 14; // px from a point that still mean it
const FACES = 300; // so many points at once are drawn as pictures
const FACE = 46; // px, the longer side of one, at most
const STEP = 1.5;
const DEEPEST = 40;

/** @typedef {{ids: number[], x: number[], y: number[], colours: (string | null)[], names: string[], thumbnails: string[], blurred: boolean[], total: number}} Places */

class PictureMap extends HTMLElement {
  view = WHOLE;
  /** @type {import("../lasso.js").Place[]} */ loop = [];
  /** @type {Map<number, import("../zoom.js").Point>} */ fingers = new Map();
  /** @type {Set<number>} */ taken = new Set();
  /** @type {Map<number, HTMLImageElement>} */ faces = new Map();

  async connectedCallback() {
    this.replaceChildren(...element(html`<div><div class="field-of"><canvas role="img" tabindex="0" aria-label="${t("map.label")}"></canvas>
      <div class="map-tools"><button type="button" class="lasso" aria-pressed="true">${t("map.lasso")}</button><button type="button" class="move" aria-pressed="false">${t("map.move")}</button><button type="button" class="whole">${t("map.whole")}</button>
      <button type="button" class="round out" aria-label="${t("detail.out")}" title="${t("detail.out")} (-)">${icon("minus")}</button><button type="button" class="round in" aria-label="${t("detail.in")}" title="${t("detail.in")} (+)">${icon("plus")}</button></div>
      <p class="map-tip" hidden><img alt=""><span></span></p></div>
      <aside class="caught" aria-live="polite"><p class="help">${t("map.help")}</p></aside></div>`).children);
    this.canvas = one(this, "canvas");
    this.draw = framed(() => this.#draw());
    try {
      /** @type {Places} */ this.places = await api.read("map");
    } catch (error) {
      one(this, ".caught").replaceChildren(element(html`<p class="fault" role="alert">${error.message}</p>`));
      return;
    }
    one(this, ".lasso").addEventListener("click", () => this.#tool(true));
    one(this, ".move").addEventListener("click", () => this.#tool(false));
    one(this, ".whole").addEventListener("click", () => { this.view = WHOLE; this.draw(); });
    one(this, ".in").addEventListener("click", () => this.#zoom(STEP));
    one(this, ".out").addEventListener("click", () => this.#zoom(1 / STEP));
    this.canvas.addEventListener("wheel", (/** @type {WheelEvent} */ event) => { event.preventDefault(); this.#zoom(Math.exp(-event.deltaY * 0.002), event); }, { passive: false });
    this.canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => { if (event.key === "+" || event.key === "-") this.#zoom(event.key === "+" ? STEP : 1 / STEP); });
    this.canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.#down(event));
    this.canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.#move(event));
    this.canvas.addEventListener("pointerup", (/** @type {PointerEvent} */ event) => this.#up(event));
    this.canvas.addEventListener("pointercancel", (/** @type {PointerEvent} */ { pointerId }) => { this.fingers.delete(pointerId); this.last = null; this.loop = []; this.draw(); });
    this.canvas.addEventListener("pointerleave", () => { one(this, ".map-tip").hidden = true; });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.draw);
    this.lassoing = true;
  }

  /** @param {boolean} is */
  #tool(is) {
    this.lassoing = is;
    one(this, ".lasso").setAttribute("aria-pressed", String(is));
    one(this, ".move").setAttribute("aria-pressed", String(!is));
  }

  /** Where a point of the map lies on the canvas. @param {number} at */
  #on(at) {
    const { scale, x, y } = this.view, { clientWidth: wide, clientHeight: high } = this.canvas;
    const side = 0.92;
    return [wide / 2 + x + (this.places.x[at] - 0.5) * wide * side * scale, high / 2 + y + (0.5 - this.places.y[at]) * high * side * scale];
  }

  /** From the middle of the canvas. @param {{offsetX: number, offsetY: number}} event */
  #middle({ offsetX, offsetY }) {
    return { x: offsetX - this.canvas.clientWidth / 2, y: offsetY - this.canvas.clientHeight / 2 };
  }

  /** @param {number} factor @param {{offsetX: number, offsetY: number}} [at] */
  #zoom(factor, at) {
    this.view = zoomed(this.view, factor, at ? this.#middle(at) : { x: 0, y: 0 }, DEEPEST);
    this.draw();
  }

  #draw() {
    const { canvas, places } = this, { clientWidth: wide, clientHeight: high } = canvas;
    if (!places || !wide) return;
    canvas.width = wide * devicePixelRatio;
    canvas.height = high * devicePixelRatio;
    const paint = canvas.getContext("2d");
    paint.scale(devicePixelRatio, devicePixelRatio);
    const seen = places.ids.map((_, at) => at).filter((at) => { const [x, y] = this.#on(at); return x > -40 && y > -40 && x < wide + 40 && y < high + 40; });
    const faces = seen.length <= FACES;
    const dot = Math.max(2, Math.min(6, 160 / Math.sqrt(places.ids.length)));
    const accent = getComputedStyle(this.canvas).color; // canvases know no variables
    for (const at of seen) {
      const [x, y] = this.#on(at), is = this.taken.has(at);
      paint.globalAlpha = this.taken.size && !is ? 0.35 : 1;
      if (faces && !places.blurred[at] && this.#face(paint, at, x, y, is, accent)) continue;
      paint.beginPath();
      paint.arc(x, y, is ? dot * 1.4 : dot, 0, 7);
      paint.fillStyle = places.colours[at] ?? "#888";
      paint.fill();
      paint.lineWidth = is ? 2 : 0.7;
      paint.strokeStyle = is ? accent : "rgb(128 128 128 / .7)";
      paint.stroke();
    }
    paint.globalAlpha = 1;
    if (this.loop.length > 1) this.#rope(paint, accent);
  }

  /** @param {CanvasRenderingContext2D} paint @param {number} at @param {number} x @param {number} y @param {boolean} is @param {string} accent */
  #face(paint, at, x, y, is, accent) {
    let face = this.faces.get(at);
    if (!face) {
      face = new Image();
      this.faces.set(at, face);
      face.addEventListener("load", this.draw);
      face.src = `${this.places.thumbnails[at]}&size=128`;
    }
    if (!face.complete || !face.naturalWidth) return false;
    const by = Math.min(FACE, this.canvas.clientWidth / 14) / Math.max(face.naturalWidth, face.naturalHeight), w = face.naturalWidth * by, h = face.naturalHeight * by;
    paint.drawImage(face, x - w / 2, y - h / 2, w, h);
    paint.lineWidth = is ? 3 : 1;
    paint.strokeStyle = is ? accent : "rgb(128 128 128 / .5)";
    paint.strokeRect(x - w / 2, y - h / 2, w, h);
    return true;
  }

  /** @param {CanvasRenderingContext2D} paint @param {string} accent */
  #rope(paint, accent) {
    paint.beginPath();
    this.loop.forEach(([x, y], at) => (at ? paint.lineTo(x, y) : paint.moveTo(x, y)));
    paint.closePath();
    paint.strokeStyle = accent;
    paint.lineWidth = 2;
    paint.stroke();
    paint.globalAlpha = 0.12;
    paint.fillStyle = paint.strokeStyle;
    paint.fill();
    paint.globalAlpha = 1;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.#middle(event));
    if (this.fingers.size > 1) { // they zoom: no loop
      this.last = null;
      this.loop = [];
      return this.draw();
    }
    this.last = [event.offsetX, event.offsetY];
    this.travelled = 0;
    this.loop = this.lassoing ? [[event.offsetX, event.offsetY]] : [];
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.fingers.get(event.pointerId), other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (before) this.fingers.set(event.pointerId, this.#middle(event));
    if (before && other) {
      this.view = pinched(this.view, [before, other], [this.#middle(event), other], DEEPEST);
      return this.draw();
    }
    if (!this.last) return before ? undefined : this.#point(event);
    const [x, y] = this.last;
    this.last = [event.offsetX, event.offsetY];
    this.travelled += Math.hypot(event.offsetX - x, event.offsetY - y);
    if (this.lassoing) this.loop.push([event.offsetX, event.offsetY]);
    else this.view = { ...this.view, x: this.view.x + event.offsetX - x, y: this.view.y + event.offsetY - y };
    this.draw();
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.fingers.delete(event.pointerId);
    if (!this.last) return;
    this.last = null;
    if (this.travelled < 6) {
      const at = this.#nearest(event);
      if (at !== null) location.href = `/?show=${this.places.ids[at]}`;
    } else if (this.lassoing) {
      const on = this.places.ids.map((_, at) => this.#on(at));
      this.#caught(caught(this.loop, on.map(([x]) => x), on.map(([, y]) => y)));
    }
    this.loop = [];
    this.draw();
  }

  /** @param {{offsetX: number, offsetY: number}} event @returns {number | null} */
  #nearest({ offsetX, offsetY }) {
    let best = null, least = NEAR;
    for (let at = 0; at < this.places.ids.length; at++) {
      const [x, y] = this.#on(at), off = Math.hypot(x - offsetX, y - offsetY);
      if (off < least) { best = at; least = off; }
    }
    return best;
  }

  /** Show what lies under the pointer. @param {PointerEvent} event */
  #point(event) {
    const at = this.#nearest(event), tip = one(this, ".map-tip");
    tip.hidden = at === null;
    if (at === null) return;
    const img = one(tip, "img");
    if (tip.dataset.at !== String(at)) {
      tip.dataset.at = String(at);
      img.src = `${this.places.thumbnails[at]}&size=256`;
      tip.classList.toggle("blurred", this.places.blurred[at]);
      one(tip, "span").textContent = this.places.names[at];
    }
    tip.style.left = `${Math.min(event.offsetX + 16, this.canvas.clientWidth - 190)}px`;
    tip.style.top = `${Math.min(event.offsetY + 16, this.canvas.clientHeight - 170)}px`;
  }

  /** @param {number[]} found */
  #caught(found) {
    const { ids, x, y, names, thumbnails, blurred } = this.places;
    this.taken = new Set(found);
    const examples = standing(found, x, y, EXAMPLES).map((at) => `like:${ids[at]}`);
    one(this, ".caught").replaceChildren(...element(html`<div><h2>${t("map.caught", { n: found.length })}</h2>
      ${found.length > 0 && html`<p class="acts"><a class="button first" href="/?q=${encodeURIComponent(examples.join(" "))}">${t("map.search")}</a></p><p class="help">${t("map.search.help")}</p>
      <p class="likes">${found.slice(0, SHOWN).map((at) => html`<a href="/?show=${ids[at]}"${blurred[at] && html` class="blurred"`}><img src="${thumbnails[at]}&size=256" alt="${alternative({ id: ids[at], blurred: blurred[at], category: "" }, names[at])}" title="${names[at]}" loading="lazy"></a>`)}</p>`}</div>`).children);
  }
}
customElements.define("picture-map", PictureMap);
