// <picture-grid>: the hits as cards of known size, kept by id from one result to the next; the weak ones apart.
// Events: "open" (detail: id), "more", "again".
import { element, html } from "../html.js";
import { alternative, unveil, veiled } from "../veil.js";
import { reasons } from "../words.js";

const FRAME = html`<div>
  <section class="likely" aria-label="Results"><ul class="cards" role="list"></ul></section>
  <section class="weaker" aria-labelledby="less-likely" hidden><h2 id="less-likely">Less likely</h2><ul class="cards" role="list"></ul></section>
  <p class="more" hidden><button type="button">Show more</button></p>
  <div class="panel" hidden></div>
</div>`;

class PictureGrid extends HTMLElement {
  /** @type {Map<number, HTMLElement>} */ cards = new Map();
  /** @type {import("../types.js").Hit[]} */ hits = [];

  connectedCallback() {
    this.replaceChildren(...element(FRAME).children);
    this.addEventListener("click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const button = target.closest("button.unveil");
      if (button) return this.show(Number(button.closest("li").dataset.id));
      const link = /** @type {HTMLElement | null} */ (target.closest("a[data-id]"));
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.tell("open", Number(link.dataset.id));
    });
    this.querySelector(".more button").addEventListener("click", () => this.tell("more"));
  }

  /** @param {string} name @param {unknown} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  /** @param {import("../types.js").Found} found @param {{byPicture: boolean, empty: unknown}} how `empty`: what to say when there is none */
  paint(found, { byPicture, empty }) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest("picture-grid a"));
    const old = this.cards;
    this.hits = found.hits;
    this.cards = new Map(found.hits.map((hit) => [hit.id, old.get(hit.id) ?? card(hit)]));
    for (const hit of found.hits) {
      tellWhy(this.cards.get(hit.id), hit, byPicture);
      veil(this.cards.get(hit.id), hit);
    }
    const those = (/** @type {boolean} */ weak) => found.hits.filter((hit) => hit.weak === weak).map((hit) => this.cards.get(hit.id));
    this.querySelector(".likely ul").replaceChildren(...those(false));
    this.querySelector(".weaker ul").replaceChildren(...those(true));
    this.querySelector(".likely").hidden = !those(false).length;
    this.querySelector(".weaker").hidden = !those(true).length;
    this.querySelector(".more").hidden = found.hits.reduce((sum, hit) => sum + 1 + hit.folded.length, 0) >= found.total;
    this.panel(found.hits.length ? null : html`<div>${empty}</div>`);
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  /** A failure, in place of results. @param {string} sentence */
  fail(sentence) {
    this.hits = [];
    this.cards = new Map();
    for (const part of this.querySelectorAll("section, .more")) part.hidden = true;
    this.panel(html`<div role="alert"><h2>That did not work</h2><p>${sentence}</p><button type="button" class="first">Try again</button></div>`);
    this.querySelector(".panel button").addEventListener("click", () => this.tell("again"));
  }

  /** @param {ReturnType<typeof html> | null} markup */
  panel(markup) {
    const panel = this.querySelector(".panel");
    panel.hidden = !markup;
    panel.replaceChildren(...(markup ? [element(markup)] : []));
  }

  /** Show a blurred picture. @param {number} id */
  show(id) {
    unveil(id);
    this.revealed();
    this.focusOn(id); // the button that was pressed is gone
  }

  /** Whatever was asked to be shown, here or in the detail, is no longer blurred. */
  revealed() {
    for (const hit of this.hits) veil(this.cards.get(hit.id), hit);
  }

  /** @param {number} id */
  focusOn(id) {
    this.cards.get(id)?.querySelector("a").focus();
  }
}

/** @param {import("../types.js").Hit} hit */
function card(hit) {
  const made = element(html`<li class="card" data-id="${hit.id}"><a data-id="${hit.id}" href="/?show=${hit.id}" title="${hit.name}">
    <img src="${hit.thumbnail}" width="${hit.width}" height="${hit.height}" alt="${hit.name}" loading="lazy" decoding="async">
    <span class="name" aria-hidden="true">${hit.name}</span><span class="why"></span></a></li>`);
  // the page's policy allows styles from scripts only
  made.style.setProperty("--ratio", String(hit.width / hit.height));
  if (hit.colour) made.style.setProperty("--colour", hit.colour);
  return made;
}

/** @param {HTMLElement} made @param {import("../types.js").Hit} hit @param {boolean} byPicture */
function tellWhy(made, hit, byPicture) {
  made.classList.toggle("weak", hit.weak);
  made.querySelector(".why").textContent = reasons(hit, byPicture);
}

/** @param {HTMLElement} made @param {import("../types.js").Hit} hit */
function veil(made, hit) {
  made.classList.toggle("blurred", veiled(hit));
  made.querySelector("img").alt = alternative(hit, hit.name);
  if (!veiled(hit)) made.querySelector(".unveil")?.remove();
  else if (!made.querySelector(".unveil")) made.append(element(html`<button type="button" class="unveil" aria-label="Show ${hit.name} (${hit.category}?)" title="Blurred: ${hit.category}? A machine's guess">Show</button>`));
}
customElements.define("picture-grid", PictureGrid);
