import assert from "node:assert/strict";
import { test } from "node:test";
import { caught, inside, standing } from "../../web/static/lasso.js";

const hook = [[0, 0], [10, 0], [10, 10], [6, 10], [6, 4], [0, 4]]; // an L

test("a loop may be bent inwards", () => {
  assert.ok(inside(hook, [8, 8]));
  assert.ok(inside(hook, [2, 2]));
  assert.ok(!inside(hook, [2, 8]));
  assert.ok(!inside([], [2, 8]));
});

test("what lies in the loop is caught", () => {
  assert.deepEqual(caught(hook, [8, 2, 2, 20], [8, 2, 8, 2]), [0, 1]);
});

test("a few that stand for many: the middle, then what lies far from it", () => {
  const xs = [0, 10, 5, 5.1, 4.9], ys = [0, 0, 0, 0, 0];
  assert.deepEqual(standing([0, 1, 2, 3, 4], xs, ys, 3), [2, 0, 1]);
  assert.deepEqual(standing([1], xs, ys, 3), [1]);
  assert.deepEqual(standing([], xs, ys, 3), []);
});
