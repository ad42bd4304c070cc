// Escaping by default: whatever is put into html`...` is text, unless html`...` made it.
/** @type {Record<string, string>} */ const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

class Markup extends String {}

/** @param {unknown} value @returns {string} */
function safe(value) {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(safe).join("");
  if (value === null || value === undefined || value === false) return "";
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** @param {TemplateStringsArray} parts @param {...unknown} values */
export const html = (parts, ...values) => new Markup(parts.reduce((made, part, at) => made + safe(values[at - 1]) + part));

/** The one element that some markup describes. @param {Markup} markup @returns {HTMLElement} */
export function element(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup.toString().trim();
  return /** @type {HTMLElement} */ (template.content.firstElementChild);
}
