import assert from "node:assert/strict";
import { test } from "node:test";
import { between, moved, opposite, pixels, resized, shares, slip } from "../../web/static/region.js";

const PICTURE = { width: 640, height: 427 };

test("a box may be drawn from any corner and never leaves the picture", () => {
  assert.deepEqual(between({ x: 0.75, y: 0.5 }, { x: -0.2, y: 1.5 }), { x: 0, y: 0.5, width: 0.75, height: 0.5 });
  assert.deepEqual(moved({ x: 0.5, y: 0.5, width: 0.25, height: 0.25 }, 1, -1), { x: 0.75, y: 0, width: 0.25, height: 0.25 });
  assert.deepEqual(resized({ x: 0.5, y: 0.5, width: 0.25, height: 0.25 }, 9, -9), { x: 0.5, y: 0.5, width: 0.5, height: 0.02 });
  assert.ok(slip(between({ x: 0.5, y: 0.5 }, { x: 0.501, y: 0.7 })));
  assert.deepEqual(opposite({ x: 0.25, y: 0.25, width: 0.5, height: 0.5 }, "nw"), { x: 0.75, y: 0.75 });
});

test("pixels stay within the picture, and come back as they were", () => {
  assert.deepEqual(pixels({ x: 0, y: 0, width: 1, height: 1 }, PICTURE), [0, 0, 640, 427]);
  assert.deepEqual(pixels({ x: 1, y: 1, width: 0, height: 0 }, PICTURE), [639, 426, 1, 1]);
  const box = [40, 60, 300, 200];
  assert.deepEqual(pixels(shares(box, PICTURE), PICTURE), box);
});
