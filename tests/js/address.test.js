import assert from "node:assert/strict";
import { test } from "node:test";
import { addressIn, nameIn } from "../../web/static/address.js";

test("an address stands alone or beside words", () => {
  assert.deepEqual(addressIn("https://example.com/a%20b.jpg"), { url: "https://example.com/a%20b.jpg", rest: "" });
  assert.deepEqual(addressIn("red HTTP://example.com/a.jpg?x=1 type:png"), { url: "HTTP://example.com/a.jpg?x=1", rest: "red type:png" });
});

test("what only looks like one is words", () => {
  for (const line of ["", "http://", "https://[", "xhttps://example.com", '"https://example.com/a.jpg"', "file:///etc/passwd", "javascript:alert(1)"]) assert.equal(addressIn(line), null);
});

test("a picture is called as its file, or as the site", () => {
  assert.equal(nameIn("https://example.com/x/my%20cat.jpg?size=2"), "my cat.jpg");
  assert.equal(nameIn("https://example.com/100%.jpg"), "100%.jpg");
  assert.equal(nameIn("https://example.com/"), "example.com");
});
