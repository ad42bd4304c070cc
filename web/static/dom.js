// Small things that every element needs.

/** Tell whoever listens. @param {Element} from @param {string} name @param {unknown} [detail] */
export const tell = (from, name, detail) => from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));

/** Hear what an element tells. @param {EventTarget} from @param {string} name @param {(detail: any) => void} act */
export const on = (from, name, act) => from.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail));

/** The one element that fits; the caller knows its kind. @param {ParentNode} within @param {string} selector @returns {any} */
export const one = (within, selector) => within.querySelector(selector);

/** Wait until calls have ceased. @template {unknown[]} T @param {number} pause ms @param {(...given: T) => void} act @returns {((...given: T) => void) & {stop: () => void}} */
export function ceased(pause, act) {
  /** @type {ReturnType<typeof setTimeout>} */ let waiting;
  const stop = () => clearTimeout(waiting);
  return Object.assign((/** @type {T} */ ...given) => {
    stop();
    waiting = setTimeout(() => act(...given), pause);
  }, { stop });
}

/** At most once a frame. @param {() => void} act */
export function framed(act) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      act();
    });
  };
}
