// Rows of pictures, each as wide as the page and near one height, as a newspaper sets its lines. Pure: shapes in, places out.

// Shapes (width / height) beyond these are cut to fit: a panorama would take a row for itself, a strip a hole into it.
const NARROWEST = 0.5, WIDEST = 3.2;

/** @typedef {{top: number, height: number, from: number, to: number}} Row pictures `from` up to and without `to` */
/** @typedef {{rows: Row[], lefts: Float32Array, widths: Float32Array, height: number}} Laid in pixels */
/** @typedef {{width: number, height: number, gap: number}} Frame the page's width, the wished height of a row, and what lies between pictures */

/** @param {ArrayLike<number>} shapes width / height of each picture @param {Frame} frame @returns {Laid} */
export function justified(shapes, { width, height: wished, gap }) {
  const count = shapes.length;
  const lefts = new Float32Array(count), widths = new Float32Array(count);
  /** @type {Row[]} */ const rows = [];
  let top = 0, from = 0, sum = 0;

  const set = (/** @type {number} */ to, /** @type {number} */ height) => {
    let left = 0;
    for (let at = from; at < to; at++) {
      lefts[at] = left;
      widths[at] = shape(shapes[at]) * height;
      left += widths[at] + gap;
    }
    rows.push({ top, height, from, to });
    top += height + gap;
    from = to;
    sum = 0;
  };
  const filling = (/** @type {number} */ inIt, /** @type {number} */ shapesOfThem) => (width - gap * (inIt - 1)) / shapesOfThem;

  for (let at = 0; at < count; at++) {
    const one = shape(shapes[at]);
    const grown = filling(at - from + 1, sum + one);
    if (grown > wished) {
      sum += one;
      continue;
    }
    // the row is full: with this picture it is a little too low, without it a little too high; the nearer is taken
    const before = at > from ? filling(at - from, sum) : Infinity;
    if (before / wished < wished / grown) {
      set(at, before);
      sum = one;
      if (filling(1, sum) <= wished) set(at + 1, filling(1, sum));
    } else set(at + 1, grown);
  }
  if (from < count) set(count, Math.min(wished, filling(count - from, sum))); // the last row is not stretched
  return { rows, lefts, widths, height: Math.max(0, top - gap) };
}

/** How high so many pictures will be before their shapes are known. @param {number} count @param {Frame} frame */
export function guessed(count, { width, height, gap }) {
  const inRow = Math.max(1, (width + gap) / (1.4 * height + gap));
  return Math.max(0, Math.ceil(count / inRow) * (height + gap) - gap);
}

/** The first of ascending places that lies beyond one. @param {number} count @param {(at: number) => number} place @param {number} wanted */
export function firstBeyond(count, place, wanted) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (place(middle) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param {number} given */
const shape = (given) => Math.min(WIDEST, Math.max(NARROWEST, given || 1));
