import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, hueOf, lineOf, shareOf } from "../../web/static/layers.js";

const picture = { width: 200, height: 100 };

test("a box is placed in percent and ends at the picture's edge", () => {
  assert.deepEqual(shareOf([20, 10, 120, 60], picture), { left: 10, top: 10, width: 50, height: 50 });
  assert.deepEqual(shareOf([-5, 50, 300, 130], picture), { left: 0, top: 50, width: 100, height: 50 });
});

test("a line without a polygon lies level in its box", () => {
  assert.deepEqual(lineOf({ box_xyxy: [20, 40, 120, 60] }, picture), { left: 35, top: 50, long: 100, high: 20, slope: 0 });
});

test("a line that lies aslant keeps its length, height and slope", () => {
  // 100 long, 10 high, turned by 30 degrees round its upper left corner
  const turn = ([x, y]) => [x * Math.cos(Math.PI / 6) - y * Math.sin(Math.PI / 6), x * Math.sin(Math.PI / 6) + y * Math.cos(Math.PI / 6)];
  const polygon = [[0, 0], [100, 0], [100, 10], [0, 10]].map(turn);
  const { long, high, slope } = lineOf({ box_xyxy: [0, 0, 90, 60], polygon }, picture);
  for (const [is, wanted] of [[long, 100], [high, 10], [slope, 30]]) assert.ok(Math.abs(is - wanted) < 1e-9);
});

test("objects are counted, most frequent first, each label in its own colour", () => {
  assert.deepEqual(counted([{ label: "cup" }, { label: "car" }, { label: "car" }]), [["car", 2], ["cup", 1]]);
  assert.equal(hueOf("person"), hueOf("person"));
  assert.notEqual(hueOf("person"), hueOf("bus"));
});
