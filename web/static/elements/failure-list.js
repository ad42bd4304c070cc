// <failure-list>: files that could not be used, why, what helps, and trying once more.
import * as api from "../api.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { shortModel } from "../jobs.js";
import { t } from "../messages.js";
import { begun } from "./job-list.js";
import { toast } from "./page-toast.js";

/** @typedef {import("../jobs.js").Failure} Failure */
/** @typedef {{stage: string, model: string, count: number}} Group */

class FailureList extends HTMLElement {
  connectedCallback() {
    this.id = "failures";
    this.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) this.#retry(this.groups[Number(button.dataset.at)]);
    });
    this.load();
  }

  async load() {
    try {
      /** @type {{total: number, groups: Group[], failures: Failure[]}} */ const { total, groups, failures } = await api.read("failures");
      this.groups = groups;
      this.hidden = !total;
      this.replaceChildren(...element(html`<div><h2>${t("failures.title", { n: total })}</h2>${groups.map((group, at) => part(group, at, failures))}</div>`).children);
    } catch (error) {
      if (!api.overtaken(error)) toast(error.message);
    }
  }

  /** @param {Group} group */
  async #retry({ stage, model }) {
    try {
      await api.send("POST", "failures/retry", { stage, ...(model && { model }) });
      begun();
    } catch (error) {
      toast(error.message);
    }
  }
}

/** @param {Group} group @param {number} at @param {Failure[]} failures */
function part({ stage, model, count }, at, failures) {
  const mine = failures.filter((one) => one.stage === stage && one.model === model);
  return html`<details class="failed"${count <= 8 && html` open`}><summary><span>${t(`stage.${stage}`)}${model && html` <small>${shortModel(model)}</small>`}</span><span class="count">${t("failures.count", { n: count })}</span></summary>
    <p class="acts">${stage === "damaged" ? html`<a href="/?q=has%3Adamage">${t("failures.look")}</a>` : html`<button type="button" data-at="${at}">${icon("again")}${t("failures.retry")}</button>`}</p>
    <ul class="rows">${mine.map(({ name, path, reason, remedy }) => html`<li><div class="what"><b title="${path}">${name}</b><p>${reason}</p>${remedy && html`<p class="remedy">${remedy}</p>`}</div></li>`)}</ul></details>`;
}
customElements.define("failure-list", FailureList);
