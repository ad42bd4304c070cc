// How the page looks, as its visitor prefers: its colours, the size of the pictures, reasons on them.
import { onKey } from "./keys.js";
import { onPreferences, prefer, preferences } from "./preferences.js";

const steps = [90, 120, 150, 200, 250, 310, 380];
const usual = () => (innerWidth < 640 ? 1 : 3);
const stepNow = () => Math.max(0, Math.min(steps.length - 1, usual() + preferences.size));

/** @param {any} grid a <picture-grid> */
export function appearance(grid) {
  onPreferences(({ theme, why }) => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    document.body.classList.toggle("tell-why", why);
    grid.size = steps[stepNow()];
  });
  for (const [key, way] of /** @type {[string, number][]} */ ([["[", -1], ["]", 1]])) {
    onKey(key, way < 0 ? "keys.smaller" : "keys.bigger", () => prefer({ size: steps[stepNow() + way] ? preferences.size + way : preferences.size }));
  }
  onKey("w", "keys.why", () => prefer({ why: !preferences.why }));
}
