/**
 * What a read says of each feature: value, status and moment.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  Aggregation,
  FeatureReading,
  FeatureVector,
  FeatureView,
} from "../domain/feature.ts";
import type { DeclaredView, ViewState } from "../ports/features.ts";
import { keepCatalogues } from "./catalogue.ts";
import { type FeatureQuery, readFeatures } from "./read.ts";
import { planRead } from "./read_plan.ts";
import type { RecentVector } from "./recent_vectors.ts";

const AT = "2026-03-01T12:00:00.000Z";
const MINUTE = 60;

function viewOf(
  given: Partial<FeatureView>,
  aggregations: Record<string, Aggregation>,
): FeatureView {
  return {
    name: "orders",
    version: 1,
    entity: "subject",
    owner: "tests",
    purposes: ["optimization", "reporting"],
    about: "A view",
    ttlSeconds: 60 * MINUTE,
    source: { grain: "event" },
    features: Object.entries(aggregations).map(([name, aggregation]) => ({
      ...{ name, aggregation, about: name, unit: "count", window: null },
    })),
    ...given,
  };
}

const ORDERS = {
  count: { how: "count" },
  hour: { how: "calendar", part: "hour_of_day" },
  basket: { how: "request", of: "basket", as: "number" },
  last: { how: "last", of: "properties.x" },
} as const;

/** What is online and declared. */
interface World {
  readonly declared: readonly (readonly [FeatureView, ViewState])[];
  /** By `view@version`. */
  readonly online?: Readonly<Record<string, Partial<FeatureVector>>>;
  readonly through?: string | null;
}

async function read(
  { declared, online = {}, through = null }: World,
  query: Partial<FeatureQuery>,
): Promise<Readonly<Record<string, FeatureReading>>> {
  const list: DeclaredView[] = declared.map(([view, state]) => ({
    ...{ view, state, declaredAt: AT, promotedAt: null },
  }));
  const catalogues = keepCatalogues({ list: () => Promise.resolve(list) });
  return await readFeatures({
    tenant: "acme",
    catalogue: await catalogues.of("acme"),
    recent: {
      read: (_tenant, keys) =>
        Promise.resolve(keys.map((key): RecentVector => {
          const kept = online[`${key.view}@${key.version}`];
          if (kept === undefined) return { vector: null, through };
          const vector = { ...key, at: AT, values: [], ...kept };
          return { vector, through };
        })),
    },
  }, { ids: [], entities: { subject: "s-1" }, at: AT, ...query });
}

const MISSING = { value: null, status: "missing", at: null };
const WITHHELD = { value: null, status: "withheld", at: null };
const SERVING: World = {
  declared: [[viewOf({}, ORDERS), "serving"]],
  online: { "orders@1": { values: [3, null, null, null] } },
};
const IDS = ["orders.count", "orders.hour", "orders.basket", "orders.last"];

Deno.test("kept values come with their moment, others are computed, absent ones are missing", async () => {
  const given = { basket: 7, other: 1 };
  assert.deepEqual(
    await read(SERVING, { ids: [...IDS, "orders.none", "none.x"], given }),
    {
      "orders.count": { value: 3, status: "fresh", at: AT },
      "orders.hour": { value: 12, status: "fresh", at: AT },
      "orders.basket": { value: 7, status: "given", at: AT },
      "orders.last": MISSING,
      "orders.none": MISSING,
      "none.x": MISSING,
    },
  );
  const nobody = await read(SERVING, { ids: IDS, entities: {} });
  assert.deepEqual(nobody["orders.count"], MISSING);
  assert.deepEqual(nobody["orders.hour"]?.value, 12);
  assert.deepEqual(nobody["orders.basket"], MISSING);
});

Deno.test.each([
  { note: "as old as the view allows", minutes: 60, want: "fresh" },
  { note: "older than the view allows", minutes: 60.1, want: "stale" },
  { note: "older than asked for", minutes: 11, most: 10, want: "stale" },
  { note: "as old as asked for", minutes: 10, most: 10, want: "fresh" },
  {
    note: "older than the view allows, whatever is asked for",
    minutes: 61,
    most: 100,
    want: "stale",
  },
  {
    note: "old, but nothing changed since",
    minutes: 300,
    through: 5,
    want: "fresh",
  },
  {
    note: "newer than the last run of its view",
    minutes: 5,
    through: 300,
    want: "fresh",
  },
])(
  "a value that is $note is $want",
  async ({ minutes, most, through, want }) => {
    const before = (minutes: number) =>
      new Date(Date.parse(AT) - minutes * MINUTE * 1000).toISOString();
    const world: World = {
      ...SERVING,
      online: { "orders@1": { values: [3], at: before(minutes) } },
      through: through === undefined ? null : before(through),
    };
    const { ["orders.count"]: found } = await read(world, {
      ids: ["orders.count"],
      ...most !== undefined && { maxAgeSeconds: most * MINUTE },
    });
    assert.deepEqual(found, {
      value: 3,
      status: want,
      at: before(Math.min(minutes, through ?? Infinity)),
    });
  },
);

