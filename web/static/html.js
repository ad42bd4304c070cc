// Escaping by default: whatever is put into html`...` is text.
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {TemplateStringsArray} parts @param {...unknown} values */
export const html = (parts, ...values) => String.raw({ raw: parts }, ...values.map((value) => String(value).replace(/[&<>"']/g, (c) => ESCAPES[c])));
