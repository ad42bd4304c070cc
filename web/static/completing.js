// A list below the search box of how the word that is being written may go on. Nothing is chosen until an arrow key chooses it,
// so that Enter goes on searching for what was typed.
import { complete } from "./api.js";
import { ceased } from "./dom.js";
import { element, html } from "./html.js";
import { t } from "./messages.js";

const PAUSE = 120; // ms after the last key
const MOST = 8;

/** @param {HTMLInputElement} box @param {(text: string) => void} use told of the line with what was chosen */
export function completing(box, use) {
  const list = element(html`<ul class="completions" id="completions" role="listbox" aria-label="${t("complete.label")}" hidden></ul>`);
  box.closest("form").after(list);
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "completions");
  /** @type {import("./types.js").Completions} */ let known = { start: 0, end: 0, offers: [] };
  let at = -1;

  const shut = () => {
    list.hidden = true;
    point(-1);
  };
  const point = (/** @type {number} */ wanted) => {
    at = wanted;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", `completion-${at}`);
  };
  const ask = ceased(PAUSE, async () => {
    const q = box.value, letters = [...q.slice(0, box.selectionStart)].length;
    try {
      const found = await complete(q, letters);
      if (box.value !== q || document.activeElement !== box) return;
      known = { ...found, offers: found.offers.slice(0, MOST) };
    } catch {
      return shut(); // it only helps
    }
    list.innerHTML = String(html`${known.offers.map(({ text, label, count }, n) => html`<li role="option" id="completion-${n}" data-n="${n}" aria-selected="false"><code>${text}</code><span>${label === text ? "" : label}</span>${count !== null && html`<small>${count}</small>`}</li>`)}`);
    point(-1);
    list.hidden = !known.offers.length;
  });
  const choose = (/** @type {number} */ n) => {
    const letters = [...box.value], { text } = known.offers[n];
    const before = letters.slice(0, known.start).join("") + text;
    const open = text.endsWith(":");
    box.value = `${before}${open ? "" : " "}${letters.slice(known.end).join("").trimStart()}`;
    box.setSelectionRange(before.length + (open ? 0 : 1), before.length + (open ? 0 : 1));
    shut();
    if (open) ask();
    else use(box.value);
  };

  box.addEventListener("input", () => (box.value.trim() ? ask() : (ask.stop(), shut())));
  box.addEventListener("blur", () => { ask.stop(); shut(); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === "Escape") ask.stop();
    if (list.hidden) return;
    const way = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (way) point(at + way < -1 ? known.offers.length - 1 : at + way >= known.offers.length ? -1 : at + way);
    else if (event.key === "Escape") shut();
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) choose(at);
    else {
      if (event.key === "Enter") shut();
      return;
    }
    event.preventDefault();
  });
  // before the box loses the focus
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = /** @type {HTMLElement} */ (event.target).closest("li");
    if (item) choose(Number(item.dataset.n));
  });
}
