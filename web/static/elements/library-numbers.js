// <library-numbers>: how much there is of what, and how far models have looked.
import * as api from "../api.js";
import { element, html } from "../html.js";
import { shortModel } from "../jobs.js";
import { language, t } from "../messages.js";

class LibraryNumbers extends HTMLElement {
  connectedCallback() {
    this.load();
  }

  async load() {
    try {
      const [status, found] = await Promise.all([api.read("status"), api.facets(new URLSearchParams({ most: "60" }))]);
      this.replaceChildren(...element(html`<div>${tiles(status)}<div class="pair">${years(found.facets.year)}${coverage(status)}</div></div>`).children);
      for (const bar of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-share]"))) bar.style.setProperty("--share", bar.dataset.share);
    } catch (error) {
      if (!api.overtaken(error)) this.replaceChildren(element(html`<p class="fault" role="alert">${error.message}</p>`));
    }
  }
}

/** @param {Record<string, any>} status */
function tiles(status) {
  const all = [
    ["pictures", status.pictures, "/"], ["read", status["ocr texts"] ?? 0, "/?q=has%3Aocr"], ["captions", status["caption texts"] ?? 0, "/?q=has%3Acaption"],
    ["tags", status["tag texts"] ?? 0, "/?q=has%3Atag"], ["hidden", status.hidden, "/?q=state%3Ahidden"], ["offline", status.offline, ""], ["damaged", status.damaged, "/?q=has%3Adamage"], ["failures", status.failures, "#failures"],
  ];
  return html`<ul class="tiles">${all.filter(([name, n]) => n || name === "pictures").map(([name, n, to]) => html`<li><a href="${to || "/library"}"><b>${Number(n).toLocaleString(language)}</b><span>${t(`numbers.${name}`)}</span></a></li>`)}</ul>`;
}

/** @param {import("../types.js").FacetValue[]} found */
function years(found = []) {
  const most = Math.max(1, ...found.map(({ count }) => count));
  if (!found.length) return "";
  return html`<section class="panelled"><h2>${t("numbers.years")}</h2><ul class="shares">${found.map(({ value, count, query }) => html`<li><a href="/?q=${encodeURIComponent(query)}"><span>${value}</span><i data-share="${count / most}"></i><small>${count.toLocaleString(language)}</small></a></li>`)}</ul></section>`;
}

/** @param {{pictures: number, annotated: {task: string, model: string, pictures: number}[]}} status */
function coverage({ pictures, annotated }) {
  if (!annotated?.length) return "";
  return html`<section class="panelled"><h2>${t("numbers.seen")}</h2><ul class="shares">${annotated.map(({ task, model, pictures: n }) => html`<li><span class="line-up"><span title="${model}">${t(`task.${task}`)} <small>${shortModel(model)}</small></span><i data-share="${pictures ? Math.min(1, n / pictures) : 0}"></i><small>${pictures ? Math.round((100 * n) / pictures) : 0} %</small></span></li>`)}</ul></section>`;
}
customElements.define("library-numbers", LibraryNumbers);
