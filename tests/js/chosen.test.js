import assert from "node:assert/strict";
import { test } from "node:test";
import { Chosen } from "../../web/static/chosen.js";

const order = [5, 3, 9, 1, 7];

test("one by one, and let go again", () => {
  const chosen = new Chosen();
  chosen.turn(3);
  chosen.turn(9);
  chosen.turn(3);
  assert.deepEqual([...chosen.ids], [9]);
});

test("with Shift everything from the last one on, either way", () => {
  const chosen = new Chosen();
  chosen.turn(9);
  chosen.reach(7, order);
  assert.deepEqual([...chosen.ids], [9, 1, 7]);
  chosen.turn(1);
  chosen.reach(5, order);
  assert.deepEqual([...chosen.ids].sort(), [1, 3, 5, 7, 9]);
});

test("where the last one is gone, only this one", () => {
  const chosen = new Chosen();
  chosen.turn(42);
  chosen.reach(7, order);
  assert.deepEqual([...chosen.ids], [42, 7]);
});
