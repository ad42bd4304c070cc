// <annotate-form>: have a model look at the pictures: one task, by a model that is offered for it.
import * as api from "../api.js";
import { one } from "../dom.js";
import { element, html } from "../html.js";
import { shortModel } from "../jobs.js";
import { t } from "../messages.js";
import { begun } from "./job-list.js";

const TASKS = ["ocr", "detect", "caption", "describe", "moderate", "tags"];

class AnnotateForm extends HTMLElement {
  async connectedCallback() {
    /** @type {{spec: string, tasks: string[]}[]} */ let offered = [];
    try {
      ({ offered } = await api.read("models", "offered"));
    } catch { /* what needs no other model can be had all the same */ }
    this.offered = offered;
    const can = TASKS.filter((task) => task === "tags" || offered.some(({ tasks }) => tasks.includes(task)));
    this.replaceChildren(...element(html`<div><h2>${t("annotate.title")}</h2><form class="fields">
      <label class="field"><span>${t("annotate.task")}</span><select name="task">${can.map((task) => html`<option value="${task}">${t(`task.${task}`)}</option>`)}</select></label>
      <label class="field model"><span>${t("annotate.model")}</span><select name="model"></select></label>
      <label class="field labels" hidden><span>${t("annotate.labels")}</span><input name="labels" placeholder="${t("annotate.labels.example")}" autocomplete="off"></label>
      <label class="field"><span>${t("annotate.query")}</span><input name="query" placeholder="${t("annotate.query.example")}" autocomplete="off" maxlength="10000"></label>
      <p class="wrong" role="alert"></p><button class="first">${t("annotate.start")}</button></form></div>`).children);
    one(this, "[name=task]").addEventListener("change", () => this.#task());
    one(this, "form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => { event.preventDefault(); this.#start(); });
    this.#task();
  }

  #task() {
    const task = one(this, "[name=task]").value;
    const models = this.offered.filter(({ tasks }) => tasks.includes(task));
    one(this, "[name=model]").replaceChildren(...models.map(({ spec }) => element(html`<option value="${spec}" title="${spec}">${shortModel(spec)}</option>`)));
    one(this, ".model").hidden = task === "tags";
    one(this, ".labels").hidden = task !== "detect" && task !== "moderate";
  }

  async #start() {
    const [task, model, labels, query] = ["task", "model", "labels", "query"].map((name) => one(this, `[name=${name}]`).value.trim());
    const wanted = labels && !one(this, ".labels").hidden ? { labels: labels.split(",").map((/** @type {string} */ label) => label.trim()).filter(Boolean) } : {};
    one(this, ".wrong").textContent = "";
    try {
      await api.send("POST", "jobs", { kind: "annotate", [task]: task === "tags" ? true : model, ...wanted, ...(query && { query }) });
      begun();
    } catch (error) {
      one(this, ".wrong").textContent = error.message;
    }
  }
}
customElements.define("annotate-form", AnnotateForm);
