/**
 * A folder whose engine dies wherever it likes: changes are in it entirely or not at
 * all, and the change files always add up to the settings.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Setting } from "@moe/plugin";
import { type MemoryFiles, rememberFiles } from "@moe/plugin/test";
import { makeKeys, openFolder } from "./fixtures/folder.ts";

const FIELD = "budget_micros_per_day";
const TARGETS = ["channel:a", "channel:b", "campaign:__proto__"] as const;
const UNSET = TARGETS.map((target) => ({ target, field: FIELD, value: null }));
const { privateKey: signingKey } = makeKeys();

const change = fc.record({
  settings: fc.uniqueArray(
    fc.record({
      target: fc.constantFrom(...TARGETS),
      field: fc.constant(FIELD),
      value: fc.option(fc.nat(99).map(String)),
    }),
    { selector: ({ target }) => target, minLength: 1 },
  ),
  /** At which file the engine dies, if at any: before it is replaced, or after. */
  dies: fc.option(
    fc.record({ at: fc.nat(1), after: fc.boolean() }),
    { freq: 2 },
  ),
});

/** Files of an engine that dies at one of its writes. */
function mortal(
  files: MemoryFiles,
  dies: { readonly at: number; readonly after: boolean } | null,
): MemoryFiles {
  let writes = 0;
  return {
    ...files,
    async write(path, text) {
      const dead = dies?.at === writes++;
      if (dead && !dies.after) throw new Error("killed");
      await files.write(path, text);
      if (dead) throw new Error("killed");
    },
  };
}

/** What the change files alone say, from the first on. */
async function replay(files: MemoryFiles): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  for (let version = 1;; version++) {
    const text = await files.text(`out/changes/${version}.json`);
    if (text === null) return held;
    for (const { target, old, new: value } of JSON.parse(text).operations) {
      assert.equal(held.get(target) ?? null, old);
      if (value === null) held.delete(target);
      else held.set(target, value);
    }
  }
}

function valuesOf(settings: readonly Setting[]): Record<string, string | null> {
  return Object.fromEntries(
    settings.map(({ target, value }) => [target, value]),
  );
}

Deno.test("file: wherever the engine dies, a change is held entirely or not at all", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 8 }),
      fc.boolean(),
      async (changes, signed) => {
        const files = rememberFiles();
        const keys = signed ? { signingKey } : {};
        let held = valuesOf(UNSET);
        for (const [at, { settings, dies }] of changes.entries()) {
          const after = { ...held, ...valuesOf(settings) };
          const failed = await openFolder(mortal(files, dies), keys)
            .write(`c-${at}`, settings).then(() => false, () => true);
          const seen = valuesOf(await openFolder(files, keys).read(UNSET));
          const kept = !failed || (dies?.at === 0 ? dies.after : true);
          assert.equal(failed, dies !== null);
          assert.deepEqual(seen, kept ? after : held);
          assert.deepEqual(seen, {
            ...valuesOf(UNSET),
            ...Object.fromEntries(await replay(files)),
          });
          held = seen;
        }
      },
    ),
  );
});
