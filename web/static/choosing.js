// Choosing pictures on the grid: by their tick, by a click once one is chosen, with Shift up to another, by keys, by a long touch.
import { Chosen } from "./chosen.js";
import { on } from "./dom.js";
import { element, html } from "./html.js";
import { icon } from "./icons.js";
import { keys } from "./keys.js";
import { onLongTouch } from "./long-touch.js";
import { t } from "./messages.js";

keys.push(
  { key: "x", says: "keys.choose", part: "grid" },
  { key: "Ctrl+A", says: "keys.choose.all", part: "grid" },
  { key: "Esc", says: "keys.choose.none", part: "grid" },
);

/** @param {any} grid a <picture-grid> @param {() => void} changed */
export function choosing(grid, changed) {
  const chosen = new Chosen();
  const ids = () => grid.hits.map((/** @type {{id: number}} */ hit) => hit.id);
  const idOf = (/** @type {EventTarget} */ target) => Number(/** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (target).closest?.(".card"))?.dataset.id ?? 0);

  /** Ticks on what is drawn. */
  function show() {
    for (const [id, card] of /** @type {Map<number, HTMLElement>} */ (grid.cards)) {
      const is = chosen.ids.has(id);
      const tick = card.querySelector(".tick") ?? ticked(card);
      if (card.classList.contains("chosen") === is && tick.hasAttribute("aria-pressed")) continue;
      card.classList.toggle("chosen", is);
      tick.setAttribute("aria-pressed", String(is));
    }
    document.body.classList.toggle("choosing", chosen.size > 0);
  }
  const told = () => { show(); changed(); };

  /** @param {number} id @param {boolean} reach */
  function choose(id, reach) {
    if (reach && chosen.size) chosen.reach(id, ids());
    else chosen.turn(id);
    told();
  }

  on(grid, "moved", show);
  onLongTouch(grid, (target) => { // before the clicks: the one that follows is no choice
    const id = idOf(target);
    if (id) choose(id, false);
    return id > 0;
  });
  grid.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const id = idOf(event.target), target = /** @type {HTMLElement} */ (event.target);
    if (!id || event.ctrlKey || event.metaKey || target.closest(".unveil") || !(target.closest(".tick") || chosen.size || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation(); // else it would be opened
    choose(id, event.shiftKey);
  }, true);
  addEventListener("keydown", (event) => {
    if (event.altKey || document.querySelector("dialog[open]") || document.activeElement?.matches("input, textarea, select")) return;
    const id = idOf(document.activeElement ?? document.body), held = event.ctrlKey || event.metaKey;
    if (held && event.key.toLowerCase() === "a") chosen.all(ids());
    else if (!held && event.key.toLowerCase() === "x" && id) return choose(id, event.shiftKey);
    else if (event.key === "Escape" && chosen.size && !document.querySelector(":popover-open")) chosen.none();
    else return;
    event.preventDefault();
    told();
  });
  return { chosen, told };
}

/** @param {HTMLElement} card */
function ticked(card) {
  const name = card.querySelector("a").title;
  const made = element(html`<button type="button" class="tick" tabindex="-1" aria-label="${t("choose.one", { name })}">${icon("check")}</button>`);
  card.append(made);
  return made;
}
