// What the grid shows, cut into sections: what they are, and how high they stand above each other. Pure.
import { firstBeyond, guessed, justified } from "./justified.js";

/** @typedef {import("./types.js").Hit} Hit */
/**
 * A stretch of the results. `hits` is null until they were asked for; `count` is known before. A `title` makes a heading.
 * @typedef {{key: string, title: string, count: number, hits: Hit[] | null, weak?: boolean, after?: string, before?: string}} Section
 */
/** @typedef {{section: Section, top: number, height: number, body: number, laid: import("./justified.js").Laid | null}} Placed `body`: where its pictures begin below `top` */
/** @typedef {import("./justified.js").Frame & {heading: number, apart: number}} Frame */

// So many pictures of one month are asked for at once.
const AT_ONCE = 400;

/** @param {Hit} hit */
export const dayOf = (hit) => hit.moment.slice(0, 10);

/** @param {string} path */
export const folderOf = (path) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Each value behind the one that it lies in (`around` names it), else in their order. @template {{value: string}} T @param {T[]} values @param {(value: string) => string} around @returns {T[]} */
export function nested(values, around) {
  const known = new Set(values.map(({ value }) => value));
  /** @param {T} one @returns {T[]} */
  const withThose = (one) => [one, ...values.filter(({ value }) => around(value) === one.value).flatMap(withThose)];
  return values.filter(({ value }) => !known.has(around(value))).flatMap(withThose);
}

/**
 * Hits under headings, those that match before the weaker ones. A group that comes again further down is not opened anew.
 * @param {Hit[]} hits @param {"none" | "day" | "month" | "year" | "folder"} group @param {boolean} weakShown @param {boolean} [guesses] all are weak: none of them is told apart
 * @returns {Section[]}
 */
export function sectionsOf(hits, group, weakShown, guesses = false) {
  /** @type {Map<string, Section>} */ const made = new Map();
  const weaker = guesses ? [] : hits.filter((hit) => hit.weak);
  for (const hit of hits) {
    if (hit.weak && !guesses) continue;
    const title = titleOf(hit, group);
    const key = `${group}:${title}`;
    const section = made.get(key) ?? { key, title, count: 0, hits: [] };
    section.hits.push(hit);
    section.count++;
    made.set(key, section);
  }
  const sections = [...made.values()];
  if (weaker.length) sections.push({ key: "weaker", title: "weaker", count: weaker.length, hits: weakShown ? weaker : [], weak: true });
  return sections;
}

/** @param {Hit} hit @param {string} group */
function titleOf(hit, group) {
  if (group === "day") return dayOf(hit);
  if (group === "year") return dayOf(hit).slice(0, 4);
  if (group === "month") return dayOf(hit).slice(0, 7);
  return group === "folder" ? folderOf(hit.path) : "";
}

/**
 * Sections for all pictures from how many there are of each day, in the order of the days. Those of a month that are too
 * many to be asked for at once become several, of which the first has the heading.
 * @param {{value: string, count: number}[]} days @param {"day" | "month"} group @param {Hit[]} known the first hits, in the same order
 * @returns {Section[]}
 */
export function calendar(days, group, known) {
  /** @type {(Section & {days: string[]})[]} */ const made = [];
  for (const { value: day, count } of agreeing(days, known)) {
    const title = group === "day" ? day : day.slice(0, 7);
    const last = made.at(-1);
    const goesOn = last?.key.startsWith(`${group}:${title}`);
    if (goesOn && group === "month" && last.count + count <= AT_ONCE) {
      last.count += count;
      last.days.push(day);
    } else made.push({ key: `${group}:${title}${goesOn ? ` ${day}` : ""}`, title: goesOn ? "" : title, count, hits: null, days: [day] });
  }
  const sections = made.map(({ days: its, ...section }) => {
    const [first, last] = [its[0], its.at(-1)].sort();
    return { ...section, after: first, before: nextDay(last) };
  });
  spread(sections, known);
  return sections;
}

/** Give the sections whose pictures are all known these. @param {Section[]} sections @param {Hit[]} known the first hits, in their order */
export function spread(sections, known) {
  let at = 0;
  for (const section of sections) {
    if (at + section.count > known.length) return;
    section.hits ??= known.slice(at, at + section.count);
    at += section.count;
  }
}

/**
 * Counts of days that agree with the first hits: while pictures come, counts may be some seconds older than these.
 * @param {{value: string, count: number}[]} days @param {Hit[]} known in the order of the days
 */
