// <filter-panel>: what the result can be narrowed by, with how many pictures would be left. What is chosen here is
// written into the query line, so that the line teaches itself.
// Events: "words" (detail: {text}), "wanted" (it is opened and has nothing to show yet).
import { one, tell } from "../dom.js";
import "./date-histogram.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { onKey } from "../keys.js";
import { t } from "../messages.js";
import { onPreferences, prefer, preferences } from "../preferences.js";
import { added, between, holds, without } from "../query.js";
import { folderOf, nested } from "../sections.js";

/** @typedef {import("../types.js").Facets} Facets */
/** @typedef {import("../types.js").FacetValue} FacetValue */

// Years and months are what the histogram is for.
const SHOWN = ["folder", "place", "people", "tag", "object", "has", "camera", "colour", "type", "orientation", "rating", "lens", "state"];
const AT_ONCE = 6;

/** How a value is said where it is not as it stands. @type {Record<string, (value: string) => string>} */
const SAID = {
  rating: (stars) => `${"★".repeat(Number(stars))}${"☆".repeat(5 - Number(stars))}`,
  folder: (path) => path.split("/").at(-1),
  type: (kind) => kind.toUpperCase(),
  has: (thing) => t(`has.${thing}`),
  people: (count) => count.endsWith("+") ? t("people.more", { n: parseInt(count) }) : t("people.count", { n: Number(count) }),
  place: (name) => name.split(", ")[0],
};

/** How deep a value lies in others, and in which, where values lie in each other. @type {Record<string, {sign: string, around: (value: string) => string}>} */
const WITHIN = {
  folder: { sign: "/", around: folderOf },
  place: { sign: ", ", around: (name) => name.split(", ").slice(1).join(", ") },
};

const frame = () => html`<div>
  <div class="row"><h2>${t("view.filters")}</h2><button type="button" class="round quiet shut" aria-label="${t("filters.shut")}">${icon("cross")}</button></div>
  <div class="about" aria-live="polite"></div>
  <section class="taken"><h3>${t("facet.taken")}</h3><date-histogram hidden></date-histogram></section>
  <div class="facets"></div>
</div>`;

class FilterPanel extends HTMLElement {
  q = "";
  /** @type {Facets | null} */ facets = null;
  /** @type {Set<string>} facets of which all values are shown */ whole = new Set();
  /** @type {Set<string>} facets that are folded */ folded = new Set();

