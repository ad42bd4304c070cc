// <picture-layers>: what models saw in a picture, over it: boxes of objects, and the words as text that can be marked.
// Event: "like-part" (detail: {id, box: x, y, width, height in pixels}).
import { tell } from "../dom.js";
import { element, html } from "../html.js";
import { counted, hueOf, lineOf, shareOf } from "../layers.js";
import { t } from "../messages.js";

const SAMPLE = 100; // px: the size of the letters that are measured
/** @type {CanvasRenderingContext2D | null} */ let ruler = null;

/** How long words are, per pixel of their height. @param {string} text */
function measured(text) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = `${SAMPLE}px sans-serif`;
  return ruler.measureText(text).width / SAMPLE;
}

class PictureLayers extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const box = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (target).closest(".object"));
      if (box) tell(this, "like-part", { id: this.picture.id, box: this.#pixels(Number(box.dataset.at)) });
    });
  }

  /** @param {import("../types.js").Picture} picture @param {import("../types.js").Match[]} [matches] words that were found: they are marked */
  show(picture, matches = []) {
    this.picture = picture;
    const lines = picture.texts.flatMap((text) => (text.kind === "ocr" ? (text.lines ?? []) : []));
    const boxes = (picture.objects ?? []).map((object, at) => objectBox(object, at, picture));
    const found = matches.filter(({ box_xyxy }) => box_xyxy).map(({ box_xyxy }) => placed(element(html`<i class="found"></i>`), shareOf(box_xyxy, picture)));
    this.replaceChildren(...found, ...lines.map((line) => textLine(line, picture)), ...boxes);
    this.has = { objects: boxes.length, lines: lines.length, found: found.length };
  }

  /** Show all of one kind more strongly. @param {string} label none: as they are */
  point(label) {
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".object"))) box.classList.toggle("pointed", box.dataset.label === label);
  }

  /** Of objects: which there are. @returns {[string, number][]} */
  labels() {
    return counted(this.picture.objects ?? []);
  }

  /** @param {number} at */
  #pixels(at) {
    const { width, height } = this.picture;
    const [x1, y1, x2, y2] = this.picture.objects[at].box_xyxy;
    const x = Math.max(0, Math.floor(x1)), y = Math.max(0, Math.floor(y1));
    return [x, y, Math.max(1, Math.min(width, Math.ceil(x2)) - x), Math.max(1, Math.min(height, Math.ceil(y2)) - y)];
  }
}

/** @param {HTMLElement} made @param {import("../layers.js").Share} share */
function placed(made, share) {
  for (const [side, value] of Object.entries(share)) made.style.setProperty(side, `${value}%`);
  return made;
}

/** @param {{label: string, score: number, box_xyxy: number[]}} object @param {number} at @param {import("../types.js").Picture} picture */
function objectBox({ label, score, box_xyxy }, at, picture) {
  const made = element(html`<button type="button" class="object" data-at="${at}" data-label="${label}" title="${t("layers.object.like", { label })}"><span>${label} <small>${Math.round(100 * score)} %</small></span></button>`);
  made.style.setProperty("--hue", String(hueOf(label)));
  return placed(made, shareOf(box_xyxy, picture));
}

/** @param {{text: string, box_xyxy: number[], polygon?: number[][]}} line @param {import("../types.js").Picture} picture */
function textLine(line, picture) {
  const { left, top, long, high, slope } = lineOf(line, picture);
  const made = element(html`<span class="line">${line.text}</span>`);
  // letters as high as the line, drawn out to its length: cqh is a percent of the picture's height as it is shown
  const letters = (100 * high) / picture.height;
  const stretch = long / (high * measured(line.text) || 1);
  for (const [name, value] of [["left", `${left}%`], ["top", `${top}%`], ["font-size", `${letters}cqh`], ["transform", `translate(-50%, -50%) rotate(${slope}deg) scaleX(${stretch})`]]) made.style.setProperty(name, value);
  return made;
}
customElements.define("picture-layers", PictureLayers);
