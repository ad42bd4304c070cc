// A picture in the grid: drawn at its final size before it has come, in its main colour.
import { element, html } from "../html.js";
import { t } from "../messages.js";
import { alternative, veiled } from "../veil.js";
import { reasons } from "../words.js";

/** @typedef {import("../types.js").Hit} Hit */

/** @param {Hit} hit @returns {HTMLElement} */
export function card(hit) {
  const made = element(html`<li class="card" data-id="${hit.id}"><a data-id="${hit.id}" href="/?show=${hit.id}" title="${hit.name}" tabindex="-1">
    <img alt="${hit.name}" decoding="async" draggable="false"><span class="shade"><span class="name" aria-hidden="true">${hit.name}</span><span class="why"></span></span></a></li>`);
  // the page's policy allows styles from scripts only
  if (hit.colour) made.style.setProperty("--colour", hit.colour);
  const img = made.querySelector("img");
  img.addEventListener("load", () => made.classList.add("there"));
  img.addEventListener("error", () => made.classList.add("missing"));
  return made;
}

/** @param {HTMLElement} made @param {{left: number, top: number, width: number, height: number}} place */
export function put(made, { left, top, width, height }) {
  made.style.transform = `translate(${left}px, ${top}px)`;
  made.style.width = `${width}px`;
  made.style.height = `${height}px`;
}

/** Let the picture come: the thumbnail that is kept, since a smaller one would have to be made. @param {HTMLElement} made @param {Hit} hit */
export function load(made, hit) {
  const img = made.querySelector("img");
  if (img.getAttribute("src")) return;
  img.src = hit.thumbnail;
  if (img.complete && img.naturalWidth) made.classList.add("there");
}

/** Say why it is here. @param {HTMLElement} made @param {Hit} hit @param {boolean} byPicture */
export function tellWhy(made, hit, byPicture) {
  made.classList.toggle("weak", hit.weak);
  made.querySelector(".why").innerHTML = String(reasons(hit, byPicture));
  const copies = hit.folded.length;
  made.classList.toggle("pile", copies > 0);
  if (copies) /** @type {HTMLElement} */ (made.querySelector("a")).dataset.copies = `+${copies}`;
}

/** @param {HTMLElement} made @param {Hit} hit */
export function veil(made, hit) {
  made.classList.toggle("blurred", veiled(hit));
  made.querySelector("img").alt = alternative(hit, hit.caption || hit.name);
  if (!veiled(hit)) made.querySelector(".unveil")?.remove();
  else if (!made.querySelector(".unveil")) {
    made.append(element(html`<button type="button" class="unveil" tabindex="-1" aria-label="${t("card.unveil", { name: hit.name, category: hit.category })}" title="${t("card.blurred", { category: hit.category })}">${t("card.show")}</button>`));
  }
}
