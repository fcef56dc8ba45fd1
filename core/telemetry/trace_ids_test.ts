/** Ids of traces and spans. @module */
import assert from "node:assert/strict";
import { createTraceIds } from "./trace_ids.ts";

Deno.test("ids have the form of the standard, and none comes twice", () => {
  const ids = createTraceIds();
  const traces = Array.from({ length: 3000 }, () => ids.trace());
  const spans = Array.from({ length: 3000 }, () => ids.span());
  for (const id of traces) assert.match(id, /^[0-9a-f]{32}$/);
  for (const id of spans) assert.match(id, /^[0-9a-f]{16}$/);
  assert.equal(new Set([...traces, ...spans]).size, 6000);
});

Deno.test("no id is all zeros, which is no id", () => {
  const ids = createTraceIds((bytes) => void bytes.fill(0));
  assert.match(ids.trace(), /[^0]/);
  assert.match(ids.span(), /[^0]/);
});
