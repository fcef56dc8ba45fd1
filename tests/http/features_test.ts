/**
 * Features and views over HTTP.
 *
 * @module
 */
import assert from "node:assert/strict";
import { askedOf, KEYED } from "./every_route.ts";
import { openCaller } from "./caller.ts";

const AT = "2026-01-31T09:00:00.000Z";
const NO_FACTS = {
  value: null,
  status: "missing",
  at: null,
  ["age_seconds"]: null,
};

/** A view that works, as the documentation shows it. */
function declaration(also: object): object {
  const [declare] = KEYED.filter(({ path, method }) =>
    path === "/views" && method === "post"
  );
  assert.ok(declare);
  return { ...askedOf(declare).body as object, ...also };
}

Deno.test("features are read with status, age, unit and meaning", async () => {
  const { ask, stub } = openCaller();
  const { body } = await ask("GET /features/campaign_daily/campaign:c%2F17");
  const told = { unit: "count", about: "Clicks" };
  assert.deepEqual(body, {
    view: "campaign_daily@2",
    entity: "campaign:c/17",
    at: AT,
    purpose: "optimization",
    features: {
      ["clicks_count_1d"]: { ...NO_FACTS, ...told },
      ["clicks_count_7d"]: {
        value: 3,
        status: "fresh",
        at: AT,
        ["age_seconds"]: 0,
        ...told,
      },
    },
  });
  assert.deepEqual(stub.read, [{
    tenant: "acme",
    ids: [
      "campaign_daily@2.clicks_count_1d",
      "campaign_daily@2.clicks_count_7d",
    ],
    entities: { campaign: "c/17" },
    at: AT,
    purpose: "optimization",
  }]);
});

Deno.test("a reader says the purpose, the version and the age it accepts", async () => {
  const { ask, stub } = openCaller();
  const query = "version=2&purpose=reporting&max_age_seconds=60";
  await ask(`GET /features/campaign_daily/campaign:c-17?${query}`);
  const [asked] = stub.read;
  assert.equal(asked?.purpose, "reporting");
  assert.equal(asked?.maxAgeSeconds, 60);
});

Deno.test("rows of many come in their order", async () => {
  const { ask, stub } = openCaller();
  await ask("POST /views", { body: declaration({ name: "secret" }) });
  const { body, status } = await ask("POST /features", {
    body: {
      entities: ["campaign:c-17", { campaign: "c-18", subject: "s-1" }],
      features: [
        "campaign_daily.clicks_count_1d",
        "campaign_daily.clicks_count_7d",
        "secret.orders_count_28d",
      ],
      versions: { ["campaign_daily"]: 2 },
      purpose: "reporting",
      ["max_age_seconds"]: 0,
      request: { basket: 12.5 },
    },
  });
  assert.equal(status, 200);
  const row = {
    values: [null, 3, null],
    statuses: ["missing", "fresh", "withheld"],
    at: [null, AT, null],
    ["age_seconds"]: [null, 0, null],
  };
  assert.deepEqual(body.rows, [row, row]);
  assert.deepEqual(
    stub.read.map(({ entities, purpose, maxAgeSeconds, given }) => ({
      ...{ entities, purpose, maxAgeSeconds, given },
    })),
    [{ campaign: "c-17" }, { campaign: "c-18", subject: "s-1" }].map((
      entities,
    ) => ({
      entities,
      purpose: "reporting",
      maxAgeSeconds: 0,
      given: { basket: 12.5 },
    })),
  );
});

const ENTITY = "campaign:c-17";
const FEATURE = "campaign_daily.clicks_count_1d";
const batch = (also: object) => ({
  entities: [ENTITY],
  features: [FEATURE],
  ...also,
});

Deno.test.each([
  { note: "no entity", body: batch({ entities: [] }), path: "entities" },
  {
    note: "501 entities",
    body: batch({ entities: Array(501).fill(ENTITY) }),
    path: "entities",
  },
  {
    note: "201 features",
    body: batch({
      features: Array.from({ length: 201 }, (_, at) => `v.f${at}`),
    }),
    path: "features",
  },
  {
    note: "a feature twice",
    body: batch({ features: [FEATURE, FEATURE] }),
    path: "features",
  },
  {
    note: "an unknown type",
    body: batch({ entities: [{ person: "s-1" }] }),
    path: "entities[0].person",
  },
  {
    note: "a nested value",
    body: batch({ request: { a: { b: 1 } } }),
    path: "request.a",
  },
  {
    note: "an age below zero",
    body: batch({ ["max_age_seconds"]: -1 }),
    path: "max_age_seconds",
  },
])("a batch with $note is refused", async ({ body, path }) => {
  const { ask, stub } = openCaller(1_000_000);
  const told = await ask("POST /features", { body });
  assert.equal(told.body.code, "request_invalid", told.text);
  assert.equal(told.body.errors[0].path, path);
  assert.deepEqual(stub.read, []);
});

Deno.test("a batch as large as it may be is answered", async () => {
  const { ask, stub } = openCaller(1_000_000);
  const features = Array.from({ length: 200 }, (_, at) => ({
    name: `orders_count_${at}d`,
    about: "Orders",
    unit: "count",
    aggregation: { how: "count" },
    window: "7d",
  }));
  await ask("POST /views", { body: declaration({ features }) });
  const { status, body } = await ask("POST /features", {
    body: {
      entities: Array.from({ length: 500 }, (_, at) => `subject:s-${at}`),
      features: features.map(({ name }) => `orders.${name}`),
    },
  });
  assert.equal(status, 200);
  assert.equal(body.rows.length, 500);
  assert.equal(body.rows[499].values.length, 200);
  assert.deepEqual(
    stub.read.map(({ entities }) => entities.subject),
    Array.from({ length: 500 }, (_, at) => `s-${at}`),
  );
});

