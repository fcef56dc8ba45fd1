/**
 * Trace context and request ids.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseRequestId, parseTraceparent } from "./trace_context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

Deno.test.each([
  { header: `00-${TRACE}-${PARENT}-01`, sampled: true, isRandom: false },
  { header: `00-${TRACE}-${PARENT}-00`, sampled: false, isRandom: false },
  { header: `00-${TRACE}-${PARENT}-03`, sampled: true, isRandom: true },
  {
    header: `cc-${TRACE}-${PARENT}-01-what-comes-later`,
    sampled: true,
    isRandom: false,
  },
])("parseTraceparent() reads $header", ({ header, ...flags }) => {
  const want = { traceId: TRACE, parentId: PARENT, ...flags };
  assert.deepEqual(parseTraceparent(header), want);
});

Deno.test.each([
  "",
  `ff-${TRACE}-${PARENT}-01`,
  `00-${"0".repeat(32)}-${PARENT}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  `00-${TRACE}-${PARENT}-01-more`,
  `00-${TRACE}-${PARENT}`,
])("parseTraceparent() ignores %s", (header) => {
  assert.equal(parseTraceparent(header), null);
});

Deno.test("parseTraceparent() says null without a header", () => {
  assert.equal(parseTraceparent(undefined), null);
});

Deno.test("parseRequestId() takes ids and nothing else", () => {
  assert.equal(parseRequestId("req_01.a-B"), "req_01.a-B");
  for (const other of [undefined, "", "a b", "-a", "a\n", "a".repeat(65)]) {
    assert.equal(parseRequestId(other), null);
  }
});
