// <job-list>: what is being done and what was done, as it goes on. Event: "job-ended" (detail: the job).
import * as api from "../api.js";
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { going, named, share, standing } from "../jobs.js";
import { t } from "../messages.js";
import { clock } from "../words.js";
import { toast } from "./page-toast.js";

/** @typedef {import("../jobs.js").Job} Job */

const PAST = 5; // ended ones that are shown
const CLOCKS = 2_000; // ms: the server tells whole seconds

/** What can be done about it. @param {Job} job @returns {[string, Parameters<typeof icon>[0]][]} */
function acts({ state, stopping, elsewhere }) {
  if (stopping || elsewhere) return [];
  if (state === "running" || state === "queued") return [["pause", "pause"], ["cancel", "cross"]];
  if (state === "paused" || state === "interrupted") return [["resume", "play"], ["cancel", "cross"]];
  if (state === "failed") return [["resume", "play"]];
  return [];
}

class JobList extends HTMLElement {
  /** @type {Map<number, Job>} */ known = new Map();

  connectedCallback() {
    this.replaceChildren(...element(html`<div><h2>${t("jobs.title")}</h2><ul class="rows"></ul></div>`).children);
    this.list = one(this, "ul");
    this.hidden = true;
    this.events = api.jobs((job) => this.#hear(job));
    this.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) this.#act(button.dataset.act, Number(button.closest("li").dataset.id));
    });
  }

  disconnectedCallback() {
    this.events.close();
  }

  /** @param {Job} job */
  #hear(job) {
    const before = this.known.get(job.id);
    this.known.set(job.id, job);
    // a short one has ended before it was heard of
    const lately = !before && Date.parse(job.ended_at ?? "") > performance.timeOrigin - CLOCKS;
    if (!going(job) && (before ? going(before) : lately)) tell(this, "job-ended", job);
    this.#draw();
  }

  #draw() {
    // the page of duplicates looks for them whenever it is opened: that is of interest only while it goes on
    const all = [...this.known.values()].filter((job) => going(job) || job.problem || job.kind !== "duplicates").sort((a, b) => b.id - a.id);
    const shown = [...all.filter(going), ...all.filter((job) => !going(job)).slice(0, PAST)];
    this.hidden = !shown.length;
    const rows = new Map([.../** @type {HTMLCollectionOf<HTMLElement>} */ (this.list.children)].map((row) => [Number(row.dataset.id), row]));
    shown.forEach((job, at) => {
      const row = rows.get(job.id) ?? element(html`<li class="job" data-id="${job.id}"></li>`);
      rows.delete(job.id);
      fill(row, job);
      if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
    });
    for (const row of rows.values()) row.remove();
  }

  /** @param {string} act @param {number} id */
  async #act(act, id) {
    try {
      this.#hear(await api.send("POST", `jobs/${id}/${act}`));
    } catch (error) {
      toast(error.message);
    }
  }
}

/** Draw a row anew only where it changed: a button that has the focus keeps it. @param {HTMLElement} row @param {Job} job */
function fill(row, job) {
  const buttons = acts(job);
  /** @param {string} act */
  const said = (act) => t(job.state === "failed" ? "job.again" : `job.${act}`);
  const shape = `${job.state} ${buttons.map(([act]) => act)} ${job.problems.length}`;
  if (row.dataset.shape !== shape) {
    row.dataset.shape = shape;
    row.className = `job ${job.state}`;
    row.replaceChildren(...element(html`<div><div class="what"><b>${named(job)}</b><p class="standing"></p><p class="path"></p></div>
      ${!going(job) && job.ended_at && html`<span class="count">${clock(job.ended_at)}</span>`}<span class="acts">${buttons.map(([act, drawing]) => html`<button type="button" class="round quiet" data-act="${act}" aria-label="${said(act)}: ${named(job)}" title="${said(act)}">${icon(drawing)}</button>`)}</span>
      ${going(job) && html`<progress aria-label="${named(job)}"></progress>`}
      ${job.problems.length > 0 && html`<ul class="problems">${job.problems.map(({ name, reason }) => html`<li><b>${name}</b> ${reason}</li>`)}</ul>`}</div>`).children);
  }
  one(row, ".standing").textContent = standing(job);
  one(row, ".path").textContent = job.state === "running" ? [job.stage && stageOf(job.stage), job.path.split("/").at(-1)].filter(Boolean).join(": ") : "";
  const bar = /** @type {HTMLProgressElement | null} */ (row.querySelector("progress"));
  if (!bar) return;
  const part = share(job);
  if (part !== null) bar.value = part;
  else if (job.state === "running") bar.removeAttribute("value");
  else bar.value = 0;
}

/** @param {string} stage */
const stageOf = (stage) => (/^[a-z]+$/.test(stage) ? t(`stage.${stage}`) : stage);

/** Say that work has begun, and lead to where it is told how far it is. */
export const begun = (says = t("jobs.started")) => toast(says, { says: t("jobs.show"), run: () => document.querySelector("job-list").scrollIntoView({ block: "center" }) });
customElements.define("job-list", JobList);
