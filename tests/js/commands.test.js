import assert from "node:assert/strict";
import { test } from "node:test";
import { fits, offer, offered, sifted } from "../../web/static/commands.js";

test("what begins so comes before what holds it", () => {
  const all = ["Show the filters", "Fold copies", "Filters", "Oldest first"].map((says) => ({ says }));
  assert.deepEqual(sifted(all, "fil").map(({ says }) => says), ["Filters", "Show the filters"]);
  assert.equal(sifted(all, "").length, 4);
  assert.equal(fits("Newest first", "nwst"), 1);
  assert.equal(fits("Newest first", "xyz"), 0);
});

test("a source that fails offers nothing and spoils nothing", async () => {
  offer(() => Promise.reject(new Error("away")));
  offer(() => [{ says: "a", run: () => {} }]);
  assert.deepEqual((await offered("")).map(({ says }) => says), ["a"]);
});
