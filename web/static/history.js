// What was said of a picture, by whom and when, as one story out of what stands there now and what people changed. Pure.

/** @typedef {{change: number, field: string, name: string, before: string | null, after: string | null, who: string, made_at: string, undone_at: string | null}} Edited */
/** @typedef {{field: string, before: string | null, after: string | null}} Line */
/**
 * Said at once by one: `change` is what a person takes it back by, where that can be done; `undone` when it was.
 * @typedef {{at: string, by: string, model: string, lines: Line[], change: number | null, undone: string | null}} Chapter
 */

/** @param {import("./types.js").Picture} picture @param {Edited[]} edits oldest first @returns {Chapter[]} the newest first */
export function chapters(picture, edits) {
  const told = [...edited(edits), ...written(picture)];
  if (picture.added_at) told.push({ at: picture.added_at, by: "", model: "", lines: [{ field: "indexed", before: null, after: null }], change: null, undone: null });
  return told.sort((a, b) => Date.parse(b.at || "1970") - Date.parse(a.at || "1970"));
}

/** Changes by people; one can be taken back where nothing else was said of the same since. @param {Edited[]} edits */
function edited(edits) {
  /** @type {Map<number, Chapter>} */ const made = new Map();
  /** @type {Map<string, number>} */ const last = new Map();
  for (const { change, field, name, undone_at } of edits) if (!undone_at) last.set(`${field} ${name}`, change);
  for (const { change, field, name, before, after, who, made_at, undone_at } of edits) {
    const one = made.get(change) ?? { at: made_at, by: who, model: "", lines: [], change: undone_at ? null : change, undone: undone_at };
    one.lines.push({ field, before, after });
    if (last.get(`${field} ${name}`) !== change) one.change = null;
    made.set(change, one);
  }
  return [...made.values()].reverse();
}

/** What others than people wrote and still stands: all of one kind by one at one time together. @param {import("./types.js").Picture} picture */
function written({ texts, objects = [] }) {
  /** @type {Map<string, Chapter>} */ const made = new Map();
  for (const { kind, text, model, by, created_at } of [...texts, ...objects.map((seen) => ({ ...seen, kind: "object", text: seen.label }))]) {
    if (by === "person") continue;
    const key = `${kind} ${by} ${model} ${created_at}`;
    const one = made.get(key) ?? { at: created_at, by, model, lines: [{ field: kind, before: null, after: "" }], change: null, undone: null };
    const [line] = one.lines;
    if (!line.after.split(", ").includes(text)) line.after += `${line.after && ", "}${text}`;
    made.set(key, one);
  }
  return [...made.values()];
}