Deno.test("for a purpose that the view does not name all of it is withheld", async () => {
  const found = await read(SERVING, { ids: IDS, purpose: "resale" });
  for (const id of IDS) assert.deepEqual(found[id], WITHHELD);
  const named = await read(SERVING, { ids: IDS, purpose: "reporting" });
  assert.equal(named["orders.count"]?.value, 3);
});

Deno.test.each(
  [
    {
      note: "forbade it",
      rule: "opt_out",
      vector: { withheld: true },
      want: true,
    },
    { note: "did not forbid it", rule: "opt_out", vector: {}, want: false },
    {
      note: "never was heard of and need not ask",
      rule: "opt_out",
      vector: null,
      want: false,
    },
    { note: "never agreed", rule: "opt_in", vector: null, want: true },
    { note: "agreed", rule: "opt_in", vector: {}, want: false },
  ] as const,
)(
  "of a person who $note nothing is withheld or all is: $want",
  async ({ rule, vector, want }) => {
    const consent = { to: "email", rule };
    const world: World = {
      declared: [[viewOf({ consent }, ORDERS), "serving"]],
      online: vector === null ? {} : { "orders@1": { values: [3], ...vector } },
    };
    const hour = await read(world, { ids: ["orders.hour"] });
    assert.deepEqual(hour["orders.hour"]?.status, want ? "withheld" : "fresh");
    const count = await read(world, { ids: ["orders.count"] });
    const told = vector === null ? "missing" : "fresh";
    assert.deepEqual(count["orders.count"]?.status, want ? "withheld" : told);
  },
);

Deno.test("an id means the version that serves, the one it names, or the one it is pinned to", async () => {
  const names = (version: number, state: ViewState) =>
    [viewOf({ version }, ORDERS), state] as const;
  const world: World = {
    declared: [
      names(1, "retired"),
      names(2, "superseded"),
      names(3, "serving"),
      names(4, "candidate"),
    ],
    online: Object.fromEntries(
      [1, 2, 3, 4].map((version) => [`orders@${version}`, {
        values: [version],
      }]),
    ),
  };
  const found = await read(world, {
    ids: [0, 1, 2, 3, 4].map((version) =>
      version === 0 ? "orders.count" : `orders@${version}.count`
    ),
  });
  assert.deepEqual(
    Object.values(found).map(({ value }) => value),
    [3, null, 2, 3, 4],
  );
  for (const [pin, want] of [[1, 3], [2, 2], [3, 3], [4, 4], [9, 3]]) {
    const pins = ["other@2", `orders@${pin}`];
    const { ["orders.count"]: one } = await read(world, {
      ids: ["orders.count"],
      pins,
    });
    assert.equal(one?.value, want);
  }
});

Deno.test("each vector is read once, and told of", async () => {
  const told: string[] = [];
  const catalogues = keepCatalogues({
    list: () =>
      Promise.resolve(SERVING.declared.map(([view, state]) => ({
        ...{ view, state, declaredAt: AT, promotedAt: null },
      }))),
  });
  const keys: number[] = [];
  await readFeatures({
    tenant: "acme",
    catalogue: await catalogues.of("acme"),
    recent: {
      read: (_tenant, asked) => {
        keys.push(asked.length);
        return Promise.resolve(
          asked.map(() => ({ vector: null, through: null })),
        );
      },
    },
    onServed: (tenant, { view, entity }) =>
      told.push(`${tenant} ${view.name} ${entity}`),
  }, { ids: IDS, entities: { subject: "s-1" }, at: AT });
  assert.deepEqual(keys, [1]);
  assert.deepEqual(told, ["acme orders subject:s-1"]);
});

Deno.test("the same ids lead where the catalogue and the pins of a read say", async () => {
  const [one, two] = [1, 2].map((version) => viewOf({ version }, ORDERS));
  if (one === undefined || two === undefined) return assert.fail();
  const catalogueOf = (...views: (readonly [FeatureView, ViewState])[]) =>
    keepCatalogues({
      list: () =>
        Promise.resolve(views.map(([view, state]) => ({
          ...{ view, state, declaredAt: AT, promotedAt: null },
        }))),
    }).of("acme");
  const before = await catalogueOf([one, "serving"]);
  const after = await catalogueOf([one, "superseded"], [two, "serving"]);
  const ids = ["orders.count"];
  const [none, first, second] = [[], ["orders@1"], ["orders@2"]];
  const versions = [
    planRead(before, ids, none),
    planRead(after, ids, none),
    planRead(after, ids, first),
    planRead(after, ids, second),
    planRead(before, ids, second),
  ].map(({ features }) => features[0]?.view.version);
  assert.deepEqual(versions, [1, 2, 1, 2, 1]);
  assert.equal(planRead(after, ids, none), planRead(after, ids, none));
});
