// A box on a picture, in shares (0 to 1) of its width and height. Pure.

/** @typedef {{x: number, y: number, width: number, height: number}} Region */
/** @typedef {{x: number, y: number}} Point */

const LEAST = 0.02;

/** @param {number} value @param {number} most */
const within = (value, most = 1) => Math.min(most, Math.max(0, value));

/** The box between two corners. @param {Point} a @param {Point} b @returns {Region} */
export function between(a, b) {
  const [left, right] = [within(a.x), within(b.x)].sort((one, other) => one - other);
  const [top, bottom] = [within(a.y), within(b.y)].sort((one, other) => one - other);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param {Region} box @param {number} across @param {number} down @returns {Region} */
export const moved = (box, across, down) => ({ ...box, x: within(box.x + across, 1 - box.width), y: within(box.y + down, 1 - box.height) });

/** With its right and lower edge elsewhere. @param {Region} box @param {number} across @param {number} down @returns {Region} */
export const resized = (box, across, down) => ({
  ...box,
  width: Math.max(LEAST, within(box.width + across, 1 - box.x)),
  height: Math.max(LEAST, within(box.height + down, 1 - box.y)),
});

/** The corner that lies opposite another. @param {Region} box @param {string} corner nw, ne, sw or se @returns {Point} */
export const opposite = (box, corner) => ({ x: corner.endsWith("w") ? box.x + box.width : box.x, y: corner.startsWith("n") ? box.y + box.height : box.y });

/** Too small to be meant: a click. @param {Region} box */
export const slip = (box) => box.width < LEAST || box.height < LEAST;

/** x, y, width and height in whole pixels of the picture, at least one of each. @param {Region} box @param {{width: number, height: number}} picture @returns {[number, number, number, number]} */
export function pixels(box, { width, height }) {
  const x = Math.min(width - 1, Math.round(box.x * width)), y = Math.min(height - 1, Math.round(box.y * height));
  return [x, y, Math.max(1, Math.min(width - x, Math.round(box.width * width))), Math.max(1, Math.min(height - y, Math.round(box.height * height)))];
}

/** @param {number[]} box @param {{width: number, height: number}} picture @returns {Region} */
export const shares = ([x, y, wide, high], { width, height }) => ({ x: x / width, y: y / height, width: wide / width, height: high / height });
