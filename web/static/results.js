// What one search found, as far as it is known yet: the first page, further pages, and months of a calendar as they are seen.
import * as api from "./api.js";
import { calendar, dayOf, sectionsOf, spread } from "./sections.js";
import { asked } from "./state.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Found} Found */
/** @typedef {import("./sections.js").Section} Section */

const FIRST = 80; // two windows of a usual screen; more of them take longer to find, to explain and to lay out
const FURTHER = 400;
const READ_AGAIN = 2_000; // at most, to come back to a place far down
const APART = 3; // pictures under a heading, on the average
const MOST = 10_000;

export class Results {
  /** @type {import("./types.js").Hit[]} */ hits = [];
  /** @type {{by: "day" | "month", sections: Section[]} | null} all that matches, by time */ calendar = null;
  total = 0;
  seconds = 0;
  note = "";
  advice = "";
  /** @type {string[]} */ offers = [];
  /** @type {import("./types.js").Term[]} */ terms = [];
  /** @type {string | null} where the next page begins */ cursor = null;
  /** @type {Set<string>} sections that are on their way */ filling = new Set();
  weakShown = false;
  /** @type {Set<number>} pictures that were taken out */ gone = new Set();
  /** Whether nothing stands out: then there is nothing to fold, or to fade beside. */ guesses = false;
  loading = false;

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  /** Whether anything is asked for: else all pictures are shown. */
  get asks() {
    return this.state.q.trim() !== "";
  }

  /** Whether pictures are what is asked by: then meaning is looks. */
  get byPicture() {
    return this.terms.some(({ kind }) => kind === "example") && this.terms.every(({ kind }) => kind !== "words");
  }

  /** Whether the matches come by time. */
  get timed() {
    const order = this.terms.find(({ kind }) => kind === "order")?.what;
    return order === "newest" || order === "oldest" || (!order && this.hits.length > 0 && !this.ranked);
  }

  /** How many match; null where there may be more than are known. */
  get likely() {
    if (this.days) return this.days.reduce((sum, { count }) => sum + count, 0);
    const strong = this.hits.filter((hit) => !hit.weak).length;
    return strong === this.hits.length && this.more ? null : strong;
  }

  get more() {
    return this.cursor !== null;
  }

  /** @returns {"none" | "day" | "month" | "year" | "folder"} */
  get group() {
    const { group } = this.state;
    if (group === "day" || group === "month" || group === "folder" || group === "none") return group;
    return this.timed ? this.#period : "none";
  }

  /** Headings with hardly a picture each say little: few matches of many months lie under years, or all together. */
  get #period() {
    const days = this.hits.filter((hit) => !hit.weak).map(dayOf);
    if (days.length === this.hits.length && this.more) return "month"; // there are many
    const fits = (/** @type {number} */ letters) => days.length >= APART * new Set(days.map((day) => day.slice(0, letters))).size;
    return fits(7) ? "month" : fits(4) ? "year" : "none";
  }

  /** @param {number} [count] of pictures that are wanted at least */
  async first(count = 0) {
    const { next, hits, ...told } = await this.#ask({ limit: String(Math.max(FIRST, Math.min(READ_AGAIN, count))) });
    Object.assign(this, told, { hits, cursor: next });
    this.guesses = hits.length > 0 && this.likely === 0;
    if (this.guesses) this.weakShown = true; // nothing else is there
    return this;
  }

  /** The next pictures; false where another call fetches them already. @param {number} [count] */
  async next(count = FURTHER) {
    if (this.loading || !this.more) return false;
    this.loading = true;
    try {
      const { hits, next } = await this.#ask({ limit: String(count), cursor: this.cursor }, "more");
      const known = new Set(this.hits.map((hit) => hit.id));
      this.hits = this.hits.concat(hits.filter((hit) => !known.has(hit.id)));
      this.cursor = next;
      if (!this.ranked || !this.calendar) return true;
      if (!this.more || this.hits.at(-1).weak) this.calendar = null; // what it stood for is known now
      else spread(this.calendar.sections, this.hits);
      return true;
    } finally {
      this.loading = false;
    }
  }

  /** @param {Record<string, string>} more @param {string} [kind] @returns {Promise<Found>} */
  #ask(more, kind = "search") {
    const asking = asked(this.state);
    for (const [name, value] of Object.entries({ explain: "true", ...more })) asking.set(name, value);
    return api.search(asking, kind);
  }

  /** @returns {Section[]} */
  sections() {
    return this.days ?? sectionsOf(this.hits, this.group, this.weakShown, this.guesses);
  }

  /** Whether further ones come at the end of what is shown. */
  get goesOn() {
    if (this.days && !this.ranked) return false; // all of them have their place
    return this.more && (this.weakShown || this.hits.every((hit) => !hit.weak));
  }

  /** The calendar, where it is the one that is asked for. */
  get days() {
    return this.calendar?.by === this.group ? this.calendar.sections : null;
  }

  /** Whether something ranks the pictures, so that some of them match less. */
  get ranked() {
    return this.hits.some((hit) => Object.keys(hit.signals).length > 0);
  }

  /** Lay out all there is by time; false where it cannot be, or need not. */
  async lay() {
    const by = this.group;
    if ((by !== "day" && by !== "month") || this.days || !this.timed || this.likely !== null) return false;
    if (this.ranked && this.state.fold) return false; // the days count copies too
    const { days } = await api.timeline(asked(this.state));
    this.calendar = { by, sections: calendar(days, by, this.hits) };
    return true;
  }

  /** These are hidden now. @param {Set<number>} ids */
  drop(ids) {
    this.total -= [...ids].filter((id) => !this.gone.has(id)).length;
    for (const id of ids) this.gone.add(id);
    const stays = (/** @type {import("./types.js").Hit} */ { id }) => !ids.has(id);
    this.hits = this.hits.filter(stays);
    for (const section of this.calendar?.sections ?? []) {
      if (!section.hits?.some(({ id }) => ids.has(id))) continue;
      section.hits = section.hits.filter(stays);
      section.count = section.hits.length;
    }
  }

  /** Fetch the pictures of a section of the calendar; false where they are on their way. @param {Section} section */
  async fill(section) {
    if (section.hits || this.filling.has(section.key)) return false;
    if (this.ranked) return this.#readTo(section);
    this.filling.add(section.key);
    try {
      const { hits } = await this.#ask({ limit: String(Math.min(MOST, section.count + 50)), after: section.after, before: section.before }, `fill ${section.key}`);
      section.hits = hits;
      section.count = hits.length;
      return true;
    } finally {
      this.filling.delete(section.key);
    }
  }

  /** Ranked matches of a month cannot be asked for by themselves, for what matches less is measured against all: so all before it come too. @param {Section} section */
  #readTo(section) {
    const sections = this.calendar?.sections ?? [];
    const end = sections.slice(0, sections.indexOf(section) + 1).reduce((sum, { count }) => sum + count, 0);
    return this.next(Math.max(FURTHER, Math.min(MOST, end - this.hits.length)));
  }
}
