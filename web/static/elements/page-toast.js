// What was done, said in passing, with a way back. It lies above an open dialog too.
import { element, html } from "../html.js";

const SHOWN = 7_000; // ms
/** @type {HTMLElement | null} */ let last = null;

/** @param {string} text @param {{says: string, run: () => void} | null} [back] */
export function toast(text, back = null) {
  last?.remove();
  const made = (last = element(html`<div class="toast" popover="manual" aria-live="polite"><span>${text}</span>${back && html`<button type="button" class="quiet">${back.says}</button>`}</div>`));
  // outside of a modal dialog nothing can be pressed
  const within = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  within.append(made);
  made.showPopover();
  const away = () => made.remove();
  let waiting = setTimeout(away, SHOWN);
  made.addEventListener("pointerenter", () => clearTimeout(waiting));
  made.addEventListener("pointerleave", () => { waiting = setTimeout(away, SHOWN); });
  made.querySelector("button")?.addEventListener("click", () => { away(); back.run(); });
}
