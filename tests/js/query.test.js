import assert from "node:assert/strict";
import { test } from "node:test";
import { added, bare, between, exampled, ofPart, opposite, quoted, joined, stepOf, weighed, weightOf, without } from "../../web/static/query.js";

test("a term is weighed as the query language writes it", () => {
  assert.equal(weighed("sunset", 2), "+2*sunset");
  assert.equal(weighed("sunset beach", 0.5), "+0.5*(sunset beach)");
  assert.equal(weighed("+2*(parked cars)", -1), "-(parked cars)");
  assert.equal(weighed("-0.5*(parked cars)", 1), "parked cars");
  assert.equal(weighed("like:12@1,2,3,4", -0.5), "-0.5*like:12@1,2,3,4");
  assert.equal(weighed("-like:12", 1), "like:12");
  assert.equal(bare("-people"), "people");
  assert.equal(bare("(a b)"), "(a b)"); // a parenthesis without a sign is the writer's own
});

test("a filter is turned round and back", () => {
  for (const text of ["year:2019", "in:rome or in:oslo", '"grand hotel"']) assert.equal(opposite(opposite(text)), text);
  assert.equal(opposite("in:rome or in:oslo"), "-(in:rome or in:oslo)");
});

test("terms are put in, taken out and never twice", () => {
  const q = "beach -people year:2019";
  assert.equal(joined(["beach", "", "year:2019"]), "beach year:2019");
  assert.equal(added(q, "year:2019"), q);
  assert.equal(added("", "type:png"), "type:png");
  assert.equal(without(q, "-people"), "beach year:2019");
});

test("a change of mind about an example takes back what was said", () => {
  assert.equal(exampled("blue -like:5 red", 5, 1), "blue red like:5");
  assert.equal(exampled("blue +2*like:5@1,2,3,4", 5, -1), "blue -like:5");
  assert.equal(exampled("like:55", 5, 1), "like:55 like:5");
});

test("a part takes the place of the whole, or of everything", () => {
  assert.equal(ofPart("red -like:5 like:55", "like:5", [1, 2, 3, 4], true), "red like:55 like:5@1,2,3,4");
  assert.equal(ofPart("red +2*picture:upload:a@9,9,9,9", "picture:upload:a", [1, 2, 3, 4], true), "red picture:upload:a@1,2,3,4");
  assert.equal(ofPart("red", "like:5", [1, 2, 3, 4], false), "like:5@1,2,3,4");
});

test("days replace days", () => {
  assert.equal(between("beach after:2019 before:2020-02", "2021-01-01", "2021-02-01"), "beach after:2021-01-01 before:2021-02-01");
  assert.equal(between("beach year:>=2019", null, null), "beach");
});

test("a value is quoted where it must be", () => {
  assert.equal(quoted("rome"), "rome");
  assert.equal(quoted('our "boat"'), '"our \\"boat\\""');
});

test("the slider's middle is 1 and both ways are even", () => {
  assert.equal(weightOf(0), 1);
  assert.equal(weightOf(5), 4);
  assert.equal(weightOf(-5), 0.25);
  for (let step = -8; step <= 8; step++) assert.equal(stepOf(weightOf(step)), step);
});
