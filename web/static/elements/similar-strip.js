// <similar-strip>: pictures that look like one. Events: "open" (detail: id), "similar" (all of them, as a search).
import * as api from "../api.js";
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { t } from "../messages.js";
import { alternative, veiled } from "../veil.js";

const MOST = 12;

class SimilarStrip extends HTMLElement {
  of = 0; // the picture that they look like

  connectedCallback() {
    this.addEventListener("click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (target.closest(".every")) return tell(this, "similar");
      const link = /** @type {HTMLElement | null} */ (target.closest("a[data-id]"));
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      tell(this, "open", Number(link.dataset.id));
    });
  }

  /** @param {number} id */
  async show(id) {
    if (this.of === id) return;
    this.of = id;
    this.replaceChildren();
    this.hidden = true;
    try {
      const { hits } = await api.search(new URLSearchParams({ q: `like:${id}`, fold: "true", limit: String(MOST + 1) }), "similar");
      const others = hits.filter((hit) => hit.id !== id).slice(0, MOST);
      if (this.of !== id || !others.length) return;
      this.replaceChildren(...element(html`<div><h3>${t("picture.similar")} <button type="button" class="quiet every">${t("picture.similar.all")}</button></h3>
        <p class="likes">${others.map((hit) => html`<a data-id="${hit.id}" href="/?show=${hit.id}"${veiled(hit) && html` class="blurred"`}><img src="${hit.thumbnail}&size=256" alt="${alternative(hit, hit.name)}" title="${hit.name}" loading="lazy" draggable="false"></a>`)}</p></div>`).children);
      one(this, ".likes").scrollLeft = 0;
      this.hidden = false;
    } catch { /* an extra: the picture is shown all the same */ }
  }
}
customElements.define("similar-strip", SimilarStrip);
