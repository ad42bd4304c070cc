// The page's keys: one list, which answers them and from which the help is drawn.
import { t } from "./messages.js";

/** @typedef {{key: string, says: string, part: "everywhere" | "grid" | "picture", run?: () => void}} Key without `run`, a part of the page answers it itself */

/** @type {Key[]} */ export const keys = [
  { key: "↑ ↓ ← →", says: "keys.move", part: "grid" },
  { key: "Home End", says: "keys.ends", part: "grid" },
  { key: "Enter", says: "keys.open", part: "grid" },
  { key: "+", says: "keys.more", part: "grid" },
  { key: "-", says: "keys.less", part: "grid" },
  { key: "r", says: "keys.region", part: "grid" },
  { key: "← →", says: "keys.step", part: "picture" },
  { key: "Esc", says: "keys.shut", part: "picture" },
];

/** @param {string} key a character, or with Ctrl before it: "Ctrl+K" @param {string} says @param {() => void} run */
export function onKey(key, says, run) {
  keys.push({ key, says, part: "everywhere", run });
}

/** Whether the letters that are typed go elsewhere. What is no text field (a list to choose from, a tick) leaves them to the page. */
const writing = () => document.activeElement?.matches("input:not([type=range], [type=checkbox], [type=radio], [type=color], [type=button], [type=file]), textarea, [contenteditable]");

if (globalThis.document) addEventListener("keydown", (event) => {
  if (event.altKey || event.isComposing) return;
  const held = event.ctrlKey || event.metaKey;
  const pressed = held ? `Ctrl+${event.key.toUpperCase()}` : event.key;
  const found = keys.find(({ key, run }) => run && key === pressed);
  if (!found || (!held && (writing() || document.querySelector("dialog[open], [popover]:popover-open")))) return;
  if (held && document.querySelector("dialog[open]:not(.palette)")) return;
  event.preventDefault();
  found.run();
});

/** What a control says of its key. @param {string} text @param {string} key */
export const withKey = (text, key) => t("keys.hint", { text, key });
