// <identical-copies>: hides the spare ones of all identical files at once, when it has said how many; and takes that back.
// Event: "changed" (what is hidden is another than before).
import * as api from "../api.js";
import { tell } from "../dom.js";
import { element, html } from "../html.js";
import { t } from "../messages.js";
import { size } from "../words.js";
import { toast } from "./page-toast.js";

class IdenticalCopies extends HTMLElement {
  /** What was hidden here last, and what could be before. @type {{hidden: number, change: number | null, spare: {pictures: number, bytes: number}} | null} */ done = null;
  asking = false;

  connectedCallback() {
    this.addEventListener("click", (event) => this.#clicked(/** @type {HTMLElement} */ (event.target).closest("button")));
  }

  /** What could be hidden now. @param {{pictures: number, bytes: number}} spare */
  offer(spare) {
    this.spare = spare;
    this.#draw();
  }

  #draw() {
    const { pictures: n, bytes } = this.spare;
    this.hidden = !n && !this.done;
    const said = (/** @type {string} */ text) => html`<p aria-live="polite">${text}</p>`;
    const drawn = this.done ? html`${said(t("duplicates.all.done", { n: this.done.hidden }))}<button type="button" class="back">${t("edit.undo")}</button>`
      : this.asking ? html`${said(t("duplicates.all.sure", { n, size: size(bytes) }))}<button type="button" class="first yes">${t("duplicates.all.yes", { n })}</button><button type="button" class="no">${t("duplicates.all.no")}</button>`
      : html`<button type="button" class="ask">${t("duplicates.all", { n })}</button>`;
    const focused = this.contains(document.activeElement);
    this.replaceChildren(...element(html`<div>${drawn}</div>`).children);
    if (focused) this.querySelector("button")?.focus();
  }

  /** @param {HTMLButtonElement | null} button */
  async #clicked(button) {
    if (!button) return;
    try {
      if (button.matches(".yes")) {
        button.disabled = true;
        this.done = { ...(await api.send("POST", "duplicates/hide", { tier: "identical" })), spare: this.spare };
        tell(this, "changed");
      } else if (button.matches(".back")) {
        button.disabled = true;
        await api.undo(this.done.change);
        this.spare = this.done.spare;
        this.done = null;
        tell(this, "changed");
      }
      this.asking = button.matches(".ask");
    } catch (error) {
      toast(error.message);
    }
    this.#draw();
    this.querySelector("button")?.focus(); // the one that was pressed is gone
  }
}
customElements.define("identical-copies", IdenticalCopies);
