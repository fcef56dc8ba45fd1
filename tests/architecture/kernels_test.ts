/**
 * The kernels that are checked in are those of the sources.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  KERNELS,
  SOURCES,
} from "../../models/learners/boosting/kernels.gen.ts";
import {
  compileSources,
  digestOf,
  readSources,
} from "../../core/commands/compile_kernels.ts";

Deno.test('the kernels are made of their sources; "deno task wasm" renews them', async () => {
  assert.equal(SOURCES, await digestOf(readSources()));
});

Deno.test("the digest tells a change of any source", async () => {
  const sources = readSources();
  assert.ok(sources.size > 5);
  for (const [name, text] of sources) {
    const changed = new Map(sources).set(name, `${text} `);
    assert.notEqual(await digestOf(changed), SOURCES);
  }
});

const demanded = Deno.env.get("REQUIRE_ALL") === "1";

Deno.test({
  name: demanded
    ? "compiled again, the kernels are the same bytes"
    : "compiled again, the kernels are the same bytes (skipped: REQUIRE_ALL is not 1)",
  ignore: !demanded,
  fn: async () => {
    const wasm = await compileSources(readSources());
    assert.equal(wasm.toBase64(), KERNELS);
  },
});
