/**
 * Platforms that are joined hold what each would hold by itself.
 *
 * @module
 */
import fc from "fast-check";
import assert from "node:assert/strict";
import type { EntityKey } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import type { PlanDestination } from "../../ports/changes.ts";
import { joinRoutes, type Route } from "./routed_destination.ts";

const FIELD = "budget_micros_per_day";

/** A platform in memory that knows only its own entities. */
function platform(
  name: string,
  own: (entity: EntityKey) => boolean,
  unit = 1n,
): PlanDestination & { readonly held: Map<string, string | null> } {
  const held = new Map<string, string | null>();
  return {
    ...{ name, held, unit: () => Promise.resolve(unit) },
    read: (targets) => {
      assert.ok(targets.every(({ target }) => own(target)), name);
      return Promise.resolve(targets.map((one) => ({
        ...one,
        value: held.get(one.target) ?? null,
      })));
    },
    write: ({ settings }) => {
      assert.ok(settings.every(({ target }) => own(target)), name);
      settings.forEach(({ target, value }) => held.set(target, value));
      return Promise.resolve();
    },
  };
}

function takes(own: (entity: EntityKey) => boolean): Route["takes"] {
  return (entities) => Promise.resolve(new Set(entities.filter(own)));
}

const isEven = (entity: EntityKey) => /[02468]$/.test(entity);

function change(id: string, values: readonly (readonly [number, string])[]) {
  return {
    id,
    settings: values.map(([entity, value]) => ({
      ...{ target: `campaign:${entity}` as const, field: FIELD, value },
      ...{ key: `${id}/${entity}`, expect: null },
    })),
  };
}

Deno.test("each entity is read and written at its own platform, in the order asked", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1 }),
    async (entities) => {
      const even = platform("even", isEven);
      const other = platform("other", (entity) => !isEven(entity));
      const joined = joinRoutes([
        { name: "even", destination: even, takes: takes(isEven) },
        { name: "rest", destination: other, takes: null },
      ]);
      assert.equal(joined.name, "even+other");
      const values = entities.map((entity) => [entity, `${entity}0`] as const);
      const { settings, id } = change("c", values);
      await joined.write({ id, settings });
      assert.deepEqual(
        (await joined.read(settings)).map((
          { target, value },
        ) => [target, value]),
        settings.map(({ target, value }) => [target, value]),
      );
      assert.equal(even.held.size + other.held.size, entities.length);
    },
  ));
});

Deno.test("one platform's failure does not keep the others from being written", async () => {
  const even: PlanDestination = {
    name: "even",
    read: () => Promise.resolve([]),
    write: () => Promise.reject(new EngineError("source_unavailable", "down")),
  };
  const other = platform("other", (entity) => !isEven(entity));
  const joined = joinRoutes([
    { name: "even", destination: even, takes: takes(isEven) },
    { name: "rest", destination: other, takes: null },
  ]);
  await assert.rejects(joined.write(change("c", [[2, "20"], [3, "30"]])), {
    code: "source_unavailable",
  });
  assert.deepEqual([...other.held], [["campaign:3", "30"]]);
});

Deno.test("an entity that no platform takes is refused before anything is written", async () => {
  const even = platform("even", isEven);
  const joined = joinRoutes([{
    name: "even",
    destination: even,
    takes: takes(isEven),
  }]);
  await assert.rejects(joined.write(change("c", [[2, "20"], [3, "30"]])), {
    code: "request_invalid",
    message: /campaign:3/,
  });
  assert.equal(even.held.size, 0);
});

Deno.test("a budget is a multiple of every platform's unit, and one platform is itself", async () => {
  const [cents, odd] = [
    platform("a", isEven, 10_000n),
    platform("b", isEven, 15n),
  ];
  const joined = joinRoutes([
    { name: "cents", destination: cents, takes: takes(isEven) },
    { name: "odd", destination: odd, takes: null },
  ]);
  assert.equal(await joined.unit?.(), 30_000n);
  assert.equal(
    joinRoutes([{ name: "cents", destination: cents, takes: null }]),
    cents,
  );
});

Deno.test("what a plan kept holds, whoever reports the entity later", async () => {
  const own = new Set<EntityKey>(["campaign:2"]);
  const [ads, rest] = [platform("ads", isEven), platform("rest", () => true)];
  const joined = joinRoutes([
    { name: "ads", destination: ads, takes: takes((one) => own.has(one)) },
    { name: "plans:rest", destination: rest, takes: null },
  ]);
  assert.deepEqual(await joined.route?.(["campaign:3", "campaign:2"]), [
    ...["plans:rest", "ads"],
  ]);
  own.clear();
  const { settings } = change("c", [[2, "20"]]);
  const kept = settings.map((one) => ({ ...one, route: "ads" }));
  await joined.write({ id: "c", settings: kept });
  assert.deepEqual([...ads.held], [["campaign:2", "20"]]);
  assert.equal((await joined.read(kept))[0]?.value, "20");
  assert.equal(rest.held.size, 0);
  const gone = settings.map((one) => ({ ...one, route: "meta" }));
  await assert.rejects(joined.write({ id: "d", settings: gone }), {
    code: "configuration_invalid",
    message: /"meta"/,
  });
});

Deno.test("an entity that two platforms report is refused, and neither is guessed", async () => {
  const [one, other] = [platform("a", isEven), platform("b", isEven)];
  const joined = joinRoutes([
    { name: "google", destination: one, takes: takes(isEven) },
    { name: "meta", destination: other, takes: takes(isEven) },
  ]);
  await assert.rejects(joined.write(change("c", [[2, "20"]])), {
    code: "request_invalid",
    message: /"campaign:2": both "google" and "meta"/,
  });
  assert.equal(one.held.size + other.held.size, 0);
});

Deno.test("parts of a change have ids of their own, the same when it is sent again", async () => {
  const ids: string[] = [];
  const place = (name: string): Route => ({
    name,
    destination: {
      ...platform("same", () => true),
      write: ({ id }) => Promise.resolve(void ids.push(id)),
    },
    takes: takes((one) => isEven(one) === (name === "one")),
  });
  const joined = joinRoutes([place("one"), place("two")]);
  for (let time = 0; time < 2; time++) {
    await joined.write(change("c", [[2, "20"], [3, "30"]]));
  }
  assert.equal(new Set(ids).size, 2);
  assert.deepEqual(ids.slice(0, 2), ids.slice(2));
});

Deno.test("a platform that says no rate gets a modest one", () => {
  const fast = platform("a", isEven);
  const joined = joinRoutes([
    {
      name: "fast",
      destination: { ...fast, rate: { batch: 1000, pauseMs: 5 } },
      takes: takes(isEven),
    },
    { name: "silent", destination: platform("b", isEven), takes: null },
  ]);
  assert.deepEqual(joined.rate, { batch: 100, pauseMs: 5 });
});