Deno.test.each([
  { path: "/features/campaign_daily/channel:x", code: "request_invalid" },
  { path: "/features/campaign_daily/c-17", code: "request_invalid" },
  {
    path: "/features/campaign_daily/campaign:jane%40example.com",
    code: "personal_data_refused",
  },
  { path: "/features/campaign_daili/campaign:c", code: "campaign_daily" },
  {
    path: "/features/campaign_daily/campaign:c?version=3",
    code: "campaign_daily@2",
  },
  {
    path: "/features/campaign_daily/campaign:c?version=0",
    code: "request_invalid",
  },
  { path: "/features/campaign_daily/campaign:c/lineage", code: "feature" },
  {
    path: "/features/campaign_daily/campaign:c/lineage?feature=click_count_7d",
    code: "clicks_count_7d",
  },
  { path: "/views/campain_daily/statistics", code: "campaign_daily" },
])("GET $path answers $code", async ({ path, code }) => {
  const { ask } = openCaller();
  const { text, status } = await ask(`GET ${path}`);
  assert.ok(status >= 400 && status < 500);
  assert.ok(text.includes(code), text);
});

Deno.test("an unknown feature in a batch is named with the nearest", async () => {
  const { ask } = openCaller();
  const versions = { ["campaign_daily"]: 9 };
  for (
    const [asked, nearest] of [
      [{ features: ["campaign_daily.click_count_1d"] }, "clicks_count_1d"],
      [{ features: ["campain_daily.clicks_count_1d"] }, "campaign_daily"],
      [{ versions }, "campaign_daily@2"],
    ] as const
  ) {
    const told = await ask("POST /features", { body: batch(asked) });
    assert.equal(told.body.code, "not_found");
    assert.ok(told.body.detail.includes(`did you mean "${nearest}"?`));
  }
});

Deno.test("a key reads for its purposes alone", async () => {
  const { ask, stub } = openCaller();
  const key = stub.grant({ purposes: ["reporting"] });
  const path = "GET /features/campaign_daily/campaign:c-17";
  const denied = await ask(path, { key });
  assert.equal(denied.body.code, "access_denied");
  assert.equal(denied.body.facts.purpose, "optimization");
  const many = await ask("POST /features", { key, body: batch({}) });
  assert.equal(many.body.code, "access_denied");
  assert.equal((await ask(`${path}?purpose=reporting`, { key })).status, 200);
  const lineage = await ask(`${path}/lineage?feature=clicks_count_7d`, { key });
  assert.equal(lineage.body.code, "access_denied");
});

Deno.test("where a value comes from is told", async () => {
  const { ask } = openCaller();
  const path = "/features/campaign_daily/campaign:c-17/lineage";
  const { body } = await ask(
    `GET ${path}?feature=clicks_count_7d&at=2026-01-30T00:00:00.000Z`,
  );
  assert.equal(body.view, "campaign_daily@2");
  assert.equal(body.at, "2026-01-30T00:00:00.000Z");
  assert.equal(body.run, "stream");
  assert.deepEqual(body.sources[0].batches, [1, 2]);
});

Deno.test("a version waits until it is promoted", async () => {
  const { ask, stub } = openCaller();
  const first = await ask("POST /views", { body: declaration({}) });
  assert.equal(first.status, 200, first.text);
  assert.equal(first.body.state, "serving");
  const second = await ask("POST /views", {
    body: declaration({ version: 2 }),
  });
  assert.equal(second.body.state, "candidate");
  const reading = (version: string) =>
    ask(`GET /features/orders/subject:s-1${version}`);
  assert.equal((await reading("")).body.view, "orders@1");
  assert.equal((await reading("?version=2")).body.view, "orders@2");
  const promoted = await ask("POST /views/orders/2/promote");
  assert.equal(promoted.body.state, "serving");
  assert.equal((await reading("")).body.view, "orders@2");
  const { body } = await ask("GET /views");
  assert.deepEqual(
    body.views.map(({ view, state }: { view: string; state: string }) =>
      `${view} ${state}`
    ),
    ["campaign_daily@2 serving", "orders@1 superseded", "orders@2 serving"],
  );
  const [, { owner, purposes, features }] = body.views;
  assert.equal(owner, "growth");
  assert.deepEqual(purposes, ["optimization"]);
  assert.equal(features[0].unit, "count");
  const rival = stub.grant({ tenant: "rival" });
  const theirs = await ask("GET /features/orders/subject:s-1", { key: rival });
  assert.equal(theirs.status, 404);
});

Deno.test("how values are spread is told", async () => {
  const { ask } = openCaller();
  const { body } = await ask("GET /views/campaign_daily/statistics");
  assert.equal(body.view, "campaign_daily@2");
  const [numbers, categories] = body.features;
  assert.equal(numbers.null_share, 0.25);
  assert.equal(numbers.categories, null);
  assert.deepEqual(categories.categories.top, [{ category: "a", rows: 3 }]);
});
