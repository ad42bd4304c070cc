// <concept-list>: what was taught by examples, with how many of these and what came of it; each can be forgotten.
import * as api from "../api.js";
import { one } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";
import { quoted } from "../query.js";
import { toast } from "./page-toast.js";

/** @typedef {{name: string, yes: number, no: number, tagged: number, fitted: boolean}} Concept */

class ConceptList extends HTMLElement {
  connectedCallback() {
    this.hidden = true;
    this.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) this.#act(button.dataset.act, button.closest("li"));
    });
    this.addEventListener("keydown", (event) => {
      const asked = /** @type {HTMLElement} */ (event.target).closest("li:has([data-act=keep])");
      if (event.key === "Escape" && asked) this.#act("keep", /** @type {HTMLLIElement} */ (asked));
    });
    this.load();
  }

  async load() {
    try {
      /** @type {Concept[]} */ this.concepts = await api.read("concepts");
      this.hidden = !this.concepts.length;
      this.replaceChildren(...element(html`<div><h2>${t("concepts.title")}</h2><p class="help">${t("concepts.help")}</p>
        <ul class="rows">${this.concepts.map((concept, at) => html`<li data-at="${at}">${told(concept)}${forget(concept)}</li>`)}</ul></div>`).children);
    } catch (error) {
      if (!api.overtaken(error)) toast(error.message);
    }
  }

  /** There is no way back from forgetting: it is asked for twice. @param {string} act @param {HTMLLIElement} row */
  async #act(act, row) {
    const concept = this.concepts[Number(row.dataset.at)];
    if (act === "sure") return this.#forget(concept);
    one(row, ".acts").replaceWith(element(act === "forget" ? sure(concept) : forget(concept)));
    one(row, act === "forget" ? "[data-act=keep]" : "[data-act=forget]").focus();
  }

  /** @param {Concept} concept */
  async #forget({ name }) {
    try {
      await api.send("DELETE", `concepts/${encodeURIComponent(name)}`);
      toast(t("concepts.forgotten", { name }));
    } catch (error) {
      toast(error.message);
    }
    await this.load();
  }
}

/** @param {Concept} concept */
const told = ({ name, yes, no, tagged, fitted }) => html`${icon("teach")}<div class="what"><b>${name}</b>
  <p>${[t("concepts.yes", { n: yes }), t("concepts.no", { n: no }), !fitted && t("concepts.few")].filter(Boolean).join(" · ")}</p></div>
  <a class="count" href="/?q=${encodeURIComponent(`tag:${quoted(name)}`)}">${t("folders.count", { n: tagged })}</a>`;

/** @param {Concept} concept */
const forget = ({ name }) => html`<span class="acts"><button type="button" class="round quiet" data-act="forget" aria-label="${t("concepts.forget.one", { name })}" title="${t("concepts.forget.one", { name })}">${icon("cross")}</button></span>`;

/** @param {Concept} concept */
const sure = ({ name, tagged }) => html`<span class="acts asked" role="group" aria-label="${t("concepts.forget.one", { name })}"><span>${t("concepts.sure", { n: tagged })}</span><button type="button" class="first" data-act="sure">${t("concepts.forget")}</button><button type="button" data-act="keep">${t("concepts.keep")}</button></span>`;
customElements.define("concept-list", ConceptList);
