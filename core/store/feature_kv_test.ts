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
const LATER = "2026-04-01T00:00:00.000Z";

function vector(place: number, day: number, size = 1): FeatureVector {
  return {
    view: "audience",
    version: 1,
    entity: `subject:s-${place}`,
    at: `2026-03-0${day}T00:00:00.000Z`,
    values: Array.from({ length: size }, () => `value of day ${day}`),
  };
}

/** A store that answers a read as given, and hangs after 20 ms. */
function openReading(get: () => Promise<never>) {
  const kv = { get } as unknown as Deno.Kv;
  return createOnlineFeatures(() => Promise.resolve(kv), { hangingMs: 20 });
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
  const online = openReading(() => new Promise(() => {}));
  await assert.rejects(online.read(TENANT, [vector(1, 1)]), {
    ...{ code: "store_unavailable", facts: { late: "kv" } },
  });
  await assert.rejects(online.read(TENANT, [vector(1, 1)]), {
    ...{ code: "store_unavailable", facts: { breaker: "kv" } },
  });
});

Deno.test("a read of a store that is always locked fails in time as well", async () => {
  const online = openReading(() =>
    Promise.reject(new TypeError("database is locked"))
  );
  await assert.rejects(online.read(TENANT, [vector(1, 1)]), {
    ...{ code: "store_unavailable", facts: {} },
  });
});

Deno.test("a store that opens slowly is not taken for one that hangs", async () => {
  const opening = Promise.withResolvers<Deno.Kv>();
  using kv = await Deno.openKv(":memory:");
  const online = createOnlineFeatures(() => opening.promise, { hangingMs: 5 });
  const reading = online.read(TENANT, [vector(1, 1)]);
  await new Promise((wake) => setTimeout(wake, 30));
  opening.resolve(kv);
  assert.deepEqual(await reading, [null]);
});

Deno.test("a vector that no value can hold leaves none, not an old one", () =>
  withFeatures(async (online) => {
    await online.write(TENANT, [vector(1, 1), vector(2, 1)]);
    const large = { ...vector(1, 2), values: ["x".repeat(65_536)] };
    await online.write(TENANT, [large, vector(2, 2)]);
    assert.deepEqual(
      await online.read(TENANT, [large, vector(2, 2)]),
      [null, vector(2, 2)],
    );
  }));

Deno.test("all that one value can hold is kept, whatever it is written in", () =>
  withFeatures(async (online) => {
    const values = [["é".repeat(65_000)], ["€".repeat(32_500)], [
      ...Array.from({ length: 7000 }, (_, place) => place + 0.1),
    ]];
    const vectors = values.map((values, place) => ({
      ...vector(place, 1),
      values,
      withheld: place === 1,
    }));
    await online.write(TENANT, vectors);
    assert.deepEqual(await online.read(TENANT, vectors), vectors);
  }));

Deno.test("what an earlier release kept is not read as if it held now", async () => {
  using kv = await Deno.openKv(":memory:");
  const online = createOnlineFeatures(() => Promise.resolve(kv));
  const { view, version, entity, at, values } = vector(1, 1);
  await kv.set(["feature", TENANT, view, version, entity], { at, values });
  await online.setThrough(TENANT, { name: view, version }, LATER);
  assert.deepEqual(await online.read(TENANT, [vector(1, 1)]), [null]);
});

Deno.test("the moment as of which a view holds only moves forward", () =>
  withFeatures(async (online) => {
    const view = { name: "audience", version: 1 };
    assert.equal(await online.through(TENANT, view), null);
    const days = [1, 3, 2].map((day) => vector(1, day).at);
    await Promise.all(days.map((at) => online.setThrough(TENANT, view, at)));
    assert.equal(await online.through(TENANT, view), days[1]);
    assert.equal(await online.through("t-2", view), null);
  }));

Deno.test("an identity is made once, by whoever asks first", async () => {
  using kv = await Deno.openKv(":memory:");
  const open = () => Promise.resolve(kv);
  const said = await Promise.all(
    [1, 2, 3].map(() => createOnlineFeatures(open).identity()),
  );
  assert.equal(new Set(said).size, 1);
  await withFeatures(async (other) => {
    assert.notEqual(await other.identity(), said[0]);
  });
});

Deno.test("whoever asks what changed since it asked last misses nothing", async () => {
  const step = fc.oneof(
    fc.record({ write: fc.array(fc.nat({ max: 300 }), { maxLength: 250 }) }),
    fc.record({ remove: fc.array(fc.nat({ max: 300 }), { maxLength: 5 }) }),
    fc.record({ asks: fc.nat({ max: 2 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      (steps) =>
        withFeatures(async (online) => {
          const readers = [0, 1, 2].map(() => ({
            place: 0,
            missed: new Set<string>(),
          }));
          let day = 0;
          for (const one of steps) {
            if ("asks" in one) {
              const reader = readers[one.asks] ?? assert.fail();
              const { keys, place } = await online.changesAfter(
                TENANT,
                reader.place,
              );
              const told = new Set(keys?.map(({ entity }) => entity));
              const untold = [...reader.missed].filter((entity) =>
                keys !== null && !told.has(entity as `subject:${string}`)
              );
              assert.deepEqual(untold, []);
              reader.place = place;
              reader.missed.clear();
              continue;
            }
            const vectors = ("write" in one ? one.write : one.remove).map((
              at,
            ) => ({
              ...vector(at, 1),
              values: [day++],
            }));
            if ("write" in one) await online.write(TENANT, vectors);
            else await online.remove(TENANT, vectors);
            for (const { entity } of vectors) {
              for (const { missed } of readers) missed.add(entity);
            }
          }
        }),
    ),
    { numRuns: 40 },
  );
});

Deno.test("a reader that is far behind, or of a store that is gone, is told that it missed some", () =>
  withFeatures(async (online) => {
    await online.write(TENANT, [vector(1, 1)]);
    const { place } = await online.changesAfter(TENANT, 0);
    for (let change = 0; change < 128; change++) {
      await online.remove(TENANT, [vector(change, 1)]);
    }
    const { keys } = await online.changesAfter(TENANT, place);
    assert.equal(keys?.length, 128);
    await online.remove(TENANT, [vector(1, 1)]);
    assert.equal((await online.changesAfter(TENANT, place)).keys, null);
    await withFeatures(async (other) => {
      assert.deepEqual(await other.changesAfter(TENANT, place), {
        keys: null,
        place: 0,
      });
      await other.write(TENANT, [vector(1, 1)]);
      assert.equal((await other.changesAfter(TENANT, place)).keys, null);
    });
  }));
