// Line drawings of one hand. Those that the page has before its scripts are in its template.
import { html } from "./html.js";

const PATHS = {
  cross: "m7 7 10 10M17 7 7 17",
  down: "m7 10 5 5 5-5",
  filter: "M4 6.5h16M7 12h10M10.5 17.5h3",
  view: "M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5",
  keyboard: "M4 7.5h16v9H4zM7.5 10.5h.01M11 10.5h.01M14.5 10.5h.01M17 10.5h.01M8 13.5h8",
  command: "M9 9h6v6H9zM9 9V7a2 2 0 1 0-2 2zm6 0h2a2 2 0 1 0-2-2zm0 6v2a2 2 0 1 0 2-2zm-6 0H7a2 2 0 1 0 2 2z",
  crop: "M7 3v14h14M3 7h14v14",
  star: "m12 4 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  calendar: "M5 6.5h14v13H5zM5 10.5h14M8.5 4v4m7-4v4",
  folder: "M4 7.5A1.5 1.5 0 0 1 5.5 6H10l2 2.5h6.5A1.5 1.5 0 0 1 20 10v7.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm5 11.5 5 5",
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) => html`<svg class="icon" aria-hidden="true" viewBox="0 0 24 24"><path d="${PATHS[name]}"/></svg>`;
