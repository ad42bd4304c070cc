// <search-choices>: how to look and in which order, and the filters that came with the address.
// Event: "choose" (detail: the changed part of the state).
import { element, html } from "../html.js";

const NAMES = { in: "folder", type: "type", after: "after", before: "before", min_size: "at least", max_size: "at most", orientation: "shape" };

class SearchChoices extends HTMLElement {
  connectedCallback() {
    for (const select of this.querySelectorAll("select")) {
      select.addEventListener("change", () => this.tell({ [select.name]: select.value }));
    }
    this.fold = this.querySelector("[name=fold]");
    this.fold.addEventListener("change", () => this.tell({ fold: this.fold.checked }));
  }

  /** @param {Partial<import("../types.js").State>} detail */
  tell(detail) {
    this.dispatchEvent(new CustomEvent("choose", { detail, bubbles: true }));
  }

  /** @param {import("../types.js").State} state */
  set state(state) {
    const byPicture = state.like !== null || state.upload !== null;
    const browsing = !byPicture && !state.q.trim();
    for (const select of this.querySelectorAll("select")) select.value = state[select.name];
    this.querySelector("[name=mode]").closest("label").hidden = byPicture || browsing;
    this.fold.checked = state.fold;
    // with nothing to be best for, pictures come newest first
    this.querySelector("[value=relevance]").hidden = browsing;
    if (browsing && state.order === "relevance") this.querySelector("[name=order]").value = "newest";
    this.querySelector(".filters").replaceChildren(...state.filters.map(([name, value], at) => {
      const button = element(html`<button type="button" class="chip" aria-label="Drop the filter ${NAMES[name]}: ${value}">${NAMES[name]}: ${value} <span aria-hidden="true">×</span></button>`);
      button.addEventListener("click", () => this.tell({ filters: state.filters.filter((_, other) => other !== at) }));
      return button;
    }));
  }
}
customElements.define("search-choices", SearchChoices);
