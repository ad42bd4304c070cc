import assert from "node:assert/strict";
import { test } from "node:test";
import { WHOLE, actual, fitted, held, pinch, pinched, zoomed } from "../../web/static/zoom.js";

const stage = { width: 1000, height: 800 };

test("a picture fits its window, and a small one is not blown up", () => {
  assert.deepEqual(fitted({ width: 4000, height: 2000 }, stage), { width: 1000, height: 500 });
  assert.deepEqual(fitted({ width: 100, height: 50 }, stage), { width: 300, height: 150 });
});

test("what lies under the pointer stays there", () => {
  const at = { x: 120, y: -60 };
  const before = { scale: 2, x: 30, y: 10 };
  const after = zoomed(before, 1.7, at);
  const under = (view) => [(at.x - view.x) / view.scale, (at.y - view.y) / view.scale];
  under(after).forEach((place, axis) => assert.ok(Math.abs(place - under(before)[axis]) < 1e-9));
});

test("zooming ends at the whole picture and at the deepest scale", () => {
  assert.equal(zoomed({ scale: 1.2, x: 40, y: 0 }, 0.1, { x: 0, y: 0 }).scale, 1);
  assert.equal(zoomed(WHOLE, 1000, { x: 0, y: 0 }, 6).scale, 6);
});

test("a picture cannot be dragged out of its window", () => {
  const fit = { width: 1000, height: 500 };
  assert.deepEqual(held({ scale: 1, x: 300, y: 300 }, fit, stage), WHOLE);
  assert.deepEqual(held({ scale: 2, x: 9999, y: -9999 }, fit, stage), { scale: 2, x: 500, y: -100 });
});

test("its own pixels, or twice the whole", () => {
  assert.equal(actual({ width: 4000, height: 2000 }, { width: 1000, height: 500 }), 4);
  assert.equal(actual({ width: 900, height: 600 }, { width: 900, height: 600 }), 2);
});

test("two fingers", () => {
  assert.deepEqual(pinch({ x: 0, y: 0 }, { x: 30, y: 40 }), { x: 15, y: 20, apart: 50 });
});

test("what lies under two fingers stays under them", () => {
  const view = pinched({ scale: 2, x: 10, y: -20 }, [{ x: 0, y: 0 }, { x: 30, y: 40 }], [{ x: 20, y: 10 }, { x: 80, y: 90 }]);
  assert.equal(view.scale, 4);
  // the point that was between them lies between them now
  assert.deepEqual([(50 - view.x) / 4, (50 - view.y) / 4], [(15 - 10) / 2, (20 + 20) / 2]);
});
