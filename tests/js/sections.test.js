import assert from "node:assert/strict";
import { test } from "node:test";
import { Shelf, agreeing, calendar, folderOf, nested, nextDay, sectionsOf, spread } from "../../web/static/sections.js";

const FRAME = { width: 900, height: 150, gap: 4, heading: 40, apart: 20 };
const hit = (id, more = {}) => ({ id, width: 300, height: 200, weak: false, path: `/p/a/${id}.jpg`, moment: "2020-01-01T00:00:00", ...more });

test("weaker matches come last, and folded unless they are asked for", () => {
  const hits = [hit(1), hit(2, { weak: true }), hit(3)];
  const [likely, weaker] = sectionsOf(hits, "none", false);
  assert.deepEqual(likely.hits.map(({ id }) => id), [1, 3]);
  assert.deepEqual([weaker.count, weaker.hits.length], [1, 0]);
  assert.equal(sectionsOf(hits, "none", true)[1].hits.length, 1);
});

test("where all are weak none is folded or told apart", () => {
  const hits = [hit(1, { weak: true }), hit(2, { weak: true })];
  assert.deepEqual(sectionsOf(hits, "none", true, true).map(({ weak, count }) => [weak, count]), [[undefined, 2]]);
});

test("groups by day, month and folder, each once", () => {
  const hits = [hit(1, { moment: "2024-05-06T07:00:00" }), hit(2, { moment: "2024-05-01T07:00:00", path: "/p/b/2.jpg" }), hit(3, { moment: "2024-05-06T01:00:00" })];
  assert.deepEqual(sectionsOf(hits, "day", false).map(({ title, count }) => [title, count]), [["2024-05-06", 2], ["2024-05-01", 1]]);
  assert.deepEqual(sectionsOf(hits, "month", false).map(({ title }) => title), ["2024-05"]);
  assert.deepEqual(sectionsOf(hits, "year", false).map(({ title, count }) => [title, count]), [["2024", 3]]);
  assert.deepEqual(sectionsOf(hits, "folder", false).map(({ title }) => title), ["/p/a", "/p/b"]);
});

test("a calendar knows its heights before its pictures, and asks for so many at once", () => {
  const days = [{ value: "2024-05-31", count: 3 }, { value: "2024-05-02", count: 300 }, { value: "2024-05-01", count: 200 }, { value: "2023-12-31", count: 5 }];
  const known = [1, 2, 3, 4].map((id) => hit(id, { moment: `2024-05-${id < 4 ? 31 : "02"}T08:00:00` }));
  const made = calendar(days, "month", known);
  assert.deepEqual(made.map(({ title, count, after, before }) => [title, count, after, before]), [
    ["2024-05", 303, "2024-05-02", "2024-06-01"], ["", 200, "2024-05-01", "2024-05-02"], ["2023-12", 5, "2023-12-31", "2024-01-01"]]);
  assert.ok(made.every(({ hits }) => hits === null)); // four are not all of the first 303
  assert.deepEqual(calendar(days, "day", known)[0].hits.map(({ id }) => id), [1, 2, 3]);
  assert.equal(new Set(made.map(({ key }) => key)).size, made.length);
  assert.equal(nextDay("2024-02-28"), "2024-02-29");
});

test("counts that are older than the pictures give way to them", () => {
  const taken = (...days) => days.map((day, id) => hit(id, { moment: `${day}T08:00:00` }));
  const counts = (days, known) => agreeing(days, known).map(({ value, count }) => `${value} ${count}`);
  assert.deepEqual(counts([], taken("2024-05-03", "2024-05-01")), ["2024-05-03 1", "2024-05-01 1"]);
  const old = [{ value: "2024-05-02", count: 1 }, { value: "2024-05-01", count: 7 }, { value: "2023-01-01", count: 2 }];
  assert.deepEqual(counts(old, taken("2024-05-03", "2024-05-02", "2024-05-02", "2024-05-01")), ["2024-05-03 1", "2024-05-02 2", "2024-05-01 7", "2023-01-01 2"]);
  assert.deepEqual(counts(old.toReversed(), taken("2022-01-01", "2023-01-01")), ["2022-01-01 1", "2023-01-01 2", "2024-05-01 7", "2024-05-02 1"]);
  assert.deepEqual(counts(old.slice(1), taken("2024-05-01")), ["2024-05-01 7", "2023-01-01 2"]);
});

test("pictures that come in order take their places in the calendar, section by section", () => {
  const made = calendar([{ value: "2024-05-31", count: 2 }, { value: "2024-04-02", count: 2 }], "month", [hit(1, { moment: "2024-05-31T09:00:00" })]);
  assert.deepEqual(made.map(({ hits }) => hits), [null, null]);
  const known = [hit(1), hit(2), hit(3)];
  spread(made, known);
  const first = made[0].hits;
  assert.deepEqual(first.map(({ id }) => id), [1, 2]);
  spread(made, [...known, hit(4)]);
  assert.deepEqual(made.map(({ hits }) => hits.length), [2, 2]);
  assert.equal(made[0].hits, first); // what is laid out stays
});

test("of a hundred thousand only what lies within the window is shown", () => {
  const shelf = new Shelf();
  const sections = Array.from({ length: 250 }, (_, s) => ({ key: `${s}`, title: `${s}`, count: 400, hits: s < 2 ? Array.from({ length: 400 }, (__, n) => hit(400 * s + n)) : null }));
  shelf.lay(sections, FRAME);
  const { top } = shelf.placed[1];
  const seen = shelf.within(top - 300, top + 300);
  assert.deepEqual(seen.map(({ section }) => section.key), ["0", "1"]);
  assert.ok(seen.every(({ rows }) => rows.length >= 1 && rows.length <= 4));
  assert.deepEqual(shelf.within(shelf.height - 10, shelf.height).map(({ section }) => section.key), ["249"]);
});

test("arrows go to the picture above and below, also into the next section", () => {
  const shelf = new Shelf();
  shelf.lay([{ key: "a", title: "a", count: 6, hits: [1, 2, 3, 4, 5, 6].map((id) => hit(id)) }, { key: "b", title: "b", count: 3, hits: [7, 8, 9].map((id) => hit(id)) }], FRAME);
  const [first, second] = shelf.placed[0].laid.rows;
  assert.equal(first.to, 4);
  assert.equal(shelf.beside(2, 1), second.to - second.from > 1 ? 6 : 5);
  assert.equal(shelf.beside(5, -1), 1);
  assert.equal(shelf.beside(5, 1), 7);
  assert.equal(shelf.beside(8, -1), 6);
  assert.equal(shelf.beside(1, -1), null);
});

test("folders stand below the one that holds them, of whose level there may be many", () => {
  const folders = ["Photos", "Photos/2023", "Photos/2022", "Phones", "Photos/2022/Rome", "Photos/2023/Oslo", "away/2020"].map((value) => ({ value }));
  assert.deepEqual(nested(folders, folderOf).map(({ value }) => value), ["Photos", "Photos/2023", "Photos/2023/Oslo", "Photos/2022", "Photos/2022/Rome", "Phones", "away/2020"]);
});