  connectedCallback() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", t("view.filters"));
    this.replaceChildren(...element(frame()).children);
    this.addEventListener("click", (event) => this.#clicked(/** @type {HTMLElement} */ (event.target)));
    this.addEventListener("span", (event) => this.#write(between(this.q, .../** @type {CustomEvent<[string, string]>} */ (event).detail)));
    this.addEventListener("keydown", (event) => { if (event.key === "Escape") this.toggle(false); });
    onPreferences(({ panel }) => {
      const opens = this.hidden && panel;
      this.hidden = !panel;
      document.body.classList.toggle("filtering", panel);
      if (opens) tell(this, "wanted");
    });
    onKey("f", "keys.filters", () => this.toggle());
  }

  /** @param {boolean} [open] */
  toggle(open = Boolean(this.hidden)) {
    const within = this.contains(document.activeElement);
    prefer({ panel: open });
    if (open) one(this, "button").focus();
    else if (within) one(document, "filter-button button").focus();
  }

  /** @param {Facets} facets @param {string} q */
  show(facets, q) {
    this.facets = facets;
    this.q = q;
    this.removeAttribute("aria-busy");
    one(this, ".about").textContent = t("filters.total", { n: facets.total });
    one(this, "date-histogram").shown = facets.histogram.bars;
    one(this, ".taken").hidden = one(this, "date-histogram").hidden;
    this.#draw();
  }

  #draw() {
    const focused = /** @type {HTMLElement} */ (document.activeElement)?.dataset.query;
    const parts = SHOWN.filter((name) => this.#says(name)).map((name) => this.#part(name));
    one(this, ".facets").innerHTML = String(html`${parts}`);
    for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-colour]"))) swatch.style.backgroundColor = swatch.dataset.colour;
    if (focused) /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-query]")]).find((button) => button.dataset.query === focused)?.focus();
  }

  /** A facet of which all pictures have the same says nothing. @param {string} name */
  #says(name) {
    const values = this.#values(name);
    return values.length > 1 || values.some((value) => this.#divides(value));
  }

  /** @param {string} name */
  #values(name) {
    const all = this.facets.facets[name] ?? [];
    return name === "has" ? all.filter((value) => this.#divides(value)) : all; // each is a question of its own
  }

  /** @param {FacetValue} value */
  #divides({ count, query }) {
    return count < this.facets.total || holds(this.q, query);
  }

  /** @param {string} name */
  #part(name) {
    const all = this.#values(name);
    const most = this.whole.has(name) ? all.length : AT_ONCE;
    const shown = name in WITHIN ? nested(all.slice(0, most), WITHIN[name].around) : all.slice(0, most);
    const open = !this.folded.has(name);
    return html`<section><h3><button type="button" class="heading" data-fold="${name}" aria-expanded="${String(open)}">${t(`facet.${name}`)}${icon("down")}</button></h3>
      ${open && html`<ul role="list">${shown.map((value) => html`<li>${this.#value(name, value)}</li>`)}
      ${all.length > AT_ONCE && html`<li><button type="button" class="all" data-whole="${name}">${t(most < all.length ? "filters.all" : "filters.fewer", { n: all.length })}</button></li>`}</ul>`}</section>`;
  }

  /** @param {string} name @param {FacetValue} given */
  #value(name, { value, count, query, thumbnail }) {
    const on = holds(this.q, query);
    const said = (SAID[name] ?? String)(value);
    const depth = name in WITHIN ? value.split(WITHIN[name].sign).length - 1 : 0;
    return html`<button type="button" class="value" data-query="${query}" aria-pressed="${String(on)}" title="${query}" data-depth="${Math.min(4, depth)}">${name === "colour" && html`<i data-colour="${value}"></i>`}${thumbnail && html`<img src="${thumbnail}&size=128" alt="" width="36" height="36">`}<span>${said}</span><small>${count.toLocaleString()}</small></button>`;
  }

  /** @param {HTMLElement} target */
  #clicked(target) {
    const button = target.closest("button");
    if (!button) return;
    const { query, whole, fold } = button.dataset;
    if (button.matches(".shut")) this.toggle(false);
    else if (query) this.#write(holds(this.q, query) ? without(this.q, query) : added(this.q, query));
    else for (const [set, name] of /** @type {[Set<string>, string][]} */ ([[this.whole, whole], [this.folded, fold]])) {
      if (!name) continue;
      if (!set.delete(name)) set.add(name);
      this.#draw();
      /** @type {HTMLElement | null} */ (this.querySelector(`[data-${set === this.whole ? "whole" : "fold"}="${name}"]`))?.focus();
    }
  }

  /** @param {string} text */
  #write(text) {
    this.q = text;
    this.setAttribute("aria-busy", "true");
    tell(this, "words", { text });
  }
}
customElements.define("filter-panel", FilterPanel);

/** <filter-button>: shows and hides the panel. */
class FilterButton extends HTMLElement {
  connectedCallback() {
    const button = element(html`<button type="button" class="quiet" title="${t("keys.hint", { text: t("view.filters"), key: "F" })}">${icon("filter")}<span>${t("view.filters")}</span></button>`);
    this.replaceChildren(button);
    button.addEventListener("click", () => prefer({ panel: !preferences.panel }));
    onPreferences(({ panel }) => button.setAttribute("aria-expanded", String(panel)));
  }
}
customElements.define("filter-button", FilterButton);
