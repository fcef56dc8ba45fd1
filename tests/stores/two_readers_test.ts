/**
 * Two processes that keep copies of one key-value store: each sees what the other wrote
 * within a second, whatever they do.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { VectorKey } from "../../core/ports/features.ts";
import { keepRecent } from "../../core/features/recent_vectors.ts";
import { createOnlineFeatures } from "../../core/store/feature_kv.ts";
import { createLazyKv } from "../../core/store/lazy_kv.ts";

const AT = Date.UTC(2026, 2);

const stepArbitrary = fc.record({
  by: fc.nat({ max: 1 }),
  entity: fc.constantFrom("subject:a", "subject:b"),
  do: fc.constantFrom("read", "read", "write", "remove", "pass"),
  ms: fc.constantFrom(200, 400, 1000),
});

Deno.test("what another process wrote is read within a second, what it wrote itself at once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "readers_" });
  const place = `${folder}/features.kv`;
  const stores = [0, 1].map(() => createLazyKv(place, folder));
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.array(stepArbitrary, { minLength: 10, maxLength: 60 }),
        (tenant, steps) => run(stores, tenant, steps),
      ),
      { numRuns: 40 },
    );
  } finally {
    for (const store of stores) await store.close();
    await Deno.remove(folder, { recursive: true });
  }
});

type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

async function run(
  stores: readonly ReturnType<typeof createLazyKv>[],
  tenant: string,
  steps: readonly Step[],
): Promise<void> {
  let nowMs = 0;
  const processes = stores.map(({ open }) =>
    keepRecent(createOnlineFeatures(open), { nowMs: () => nowMs })
  );
  const writes: { entity: string; by: number; ms: number; value: number }[] =
    [];
  for (const { by, entity, ms, ...step } of steps) {
    const recent = processes[by] ?? assert.fail();
    const key: VectorKey = {
      view: "v",
      version: 1,
      entity: entity as "subject:",
    };
    const value = writes.length + 1;
    if (step.do === "pass") nowMs += ms;
    if (step.do === "write") {
      const at = new Date(AT + value).toISOString();
      await recent.write(tenant, [{ ...key, at, values: [value] }]);
      writes.push({ entity, by, ms: nowMs, value });
    }
    if (step.do === "remove") {
      await recent.remove(tenant, [key]);
      writes.push({ entity, by, ms: nowMs, value: 0 });
    }
    if (step.do !== "read") continue;
    const allowed = allowedNow(writes, { entity, by, nowMs });
    const [found] = await recent.read(tenant, [key]);
    const shown = Number(found?.vector?.values[0] ?? 0);
    assert.ok(allowed.has(shown), `${shown} of ${[...allowed]}`);
  }
}

/** Values that a read may show: the last that it must have seen, and all after it. */
function allowedNow(
  writes: readonly { entity: string; by: number; ms: number; value: number }[],
  { entity, by, nowMs }: { entity: string; by: number; nowMs: number },
): ReadonlySet<number> {
  const of = writes.filter((write) => write.entity === entity);
  const seen = of.findLastIndex((write) =>
    write.by === by || write.ms <= nowMs - 1000
  );
  const shown = of.slice(Math.max(seen, 0)).map(({ value }) => value);
  return new Set(seen < 0 ? [0, ...shown] : shown);
}
