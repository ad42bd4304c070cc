import assert from "node:assert/strict";
import { test } from "node:test";
import { evenly, following, share, span } from "../../web/static/histogram.js";

test("months without pictures have a bar too", () => {
  const bars = evenly([{ value: "2023-11", count: 3 }, { value: "2024-02", count: 1 }]);
  assert.deepEqual(bars, [{ value: "2023-11", count: 3 }, { value: "2023-12", count: 0 }, { value: "2024-01", count: 0 }, { value: "2024-02", count: 1 }]);
  assert.deepEqual(span(bars, 3, 1), ["2023-12", "2024-03"]);
});

test("bars grow coarser until they fit, and lose no picture", () => {
  const days = [{ value: "2019-12-31", count: 2 }, { value: "2020-01-01", count: 3 }, { value: "2024-02-29", count: 4 }];
  const bars = evenly(days);
  assert.equal(bars[0].value, "2019-12");
  assert.equal(bars.length, 51);
  assert.equal(bars.reduce((sum, { count }) => sum + count, 0), 9);
  assert.deepEqual(evenly(days, 10).map(({ value }) => value), ["2019", "2020", "2021", "2022", "2023", "2024"]);
  assert.deepEqual(evenly([{ value: "0001-01-01", count: 1 }, { value: "2024-01-01", count: 1 }]).map(({ value }) => value), ["0001", "2024"]);
  assert.deepEqual(evenly([]), []);
});

test("what follows a day, a month and a year", () => {
  assert.deepEqual(["2024-02-29", "2024-12", "0999"].map(following), ["2024-03-01", "2025-01", "1000"]);
});

test("few beside many are still seen", () => {
  assert.equal(share(0, 1000), 0);
  assert.ok(share(1, 100_000) > 0.05);
  assert.equal(share(9, 9), 1);
});
