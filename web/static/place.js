// Where the page was when it was left, for a reload and for coming back from another page. The history cannot keep it: what
// is written there while a page is left is lost with Chromium.

const NAME = "place";

/** @param {() => object} here told when the page is left */
export function onLeave(here) {
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(NAME, JSON.stringify({ address: location.href, place: here() }));
    } catch { /* private windows of some browsers keep nothing */ }
  });
}

/** What `here` told then, where it is the same page that comes again; null: it is gone to anew. */
export function left() {
  const [{ type }] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  try {
    const { address, place } = JSON.parse(sessionStorage.getItem(NAME) ?? "{}");
    return type !== "navigate" && address === location.href ? place : null;
  } catch {
    return null;
  }
}
