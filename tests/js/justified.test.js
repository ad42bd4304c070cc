import assert from "node:assert/strict";
import { test } from "node:test";
import { firstBeyond, guessed, justified } from "../../web/static/justified.js";

const FRAME = { width: 1000, height: 200, gap: 4 };
const some = (count, seed = 7) => Float32Array.from({ length: count }, (_, at) => 0.4 + (((at + 1) * seed * 7919) % 997) / 300);

test("every row but the last is as wide as the page, and near the wished height", () => {
  const { rows, lefts, widths, height } = justified(some(500), FRAME);
  assert.deepEqual(rows.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, n) => from + n)), Array.from({ length: 500 }, (_, n) => n));
  for (const { from, to, height: high } of rows.slice(0, -1)) {
    assert.equal(lefts[from], 0);
    assert.ok(Math.abs(lefts[to - 1] + widths[to - 1] - 1000) < 0.1);
    assert.ok(high > 110 && high < 380, `a row of ${high}`);
  }
  const last = rows.at(-1);
  assert.ok(last.height <= 200);
  assert.ok(Math.abs(last.top + last.height - height) < 0.1);
});

test("few pictures are not blown up, none take no place", () => {
  assert.equal(justified([1.5], FRAME).height, 200);
  assert.deepEqual(justified([], FRAME).rows, []);
  assert.equal(justified([], FRAME).height, 0);
});

test("a panorama and a strip stay within the page, also on a phone", () => {
  for (const width of [320, 1000]) {
    const { rows, lefts, widths } = justified([40, 0.01, 1.5, 40, NaN], { ...FRAME, width });
    assert.ok(rows.every(({ height }) => height > 0));
    widths.forEach((wide, at) => assert.ok(wide > 0 && lefts[at] + wide <= width + 0.1));
  }
});

test("a hundred thousand are laid well within a frame or two, and found by halving", () => {
  const { rows } = justified(some(100_000), FRAME);
  const at = firstBeyond(rows.length, (row) => rows[row].top, rows[5000].top);
  assert.equal(at, 5001);
  assert.equal(firstBeyond(0, () => 0, 5), 0);
});

test("what is guessed of unknown shapes comes near what they are", () => {
  const known = justified(Float32Array.from({ length: 3000 }, (_, at) => (at % 3 ? 1.5 : 0.75)), FRAME).height;
  assert.ok(Math.abs(guessed(3000, FRAME) / known - 1) < 0.25);
  assert.equal(guessed(0, FRAME), 0);
});
