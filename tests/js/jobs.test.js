import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { going, lasting, named, share, shortModel, standing } from "../../web/static/jobs.js";
import { speak } from "../../web/static/messages.js";

before(() => speak(JSON.parse(readFileSync(new URL("../../web/static/messages/en.json", import.meta.url), "utf8"))));

const job = { id: 1, kind: "index", asked: { folders: ["/home/me/Photos"] }, state: "running", stopping: false, stage: "index", done: 30, total: 120, failed: 0, path: "", seconds_left: 200, note: "", problem: "", problems: [], result: null };

test("a running job says how far it is and how long it lasts", () => {
  assert.equal(named(job), "Index Photos");
  assert.equal(standing(job), "30 of 120 · 3 min left");
  assert.equal(share(job), 0.25);
  assert.equal(standing({ ...job, total: null, done: 7, failed: 2 }), "7 so far · 2 failed");
  assert.equal(share({ ...job, total: null }), null);
});

test("an ended one says what came of it, or why not", () => {
  const done = { ...job, state: "done", result: { added: 3, updated: 0, moved: 1, removed: 0 } };
  assert.equal(standing(done), "Done · 3 new, 1 moved");
  assert.ok(!going(done));
  assert.equal(standing({ ...job, state: "failed", problem: "The disk is full." }), "The disk is full.");
});

test("one that another server works says who does", () => {
  assert.equal(standing({ ...job, seconds_left: null, elsewhere: "Process 7 works it." }), "30 of 120 · Process 7 works it.");
  assert.equal(standing({ ...job, state: "cancelled", elsewhere: "Process 7 works it." }), "Cancelled · 30 of 120");
});

test("one that was stopped can go on", () => {
  for (const state of ["queued", "paused", "interrupted"]) assert.ok(going({ ...job, state }));
  assert.equal(standing({ ...job, state: "paused" }), "Paused · 30 of 120");
});

test("times and models in few words", () => {
  assert.deepEqual([0.2, 80, 600, 9000].map(lasting), ["1 s", "80 s", "10 min", "2 h 30 min"]);
  assert.equal(shortModel("yolox:/models/nano/yolox_nano.onnx"), "yolox: yolox_nano.onnx");
  assert.equal(shortModel("mini"), "mini");
});
