// <picture-history>: who said what of a picture and when, folded until it is asked for.
// Event: "take-back" (detail: the number of a change of this picture).
import * as api from "../api.js";
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { chapters } from "../history.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";
import { clock, signed } from "../words.js";

const LONG = 120; // letters of a text that are told

class PictureHistory extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(element(html`<details><summary>${t("history.title")}</summary><ol role="list"></ol></details>`));
    this.details = /** @type {HTMLDetailsElement} */ (this.firstElementChild);
    this.details.addEventListener("toggle", () => this.#load());
    this.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) tell(this, "take-back", Number(button.dataset.change));
    });
  }

  /** @param {import("../types.js").Picture} picture */
  show(picture) {
    if (this.picture?.id !== picture.id) one(this, "ol").replaceChildren();
    this.picture = picture;
    this.#load();
  }

  async #load() {
    if (!this.details.open) return;
    const { picture } = this;
    try {
      const edits = await api.history(picture.id);
      if (this.picture === picture) one(this, "ol").innerHTML = String(html`${chapters(picture, edits).map(told)}`);
    } catch (error) {
      if (!api.overtaken(error)) one(this, "ol").replaceChildren(element(html`<li role="alert">${error.message}</li>`));
    }
  }
}

/** @param {import("../history.js").Chapter} chapter */
function told({ at, by, model, lines, change, undone }) {
  const who = [by && t("by.plain", { who: signed(by, model) }), clock(at), undone && t("history.undone", { when: clock(undone) })].filter(Boolean).join(" · ");
  return html`<li${undone && html` class="undone"`}><div>${lines.map((line) => html`<p>${said(line)}</p>`)}<small>${who}</small></div>
    ${change !== null && html`<button type="button" class="round quiet" data-change="${change}" aria-label="${t("history.undo", { what: lines.map(said).join("; ") })}" title="${t("edit.undo")}">${icon("undo")}</button>`}</li>`;
}

/** @param {import("../history.js").Line} line */
function said({ field, before, after }) {
  if (field === "indexed") return t("history.indexed");
  if (field === "state") return t(`history.state.${after}`);
  if (field === "rating") return after && after !== "0" ? t("history.rating", { n: Number(after) }) : t("history.unrated");
  if (field === "tag" && !after) return t("history.untag", { tag: before });
  const what = t(field === "tag" ? "picture.tags" : field === "object" ? "picture.objects" : `picture.${field}`);
  if (!after) return t("history.away", { what, before: short(before) });
  return before ? t("history.instead", { what, before: short(before), after: short(after) }) : t("history.said", { what, after: short(after) });
}

/** @param {string} text */
const short = (text) => (text.length > LONG ? `${text.slice(0, LONG).trimEnd()} …` : text);
customElements.define("picture-history", PictureHistory);
