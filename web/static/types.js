// Shapes that several modules speak of. No code.

/** @typedef {{rank: number, score: number, share: number}} Reason */

/** Shown blurred, for somebody may rather not see it: with the category. @typedef {{blurred: boolean, category: string | null}} Veiled */

/** @typedef {{rows: number, columns: number, by: string, relative: number[][], cosines: number[][]}} Where */

/**
 * @typedef {{rank: number, id: number, path: string, score: number, weak: boolean, signals: Record<string, Reason>,
 *   width: number, height: number, name: string, thumbnail: string, colour: string | null,
 *   folded: (Veiled & {id: number, path: string})[]} & Veiled} Hit
 */

/** @typedef {{hits: Hit[], total: number, seconds: number, note: string, advice: string}} Found */

/**
 * @typedef {{id: number, path: string, name: string, folder: string, size: number, width: number, height: number,
 *   format: string, taken_at: string | null, camera: string | null, lens: string | null, latitude: number | null,
 *   longitude: number | null, added_at: string, offline: boolean, colours: {name: string, hex: string, share: number}[],
 *   texts: {kind: string, text: string, model: string}[], thumbnail: string, file: string, state: string,
 *   moderation: Record<string, number>} & Veiled} Picture
 */

/**
 * What the page shows. `upload` is the key of a picture in uploads.js; `show` is the picture whose detail is open;
 * `filters` are further parameters of the search, as pairs.
 * @typedef {{q: string, like: number | null, mode: string, order: string, fold: boolean, filters: [string, string][],
 *   show: number | null, upload: number | null}} State
 */

export {};
