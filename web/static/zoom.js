// How a picture lies in its window when it is zoomed and moved. Pure; places are measured from the middle of the window.

/** @typedef {{scale: number, x: number, y: number}} View `scale` 1 is the whole picture; x and y are how far its middle lies off */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number}} Point */

/** @type {Readonly<View>} */ export const WHOLE = Object.freeze({ scale: 1, x: 0, y: 0 });
const ENLARGED = 3; // a small picture fills the window only so far: beyond, there is nothing more to see
const DEEPEST = 8;

/** The size at which the whole picture is seen. @param {Size} picture @param {Size} stage @returns {Size} */
export function fitted(picture, stage) {
  const by = Math.min(stage.width / picture.width, stage.height / picture.height, ENLARGED);
  return { width: picture.width * by, height: picture.height * by };
}

/** The scale at which one pixel of the picture is one of the window, but at least twice the whole. @param {Size} picture @param {Size} fit */
export const actual = (picture, fit) => Math.max(2, picture.width / fit.width);

/** The picture never leaves the window: what is smaller than it stays in its middle. @param {View} view @param {Size} fit @param {Size} stage @returns {View} */
export function held({ scale, x, y }, fit, stage) {
  const free = (/** @type {"width" | "height"} */ side) => Math.max(0, (fit[side] * scale - stage[side]) / 2);
  const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(-most, value));
  return { scale, x: within(x, free("width")), y: within(y, free("height")) };
}

/** Zoomed by a factor, so that what lies at a place stays there. @param {View} view @param {number} factor @param {Point} at @param {number} [deepest] @returns {View} */
export function zoomed({ scale, x, y }, factor, at, deepest = DEEPEST) {
  const to = Math.min(deepest, Math.max(1, scale * factor));
  const by = to / scale;
  return { scale: to, x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by };
}

/** Zoomed and moved as two fingers did, from where they were to where they are. @param {View} view @param {Point[]} before @param {Point[]} now @param {number} [deepest] @returns {View} */
export function pinched(view, before, now, deepest) {
  const was = pinch(before[0], before[1]), is = pinch(now[0], now[1]);
  const { scale, x, y } = zoomed(view, is.apart / (was.apart || 1), was, deepest);
  return { scale, x: x + is.x - was.x, y: y + is.y - was.y };
}

/** The middle of two fingers and how far they are apart. @param {Point} a @param {Point} b */
export const pinch = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) });
