// <term-chips>: the query part by part: each can be weighed, turned round and taken away; the line in the box changes with it.
// Events: "words" (detail: {text, sure}), "part" (detail: {id, text} of the picture of which a part is to be chosen).
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { listed, t } from "../messages.js";
import { joined, opposite, stepOf, weighed, weightOf } from "../query.js";
import { given, thumbnailOf } from "../uploads.js";

/** @typedef {import("../types.js").Term} Term */

const WIDEST = 7; // steps of the slider to either side: 7 times as much

class TermChips extends HTMLElement {
  /** @type {Term[]} */ terms = [];

  connectedCallback() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", t("terms.label"));
    this.addEventListener("click", (event) => this.#clicked(/** @type {HTMLElement} */ (event.target)));
    this.sheet = element(html`<div id="weight" class="sheet weigh" popover></div>`);
    this.list = element(html`<span class="chips"></span>`);
    this.replaceChildren(this.list, this.sheet);
    this.sheet.addEventListener("toggle", (event) => {
      const left = document.activeElement === document.body || this.sheet.contains(document.activeElement);
      if (/** @type {ToggleEvent} */ (event).newState === "closed" && left) one(this.list, `[data-at="${this.weighed}"] .open`)?.focus();
    });
  }

  /** @param {Term[]} terms @param {string[]} offers filters that plain words may mean */
  show(terms, offers) {
    const said = JSON.stringify([terms, offers]);
    const same = said === this.said;
    this.said = said;
    this.terms = terms;
    // one word alone is what the box shows already
    this.hidden = !offers.length && (!terms.length || (terms.length === 1 && terms[0].kind === "words" && terms[0].weight === 1));
    if (same && this.list.children.length) return;
    const focused = [...this.list.querySelectorAll("button")].indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    this.list.replaceChildren(...terms.map((term, at) => chip(term, at)), ...offers.map((text) => element(html`<button type="button" class="offer" data-offer="${text}" aria-label="${t("terms.offer", { text })}">${icon("plus")}${text}</button>`)));
    if (focused >= 0) (this.list.querySelectorAll("button")[focused] ?? this.list.querySelector("button"))?.focus();
  }

  /** @param {HTMLElement} target */
  #clicked(target) {
    const button = target.closest("button");
    const at = Number(/** @type {HTMLElement | null} */ (button?.closest("[data-at]"))?.dataset.at);
    const term = this.terms[at];
    if (button?.dataset.offer) return tell(this, "words", { text: joined([...this.terms.map(({ text }) => text), button.dataset.offer]), sure: true });
    if (!button || !term) return;
    if (button.matches(".drop")) this.#write(at, "");
    else if (button.matches(".turn")) this.#write(at, opposite(term.text));
    else if (button.matches(".open")) this.#weigh(at, button);
  }

  /** @param {number} at @param {string} text */
  #write(at, text) {
    tell(this, "words", { text: joined(this.terms.map((term, n) => (n === at ? text : term.text))), sure: true });
  }

  /** Open the slider of a term. @param {number} at @param {HTMLElement} button */
  #weigh(at, button) {
    const term = this.terms[at];
    let weight = term.weight;
    this.sheet.replaceChildren(...element(sheet(term)).children);
    const slider = one(this.sheet, "input"), said = one(this.sheet, "output"), less = one(this.sheet, ".less"), more = one(this.sheet, ".more");
    const show = () => {
      said.textContent = weightText(weight);
      slider.value = stepOf(weight);
      slider.setAttribute("aria-valuetext", t("terms.weight.value", { weight }));
      more.setAttribute("aria-pressed", String(weight > 0));
      less.setAttribute("aria-pressed", String(weight < 0));
    };
    const write = () => this.#write(at, weighed(term.text, weight));
    slider.addEventListener("input", () => { weight = Math.sign(weight) * weightOf(Number(slider.value)); show(); });
    slider.addEventListener("change", write);
    for (const [way, side] of [[1, more], [-1, less]]) side.addEventListener("click", () => { weight = way * Math.abs(weight); show(); write(); });
    one(this.sheet, ".part")?.addEventListener("click", () => { this.sheet.hidePopover(); tell(this, "part", { id: term.picture, upload: term.upload, text: term.text }); });
    one(this.sheet, ".whole")?.addEventListener("click", () => { this.sheet.hidePopover(); this.#write(at, term.text.replace(/@[\d,]+$/, "")); });
    show();
    this.sheet.showPopover();
    const { left, bottom } = button.getBoundingClientRect();
    this.sheet.style.left = `${Math.max(8, Math.min(left, innerWidth - this.sheet.offsetWidth - 8))}px`;
    this.sheet.style.top = `${bottom + 6}px`;
    slider.focus();
    this.weighed = at;
  }
}

/** @param {number} weight */
const weightText = (weight) => `${weight < 0 ? "−" : ""}${Math.abs(weight)}×`;

/** @param {Term} term */
function sheet(term) {
  return html`<div>
    <p class="turns"><button type="button" class="more">${icon("plus")}${t("terms.more")}</button><button type="button" class="less">${icon("minus")}${t("terms.less")}</button></p>
    <label><span>${t("terms.weight")}</span><output></output><input type="range" min="${-WIDEST}" max="${WIDEST}" step="1" aria-label="${t("terms.weight")}"></label>
    ${term.kind === "example" && (!term.upload || given(term.upload)) && html`<p class="turns"><button type="button" class="part">${icon("crop")}${t("terms.region")}</button>${term.box_xywh && html`<button type="button" class="whole">${t("terms.whole")}</button>`}</p>`}
    <p class="written"><code>${term.text}</code></p></div>`;
}

/** @param {Term} term */
export function nameOf(term) {
  if (term.kind === "example") return t(term.upload ? "terms.upload" : term.box_xywh ? "terms.example.part" : "terms.example", { what: given(term.upload)?.name ?? term.what });
  return t(`terms.${term.kind}`, { what: term.what });
}

/** @param {Term} term @param {number} at */
function chip(term, at) {
  const less = term.weight < 0 || (term.kind === "filter" && term.text.startsWith("-"));
  const weight = Math.abs(term.weight) === 1 ? "" : html`<b>${Math.abs(term.weight)}×</b>`;
  const name = listed([less ? t("terms.without") : "", nameOf(term)].filter(Boolean));
  const source = term.upload ? thumbnailOf(term.upload) : term.picture === null ? "" : `/api/v1/pictures/${term.picture}/thumbnail`;
  const face = source ? html`<img src="${source}" alt="" width="28" height="28">` : html`<span class="what">${term.kind === "order" ? nameOf(term) : term.what.replace(/^-/, "")}</span>`;
  const sign = less ? icon("minus") : "";
  const main =
    term.kind === "order" ? html`<span class="open">${face}</span>`
    : html`<button type="button" class="${term.kind === "filter" ? "turn" : "open"}" aria-label="${t(term.kind === "filter" ? "terms.turn" : "terms.change", { name })}">${sign}${face}${weight}</button>`;
  return element(html`<span class="term ${term.kind}${less ? " less" : ""}" data-at="${at}">${main}<button type="button" class="drop" aria-label="${t("terms.remove", { name })}">${icon("cross")}</button></span>`);
}
customElements.define("term-chips", TermChips);
