/** Bytes become text if they are UTF-8, and only then. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError } from "../../domain/error.ts";
import { decodeText } from "./request_body.ts";

const REQUEST = new Request("http://localhost/");
const strict = new TextDecoder("utf-8", { fatal: true });

Deno.test("decodeText() takes and refuses what a strict decoder does", () => {
  const byte = fc.oneof(
    fc.constantFrom(0x61, 0xef, 0xbb, 0xbf, 0xbd, 0xf0, 0x9f, 0x98, 0x80, 0xc3),
    fc.nat({ max: 255 }),
  );
  const any = fc.array(byte, { maxLength: 12 }).map((all) =>
    new Uint8Array(all)
  );
  const text = fc.string({ unit: "binary" }).map((all) =>
    new TextEncoder().encode(`${all}\ufffd`)
  );
  fc.assert(fc.property(fc.oneof(any, text), (bytes) => {
    let want: string | null = null;
    try {
      want = strict.decode(bytes);
    } catch {
      assert.throws(
        () => decodeText(REQUEST, bytes),
        (error) =>
          error instanceof EngineError && error.code === "body_invalid",
      );
      return;
    }
    assert.equal(decodeText(REQUEST, bytes), want);
  }));
});
