/**
 * Online features stay within the limits of Deno KV and never grow older.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FeatureVector } from "../domain/feature.ts";
import { createOnlineFeatures } from "./feature_kv.ts";

const TENANT = "t-1";

function vector(place: number, day: number, size = 1): FeatureVector {
  return {
    view: "audience",
    version: 1,
    entity: `subject:s-${place}`,
    at: `2026-03-0${day}T00:00:00.000Z`,
    values: Array.from({ length: size }, () => `value of day ${day}`),
  };
}

async function withFeatures(
  check: (online: ReturnType<typeof createOnlineFeatures>) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  await check(createOnlineFeatures(() => Promise.resolve(kv)));
}

Deno.test("more vectors than one commit may write, and larger ones, all arrive", () =>
  withFeatures(async (online) => {
    const vectors = [
      ...Array.from({ length: 1201 }, (_, place) => vector(place, 1)),
      ...Array.from(
        { length: 40 },
        (_, place) => vector(2000 + place, 1, 2500),
      ),
    ];
    await online.write(TENANT, vectors);
    assert.deepEqual(await online.read(TENANT, vectors), vectors);
  }));

Deno.test("whatever the order of writes, the newest moment stays", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 9 }))),
        { maxLength: 6 },
      ),
      (writes) =>
        withFeatures(async (online) => {
          const newest = new Map<number, number>();
          for (const [place, day] of writes.flat()) {
            newest.set(place, Math.max(day, newest.get(place) ?? 0));
          }
          await Promise.all(writes.map((write) =>
            online.write(
              TENANT,
              write.map(([place, day]) => vector(place, day)),
            )
          ));
          const want = [...newest].map(([place, day]) => vector(place, day));
          assert.deepEqual(await online.read(TENANT, want), want);
        }),
    ),
    { numRuns: 25 },
  );
});

Deno.test("a vector computed again for the same moment replaces the first", () =>
  withFeatures(async (online) => {
    const first = vector(1, 1);
    const corrected = { ...first, values: [42] };
    await online.write(TENANT, [first]);
    await online.write(TENANT, [corrected]);
    assert.deepEqual(await online.read(TENANT, [first]), [corrected]);
  }));

Deno.test("a read that hangs fails in time for a decision to be answered", async () => {
  const hanging = Promise.withResolvers<Deno.Kv>();
  const online = createOnlineFeatures(() => hanging.promise, { readMs: 20 });
  const started = performance.now();
  await assert.rejects(online.read(TENANT, [vector(1, 1)]), {
    code: "store_unavailable",
  });
  assert.ok(performance.now() - started < 1000);
});

Deno.test("a read of a store that is always locked fails in time as well", async () => {
  const online = createOnlineFeatures(
    () => Promise.reject(new TypeError("database is locked")),
    { readMs: 20 },
  );
  await assert.rejects(online.read(TENANT, [vector(1, 1)]), {
    code: "store_unavailable",
  });
});
