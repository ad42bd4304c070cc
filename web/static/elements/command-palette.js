// <command-palette>: Ctrl+K: everything that the page can do, and every saved search, by a few letters.
import { offered, sifted } from "../commands.js";
import { one } from "../dom.js";
import { element, html } from "../html.js";
import { keys, onKey } from "../keys.js";
import { t } from "../messages.js";

const MOST = 12;

const frame = () => html`<dialog class="palette" aria-label="${t("palette.label")}">
  <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-label="${t("palette.label")}" placeholder="${t("palette.placeholder")}" autocomplete="off" spellcheck="false">
  <ul id="palette-list" role="listbox" aria-label="${t("palette.list")}"></ul>
</dialog>`;

class CommandPalette extends HTMLElement {
  /** @type {import("../commands.js").Command[]} */ shown = [];
  at = 0;
  filled = Promise.resolve(); // when what is listed answers what is typed

  connectedCallback() {
    this.dialog = /** @type {HTMLDialogElement} */ (element(frame()));
    this.replaceChildren(this.dialog);
    this.input = one(this, "input");
    this.list = one(this, "ul");
    this.input.addEventListener("input", () => { this.filled = this.#fill(); });
    this.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#pressed(event));
    this.list.addEventListener("click", (/** @type {MouseEvent & {target: HTMLElement}} */ { target }) => this.#run(Number(target.closest("li")?.dataset.at ?? -1)));
    this.list.addEventListener("pointermove", (/** @type {PointerEvent & {target: HTMLElement}} */ { target }) => this.#point(Number(target.closest("li")?.dataset.at ?? this.at)));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    onKey("Ctrl+K", "keys.palette", () => (this.dialog.open ? this.dialog.close() : this.open()));
  }

  open() {
    this.input.value = "";
    this.dialog.showModal();
    this.filled = this.#fill();
  }

  async #fill() {
    const typed = this.input.value;
    /** @type {import("../commands.js").Command[]} */ const own = keys.filter(({ run, key }) => run && key !== "Ctrl+K").map(({ key, says, run }) => ({ says: t(says), key, run }));
    const all = sifted([...own, ...(await offered(typed))], typed).slice(0, MOST);
    if (typed !== this.input.value) return;
    this.shown = all;
    this.list.innerHTML = String(all.length ? html`${all.map(({ says, key, hint }, at) => html`<li role="option" id="command-${at}" data-at="${at}"><span>${says}</span>${hint && html`<small>${hint}</small>`}${key && html`<kbd>${key}</kbd>`}</li>`)}` : html`<li class="none">${t("palette.none")}</li>`);
    this.at = -1;
    this.#point(0);
  }

  /** @param {number} at */
  #point(at) {
    if (at === this.at || !this.shown.length) return;
    this.at = (at + this.shown.length) % this.shown.length;
    [...this.list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === this.at)));
    this.input.setAttribute("aria-activedescendant", `command-${this.at}`);
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#point(this.at + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter") this.filled.then(() => this.#run(this.at)); // who types fast means what is typed, not what is still listed
    else return;
    event.preventDefault();
  }

  /** @param {number} at */
  #run(at) {
    const command = this.shown[at];
    if (!command) return;
    this.dialog.close();
    command.run();
  }
}
customElements.define("command-palette", CommandPalette);
