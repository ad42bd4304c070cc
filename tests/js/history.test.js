import assert from "node:assert/strict";
import { test } from "node:test";
import { chapters } from "../../web/static/history.js";

/** @param {number} change @param {string} field @param {string | null} before @param {string | null} after @param {object} [more] */
const edit = (change, field, before, after, more = {}) => ({ change, field, name: "", before, after, who: "person", made_at: `2024-05-0${change}T10:00:00+00:00`, undone_at: null, ...more });
const text = (/** @type {string} */ kind, /** @type {string} */ words, by = "model", model = "blip") => ({ kind, text: words, by, model, created_at: "2024-04-01T10:00:00+00:00" });
const told = (/** @type {any} */ picture, /** @type {any[]} */ edits) => chapters({ texts: [], objects: [], added_at: "", ...picture }, edits);

test("what stands there and what was changed is one story, the newest first", () => {
  const story = told({ texts: [text("tag", "cat"), text("tag", "dog"), text("caption", "mine", "person")], added_at: "2024-01-01T00:00:00+00:00" }, [edit(2, "caption", "a cat", "mine")]);
  assert.deepEqual(story.map(({ by, lines }) => [by, lines[0].field, lines[0].after]), [["person", "caption", "mine"], ["model", "tag", "cat, dog"], ["", "indexed", null]]);
});

test("only the last thing said of something can be taken back, and all of a change together", () => {
  const story = told({}, [edit(1, "caption", null, "one"), edit(2, "note", null, "n"), edit(2, "caption", "one", "two"), edit(3, "caption", "two", "three")]);
  assert.deepEqual(story.map(({ change }) => change), [3, null, null]);
  assert.equal(story[1].lines.length, 2);
});

test("once a later change is taken back, the one before can be", () => {
  const story = told({}, [edit(1, "tag", null, "boat", { name: "boat" }), edit(2, "tag", null, "sea", { name: "sea" }), edit(3, "tag", "boat", null, { name: "boat", undone_at: "2024-06-01T00:00:00+00:00" })]);
  assert.deepEqual(story.map(({ change, undone }) => [change, Boolean(undone)]), [[null, true], [2, false], [1, false]]);
});