export function agreeing(days, known) {
  if (!known.length) return days;
  /** @type {Map<string, number>} */ const seen = new Map();
  for (const hit of known) seen.set(dayOf(hit), (seen.get(dayOf(hit)) ?? 0) + 1);
  const [first, last] = [dayOf(known[0]), dayOf(known.at(-1))];
  const falling = first > last || (first === last && (days[0]?.value ?? "") >= (days.at(-1)?.value ?? ""));
  const counted = days.find(({ value }) => value === last)?.count ?? 0; // there may be more of the last day
  return [
    ...[...seen].map(([value, count]) => ({ value, count: value === last ? Math.max(count, counted) : count })),
    ...days.filter(({ value }) => (falling ? value < last : value > last)),
  ];
}

/** @param {string} day */
export function nextDay(day) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + 1)).toISOString().slice(0, 10);
}

/** The sections one above the other, and what of them lies within a part of the page. */
export class Shelf {
  /** @type {Placed[]} */ placed = [];
  height = 0;

  /** @type {WeakMap<Hit[], {frame: Frame, laid: import("./justified.js").Laid}>} */ #known = new WeakMap();

  /** @param {Section[]} sections @param {Frame} frame */
  lay(sections, frame) {
    let top = 0;
    this.placed = sections.map((section, at) => {
      const laid = section.hits && this.#laid(section.hits, frame);
      const body = section.title ? frame.heading : 0;
      const height = body + (laid ? laid.height : guessed(section.count, frame));
      const one = { section, top, height, body, laid };
      top += height + (sections[at + 1]?.title === "" ? frame.gap : frame.apart);
      return one;
    });
    const last = this.placed.at(-1);
    this.height = last ? last.top + last.height : 0;
  }

  /** @param {Hit[]} hits @param {Frame} frame */
  #laid(hits, frame) {
    const known = this.#known.get(hits);
    if (known && /** @type {const} */ (["width", "height", "gap"]).every((part) => known.frame[part] === frame[part])) return known.laid;
    const laid = justified(hits.map((hit) => hit.width / hit.height), frame);
    this.#known.set(hits, { frame, laid });
    return laid;
  }

  /** What can be seen between two heights, as sections with the first and the last picture in them. @param {number} from @param {number} to */
  within(from, to) {
    const seen = [];
    const count = this.placed.length;
    for (let at = Math.max(0, firstBeyond(count, (n) => this.placed[n].top, from) - 1); at < count && this.placed[at].top < to; at++) {
      const one = this.placed[at];
      if (one.top + one.height < from) continue;
      const rows = one.laid?.rows ?? [];
      const high = from - one.top - one.body, low = to - one.top - one.body;
      const first = Math.max(0, firstBeyond(rows.length, (n) => rows[n].top, high) - 1);
      const end = firstBeyond(rows.length, (n) => rows[n].top, low);
      seen.push({ ...one, rows: rows.slice(first, end) });
    }
    return seen;
  }

  /** Where a picture lies. @param {number} id @returns {{placed: Placed, at: number, row: import("./justified.js").Row} | null} */
  find(id) {
    for (const placed of this.placed) {
      const at = placed.section.hits?.findIndex((hit) => hit.id === id) ?? -1;
      if (at >= 0) return { placed, at, row: rowOf(placed, at) };
    }
    return null;
  }

  /** The picture above or below another, nearest to its middle. @param {number} id @param {1 | -1} way */
  beside(id, way) {
    const found = this.find(id);
    if (!found) return null;
    const { placed, at, row } = found;
    const middle = placed.laid.lefts[at] + placed.laid.widths[at] / 2;
    const next = placed.laid.rows[placed.laid.rows.indexOf(row) + way];
    if (next) return nearest(placed, next, middle);
    for (let n = this.placed.indexOf(placed) + way; this.placed[n]; n += way) {
      const other = this.placed[n];
      if (other.laid?.rows.length) return nearest(other, other.laid.rows.at(way > 0 ? 0 : -1), middle);
    }
    return null;
  }
}

/** @param {Placed} placed @param {number} at */
const rowOf = ({ laid }, at) => laid.rows[firstBeyond(laid.rows.length, (n) => laid.rows[n].from, at) - 1];

/** @param {Placed} placed @param {import("./justified.js").Row} row @param {number} middle */
function nearest({ section, laid }, row, middle) {
  let best = row.from;
  const off = (/** @type {number} */ at) => Math.abs(laid.lefts[at] + laid.widths[at] / 2 - middle);
  for (let at = row.from; at < row.to; at++) if (off(at) < off(best)) best = at;
  return section.hits[best].id;
}
