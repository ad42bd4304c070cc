// A finger that stays where it is. Timed here, since iOS Safari sends no contextmenu for it, and Android's comes at its own time.

const LONG = 450; // milliseconds
const STILL = 10; // pixels that a resting finger may move

/** @param {HTMLElement} part @param {(target: EventTarget) => boolean} run whether it did something: then no click and no menu follows */
export function onLongTouch(part, run) {
  /** @type {PointerEvent | null} */ let down = null;
  let waiting = 0, done = false;
  const end = () => { clearTimeout(waiting); down = null; };

  part.addEventListener("pointerdown", (event) => {
    end();
    done = false;
    if (event.pointerType !== "touch" || !event.isPrimary) return; // a second finger: they zoom
    down = event;
    waiting = setTimeout(() => { end(); done = run(event.target); }, LONG);
  });
  part.addEventListener("pointermove", (event) => {
    if (down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > STILL) end();
  });
  for (const ended of ["pointerup", "pointercancel"]) part.addEventListener(ended, () => {
    end();
    if (done) setTimeout(() => { done = false; }, LONG); // no click came: the next one is another's
  });
  part.addEventListener("contextmenu", (event) => {
    if (down || done) event.preventDefault(); // of a touch: the browser's own menu would lie over what is chosen
  });
  part.addEventListener("click", (event) => {
    if (!done) return;
    done = false;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
