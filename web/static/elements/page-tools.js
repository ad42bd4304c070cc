// <page-tools>: the buttons at the end of the header, and the help that one of them shows.
// Event: "commands".
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { keys, onKey } from "../keys.js";
import { t } from "../messages.js";

const PARTS = /** @type {const} */ (["everywhere", "grid", "picture"]);

const frame = () => html`<div>
  <button type="button" class="round quiet commands" aria-label="${t("search.tools")}" title="${t("search.tools")}">${icon("command")}</button>
  <button type="button" class="round quiet help" aria-label="${t("search.keys")}" title="${t("search.keys")}">${icon("keyboard")}</button>
  <dialog class="keys" aria-labelledby="keys-title"></dialog>
</div>`;

const list = () => html`<div>
  <div class="row"><h2 id="keys-title">${t("keys.title")}</h2><button type="button" class="round quiet shut" aria-label="${t("dialog.close")}">${icon("cross")}</button></div>
  ${PARTS.map((part) => html`<section><h3>${t(`keys.${part}`)}</h3><dl>${keys.filter((key) => key.part === part).map(({ key, says }) =>
    html`<div><dt>${key.split(/ |(?<=\w)\+(?=\w)/).map((pressed) => html`<kbd>${pressed}</kbd> `)}</dt><dd>${t(says)}</dd></div>`)}</dl></section>`)}
</div>`;

class PageTools extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(...element(frame()).children);
    this.dialog = one(this, "dialog");
    this.dialog.addEventListener("click", (/** @type {MouseEvent} */ { target }) => {
      if (target === this.dialog || /** @type {HTMLElement} */ (target).closest(".shut")) this.dialog.close();
    });
    one(this, ".commands").addEventListener("click", () => tell(this, "commands"));
    one(this, ".help").addEventListener("click", () => this.help());
    onKey("?", "keys.help", () => this.help());
  }

  help() {
    this.dialog.replaceChildren(...element(list()).children);
    this.dialog.showModal();
  }
}
customElements.define("page-tools", PageTools);
