// <search-box>: the query as one line, and the place where pictures are dropped.
// Events: "words" (detail: {text, sure}, as it is typed), "picture" (detail: File), "address" (detail: {url, rest}: of a picture, and
// the words beside it), "mark" (detail: {id, weight}: a result was dropped here), "down" (to the results, by the arrow key).
import { addressIn } from "../address.js";
import { completing } from "../completing.js";
import { ceased, one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { keys, onKey } from "../keys.js";
import { t } from "../messages.js";

const PAUSE = 90; // ms after the last key: who types fast is not answered at each letter
const CARRIED = "application/x-imsearch-picture";

keys.push({ key: "↓", says: "keys.down", part: "everywhere" });

const zones = () => html`<div class="zones" hidden>
  <p data-weight="1">${icon("plus")}${t("search.drop.more")}</p><p data-weight="-1">${icon("minus")}${t("search.drop.less")}</p></div>`;

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.box = one(this, "input[type=search]");
    this.file = one(this, "input[type=file]");
    this.wrong = element(html`<p class="wrong" role="alert" hidden></p>`);
    this.offer = element(html`<button type="button" class="fetch" hidden>${icon("search")}${t("search.address")}</button>`);
    const below = element(html`<div class="under"></div>`);
    below.append(this.offer, this.wrong);
    this.zones = element(zones());
    this.append(below, this.zones);
    const say = (/** @type {boolean} */ sure) => tell(this, "words", { text: this.box.value, sure });
    const later = ceased(PAUSE, say);
    const take = () => tell(this, "address", addressIn(this.box.value));
    this.box.addEventListener("input", (/** @type {InputEvent} */ { inputType }) => {
      const before = !this.offer.hidden, found = this.#offers();
      if (before || found) this.fault = ""; // what was wrong with one address is not with the next
      if (!found) return later(false);
      later.stop(); // an address is no words to look for
      if (inputType === "insertFromPaste" && !found.rest) take();
    });
    this.offer.addEventListener("click", take);
    one(this, "form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      later.stop();
      if (addressIn(this.box.value)) take();
      else say(true);
    });
    this.file.addEventListener("change", () => {
      if (this.file.files[0]) tell(this, "picture", this.file.files[0]);
      this.file.value = ""; // the same picture may be chosen again
    });
    completing(this.box, (text) => { later.stop(); tell(this, "words", { text, sure: true }); });
    this.box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.defaultPrevented || event.isComposing) return; // the completions have answered it
      if (event.key === "Escape") event.preventDefault(); // a browser would take the words away
      if (event.key !== "ArrowDown" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      later.stop();
      if (!addressIn(this.box.value)) say(true);
      tell(this, "down");
    });
    onKey("/", "keys.search", () => { this.box.focus(); this.box.select(); });
    this.#catch();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length); // the page comes with the caret before the words
  }

  /** Choose a picture to search by. */
  pick() {
    this.file.click();
  }

  /** While a result is dragged, the box is where it may be dropped. */
  #catch() {
    const show = (/** @type {boolean} */ is) => { this.zones.hidden = !is; };
    addEventListener("dragstart", (event) => show(event.dataTransfer?.types.includes(CARRIED)));
    addEventListener("dragend", () => show(false));
    this.zones.addEventListener("dragover", (event) => event.preventDefault());
    for (const zone of /** @type {HTMLCollectionOf<HTMLElement>} */ (this.zones.children)) {
      zone.addEventListener("dragenter", () => zone.classList.add("over"));
      zone.addEventListener("dragleave", () => zone.classList.remove("over"));
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.classList.remove("over");
        show(false);
        tell(this, "mark", { id: Number(event.dataTransfer.getData(CARRIED)), weight: Number(zone.dataset.weight) });
      });
    }
  }

  /** Where an address is written, offer to search by what is there. */
  #offers() {
    const found = addressIn(this.box.value);
    this.offer.hidden = !found;
    return found;
  }

  /** What is wrong with the line, while it is being written; nothing when it is understood. @param {string} sentence */
  set fault(sentence) {
    this.wrong.textContent = sentence;
    this.wrong.hidden = !sentence;
    this.box.setAttribute("aria-invalid", String(Boolean(sentence)));
  }

  /** @param {import("../types.js").State} state */
  set state(state) {
    if (this.box.value.trim() !== state.q.trim()) this.box.value = state.q;
    this.#offers();
  }
}
customElements.define("search-box", SearchBox);
