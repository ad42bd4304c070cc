import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { speak, t } from "../../web/static/messages.js";
import { excerpt, ordinal, reasons, size } from "../../web/static/words.js";

speak(JSON.parse(readFileSync(new URL("../../web/static/messages/en.json", import.meta.url), "utf8")));

test("numbers take their plural form", () => {
  assert.equal(t("status.matches", { n: 1 }), "1 match");
  assert.equal(t("status.matches", { n: 1234 }), "1,234 matches");
  assert.equal(ordinal(22), "22nd");
  assert.equal(ordinal(11), "11th");
  assert.equal(size(1_230_000), "1.23 MB");
});

test("another language is another table", () => {
  speak({ "status.matches": { one: "{n} Treffer", other: "{n} Treffer" } }, "de");
  assert.equal(t("status.matches", { n: 1234 }), "1.234 Treffer");
  assert.equal(t("not.there"), "not.there");
  speak(JSON.parse(readFileSync(new URL("../../web/static/messages/en.json", import.meta.url), "utf8")));
});

test("what was found is marked, counted in letters as people count them, and markup stays text", () => {
  const match = { kind: "ocr", text: "😀😀 <b>grand</b> hotel", spans: [[6, 11]], box_xyxy: null };
  assert.equal(String(excerpt(match)), "😀😀 &lt;b&gt;<mark>grand</mark>&lt;/b&gt; hotel");
  const long = { ...match, text: `${"x".repeat(100)}sale${"y".repeat(100)}`, spans: [[100, 104]] };
  assert.match(String(excerpt(long)), /^…x{24}<mark>sale<\/mark>y{24}…$/);
});

test("a weak hit is not said to be here for its meaning", () => {
  const hit = { signals: { dense: { rank: 1, score: 0.3, share: 1 }, name: { rank: 2, score: 1, share: 0.5 } }, folded: [], matches: [], weak: true };
  assert.equal(String(reasons(hit, false)), "by name");
  assert.equal(String(reasons({ ...hit, weak: false }, true)), "by name, looks");
});
