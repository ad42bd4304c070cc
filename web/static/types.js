// Shapes that several modules speak of. No code.

/** @typedef {{rank: number, score: number, share: number}} Reason */

/** Shown blurred, for somebody may rather not see it: with the category. @typedef {{blurred: boolean, category: string | null}} Veiled */

/** @typedef {{rows: number, columns: number, by: string, relative: number[][], cosines: number[][]}} Where */

/** Where words of the query stand in a text of a picture: [start, end) in characters. @typedef {{kind: string, text: string, spans: [number, number][], box_xyxy: number[] | null}} Match */

/**
 * @typedef {{rank: number, id: number, path: string, score: number, weak: boolean, signals: Record<string, Reason>,
 *   width: number, height: number, name: string, thumbnail: string, colour: string | null, taken_at: string | null,
 *   moment: string, caption?: string, matches?: Match[] | null, folded: (Veiled & {id: number, path: string})[]} & Veiled} Hit
 */

/**
 * One part of a query; `text` is how it is written, `what` what is looked for.
 * @typedef {{kind: "words" | "example" | "filter" | "order", text: string, what: string, weight: number, picture: number | null,
 *   upload: string | null, box_xywh: number[] | null, start: number | null}} Term
 */

/**
 * @typedef {{hits: Hit[], total: number, seconds: number, note: string, advice: string, query: string, offers: string[],
 *   terms: Term[], next: string | null}} Found
 */

/** Words about a picture; `by` is person, file, import, concept or model. @typedef {{kind: string, text: string, model: string, by: string, created_at: string, lines?: Line[]}} Text */

/** A line that was read in a picture, in pixels of it. @typedef {{text: string, score: number, box_xyxy: number[], polygon?: number[][]}} Line */

/** A thing that a detector saw. @typedef {{label: string, score: number, box_xyxy: number[], model: string, by: string, created_at: string}} Seen */

/** What a person says of pictures; what is left out stays. @typedef {{state?: string, note?: string, caption?: string, text?: string, tags?: string[], untags?: string[], rating?: number}} Said */

/**
 * @typedef {{id: number, path: string, name: string, folder: string, size: number, width: number, height: number,
 *   format: string, taken_at: string | null, moment: string, camera: string | null, lens: string | null, latitude: number | null,
 *   longitude: number | null, place: string, added_at: string, offline: boolean, colours: {name: string, hex: string, share: number}[],
 *   texts: Text[], objects?: Seen[], exif: {clock: string | null}, damaged: boolean, stars: number | null, map: string | null, thumbnail: string, file: string, state: string,
 *   moderation: Record<string, number>} & Veiled} Picture
 */

/** One value of a facet; `query` keeps its `count` pictures when it is added to the query; a place has a `thumbnail`. @typedef {{value: string, count: number, query: string, thumbnail?: string | null}} FacetValue */

/** @typedef {{total: number, facets: Record<string, FacetValue[]>, histogram: {by: string, bars: FacetValue[]}}} Facets */

/** A search that was kept; `new` is how many pictures came since it was looked at. @typedef {{name: string, query: string, created_at: string, new: number | null}} Saved */

/** What may be written in place of the letters from `start` to `end`. @typedef {{start: number, end: number, offers: {text: string, kind: string, label: string, count: number | null}[]}} Completions */

/**
 * What the page shows. `q` is the whole query as one line; `show` is the picture whose detail is open.
 * @typedef {{q: string, mode: string, order: string, fold: boolean, group: string, show: number | null}} State
 */

export {};
