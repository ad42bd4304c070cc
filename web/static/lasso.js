// A loop drawn on a map, and what lies in it. Pure.

/** @typedef {[number, number]} Place */

/** Whether a place lies in a loop: a ray from it crosses the loop an odd number of times. @param {Place[]} loop @param {Place} place */
export function inside(loop, [x, y]) {
  let is = false;
  for (let at = 0, before = loop.length - 1; at < loop.length; before = at++) {
    const [x1, y1] = loop[at], [x2, y2] = loop[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) is = !is;
  }
  return is;
}

/** Indices of the places in a loop. @param {Place[]} loop @param {number[]} xs @param {number[]} ys */
export function caught(loop, xs, ys) {
  const found = [];
  for (let at = 0; at < xs.length; at++) if (inside(loop, [xs[at], ys[at]])) found.push(at);
  return found;
}

/** A few that stand for many: the one nearest the middle, then always the one farthest from those. @param {number[]} among indices @param {number[]} xs @param {number[]} ys @param {number} most */
export function standing(among, xs, ys, most) {
  if (!among.length) return [];
  const middle = [xs, ys].map((all) => among.reduce((sum, at) => sum + all[at], 0) / among.length);
  const off = (/** @type {number} */ at, /** @type {number} */ x, /** @type {number} */ y) => Math.hypot(xs[at] - x, ys[at] - y);
  const made = [among.reduce((best, at) => (off(at, middle[0], middle[1]) < off(best, middle[0], middle[1]) ? at : best))];
  const apart = (/** @type {number} */ at) => Math.min(...made.map((one) => off(at, xs[one], ys[one])));
  while (made.length < Math.min(most, among.length)) made.push(among.reduce((best, at) => (apart(at) > apart(best) ? at : best)));
  return made;
}
