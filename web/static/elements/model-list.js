// <model-list>: by which model is searched, which others could be, and changing to one while the old one still searches.
import * as api from "../api.js";
import { element, html } from "../html.js";
import { shortModel } from "../jobs.js";
import { language, t } from "../messages.js";
import { size } from "../words.js";
import { begun } from "./job-list.js";
import { toast } from "./page-toast.js";

/** @typedef {{spec: string, dim: number, pictures: number, bytes: number, in_use: boolean, previous: boolean}} Held */
/** @typedef {{name: string, spec: string, here: boolean, megabytes: number, coco: number | null, languages: string, licence: string}} Choice */

class ModelList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) this.#act(button.dataset.act, button.dataset.spec);
    });
    this.load();
  }

  async load() {
    try {
      /** @type {{pictures: number, held: Held[], choices: Choice[]}} */ const { pictures, held, choices } = await api.read("models");
      const others = choices.filter(({ spec }) => !held.some((one) => one.spec === spec));
      this.replaceChildren(...element(html`<div><h2>${t("models.title")}</h2><p class="help">${t("models.help")}</p>
        <ul class="rows">${held.map((one) => row(one, pictures))}${others.map(other)}</ul></div>`).children);
    } catch (error) {
      if (!api.overtaken(error)) toast(error.message);
    }
  }

  /** @param {string} act @param {string} spec */
  async #act(act, spec) {
    try {
      await api.send("POST", `models/${act}`, act === "back" ? undefined : { spec });
      if (act === "switch") return begun(t("models.building"));
      toast(t(`models.${act}.done`));
      await this.load();
    } catch (error) {
      toast(error.message);
    }
  }
}

/** @param {Held} held @param {number} pictures */
const row = ({ spec, pictures: n, bytes, in_use: used, previous }, pictures) => html`<li class="model${used ? " used" : ""}"><div class="what"><b title="${spec}">${shortModel(spec)}</b>
  <p>${t("models.held", { n, total: pictures.toLocaleString(language) })} · ${size(bytes)}</p></div>
  ${used ? html`<span class="badge">${t("models.used")}</span>` : html`<span class="acts"><button type="button" data-act="${previous ? "back" : "switch"}" data-spec="${spec}">${t(previous ? "models.back" : "models.switch")}</button><button type="button" class="quiet" data-act="drop" data-spec="${spec}">${t("models.drop")}</button></span>`}</li>`;

/** @param {Choice} choice */
const other = ({ name, spec, here, megabytes, coco, languages, licence }) => html`<li class="model"><div class="what"><b title="${spec}">${name}</b>
  <p>${[languages, coco !== null && t("models.coco", { n: coco }), megabytes && size(megabytes * 1e6), licence].filter(Boolean).join(" · ")}</p></div>
  <span class="acts">${here ? html`<button type="button" data-act="switch" data-spec="${spec}">${t("models.switch")}</button>` : html`<span class="count">${t("models.away")}</span>`}</span></li>`;
customElements.define("model-list", ModelList);
