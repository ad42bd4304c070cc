// Pictures that are chosen: one by one, or from the last one to another. Pure.

export class Chosen {
  /** @type {Set<number>} */ ids = new Set();
  anchor = 0; // where a stretch begins

  get size() {
    return this.ids.size;
  }

  /** Choose one, or let it go. @param {number} id */
  turn(id) {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.anchor = id;
  }

  /** Everything between the last one and this one joins. @param {number} id @param {number[]} order */
  reach(id, order) {
    const from = order.indexOf(this.anchor), to = order.indexOf(id);
    if (from < 0 || to < 0) return this.turn(id);
    for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) this.ids.add(one);
    this.anchor = id;
  }

  /** @param {Iterable<number>} ids */
  all(ids) {
    for (const id of ids) this.ids.add(id);
  }

  none() {
    this.ids.clear();
    this.anchor = 0;
  }
}
