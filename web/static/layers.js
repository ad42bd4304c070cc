// Where boxes and lines of text lie over a picture, in shares of it. Pure.

/** @typedef {{left: number, top: number, width: number, height: number}} Share in percent of the picture */
/** @typedef {{width: number, height: number}} Size */

/** @param {number[]} box x1, y1, x2, y2 in pixels @param {Size} picture @returns {Share} */
export function shareOf([x1, y1, x2, y2], { width, height }) {
  const percent = (/** @type {number} */ value, /** @type {number} */ side) => (100 * Math.min(side, Math.max(0, value))) / side;
  const left = percent(x1, width), top = percent(y1, height);
  return { left, top, width: percent(x2, width) - left, height: percent(y2, height) - top };
}

/**
 * A line of text that may lie aslant: its middle (percent), its length and height in pixels, its slope in degrees.
 * @param {{box_xyxy: number[], polygon?: number[][]}} line @param {Size} picture
 */
export function lineOf({ box_xyxy: [x1, y1, x2, y2], polygon }, { width, height }) {
  const [a, b, c, d] = polygon?.length === 4 ? polygon : [[x1, y1], [x2, y1], [x2, y2], [x1, y2]];
  const middle = [0, 1].map((axis) => (a[axis] + b[axis] + c[axis] + d[axis]) / 4);
  const apart = (/** @type {number[]} */ from, /** @type {number[]} */ to) => Math.hypot(to[0] - from[0], to[1] - from[1]);
  return {
    left: (100 * middle[0]) / width,
    top: (100 * middle[1]) / height,
    long: (apart(a, b) + apart(d, c)) / 2,
    high: (apart(a, d) + apart(b, c)) / 2,
    slope: (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI,
  };
}

/** The same colour for the same word: a hue in degrees. @param {string} label */
export function hueOf(label) {
  let sum = 0;
  for (const letter of label) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return (sum * 137) % 360; // neighbours in the alphabet lie far apart on the wheel
}

/** Each label once, most frequent first, with how many of it there are. @param {{label: string}[]} objects @returns {[string, number][]} */
export function counted(objects) {
  /** @type {Map<string, number>} */ const found = new Map();
  for (const { label } of objects) found.set(label, (found.get(label) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1]);
}
