import assert from "node:assert/strict";
import { test } from "node:test";
import { cited, eventsOf } from "../../web/static/events.js";

const STREAM = ': ping\r\n\r\nevent: pictures\r\ndata: {"pictures": []}\r\n\r\nevent: piece\r\ndata: {"text": "A ä\\n\\ncat"}\r\n\r\n';
const WHOLE = [{ event: "pictures", data: { pictures: [] } }, { event: "piece", data: { text: "A ä\n\ncat" } }];

test("events come whole however the stream is cut", () => {
  for (let at = 1; at < STREAM.length; at++) {
    const take = eventsOf();
    assert.deepEqual([...take(STREAM.slice(0, at)), ...take(STREAM.slice(at))], WHOLE);
  }
});

test("an event that has not ended is kept back", () => {
  assert.deepEqual(eventsOf()('event: piece\ndata: {"text": "x"}\n'), []);
});

test("numbers of pictures in an answer become links, others stay words", () => {
  assert.deepEqual(cited("Two [1, 3], not [9] or [a].", 3), ["Two ", 1, 3, ", not [9] or [a]."]);
  assert.deepEqual(cited("None.", 3), ["None."]);
});
