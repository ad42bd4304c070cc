// What one search found, as far as it is known yet: the first page, further pages, and months of a calendar as they are seen.
import * as api from "./api.js";
import { calendar, sectionsOf } from "./sections.js";
import { asked } from "./state.js";
import { upload } from "./uploads.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Found} Found */
/** @typedef {import("./sections.js").Section} Section */

const FIRST = 120; // two windows of a big screen
const FURTHER = 400;

export class Results {
  /** @type {import("./types.js").Hit[]} */ hits = [];
  /** @type {Section[] | null} a calendar of all that matches */ days = null;
  total = 0;
  seconds = 0;
  note = "";
  advice = "";
  /** @type {string[]} */ offers = [];
  /** @type {import("./types.js").Term[]} */ terms = [];
  /** @type {string | null} where the next page begins */ cursor = null;
  weakShown = false;
  loading = false;

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  /** Whether anything is asked for: else all pictures are shown. */
  get asks() {
    return this.state.q.trim() !== "" || this.state.upload !== null;
  }

  /** Whether pictures are what is asked by: then meaning is looks. */
  get byPicture() {
    return this.state.upload !== null || (/(^|\s)\S*like:\d/.test(this.state.q) && this.terms.every((term) => term.kind !== "words"));
  }

  /** Whether the matches come by time. */
  get timed() {
    const unasked = this.state.order === "relevance" && this.hits.length > 0 && !Object.keys(this.hits[0].signals).length;
    return unasked || this.state.order === "newest" || this.state.order === "oldest";
  }

  /** How many match; null where there may be more than are known. */
  get likely() {
    const strong = this.hits.filter((hit) => !hit.weak).length;
    return strong === this.hits.length && this.more ? null : strong;
  }

  get more() {
    return this.cursor !== null;
  }

  /** @returns {"none" | "day" | "month" | "folder"} */
  get group() {
    const { group } = this.state;
    if (group === "day" || group === "month" || group === "folder" || group === "none") return group;
    return this.timed ? "month" : "none";
  }

  async first() {
    const { next, hits, ...told } = await this.#ask({ limit: String(FIRST) });
    Object.assign(this, told, { hits, cursor: next });
    if (this.likely === 0) this.weakShown = true; // nothing else is there
    return this;
  }

  /** The next pictures; false where another call fetches them already. */
  async next() {
    if (this.loading || !this.more) return false;
    this.loading = true;
    try {
      const { hits, next } = await this.#ask({ limit: String(FURTHER), cursor: this.cursor }, "more");
      const known = new Set(this.hits.map((hit) => hit.id));
      this.hits = this.hits.concat(hits.filter((hit) => !known.has(hit.id)));
      this.cursor = next;
      return true;
    } finally {
      this.loading = false;
    }
  }

  /** @param {Record<string, string>} more @param {string} [kind] @returns {Promise<Found>} */
  #ask(more, kind = "search") {
    const asking = asked(this.state);
    for (const [name, value] of Object.entries({ explain: "true", ...more })) asking.set(name, value);
    const example = upload(this.state.upload);
    return example ? api.searchByPicture(asking, example.file, kind) : api.search(asking, kind);
  }

  /** @returns {Section[]} */
  sections() {
    return this.days ?? sectionsOf(this.hits, this.group, this.weakShown);
  }

  /** Know how many pictures there are of each day. @param {{day: string, count: number}[]} days */
  over(days) {
    if (this.timed && (this.group === "day" || this.group === "month")) this.days = calendar(days, this.group, this.hits);
  }
}
