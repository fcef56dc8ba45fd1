/**
 * The point-in-time join: what a training row may know, and what it may not.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Instant } from "../../core/domain/day.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import { withBuiltin } from "../../core/features/versions.ts";
import {
  type JoinQuery,
  trainingRows,
} from "../../core/features/point_in_time.ts";
import type {
  DeclaredView,
  FeatureHistory,
  ViewState,
} from "../../core/ports/features.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { batch, campaignDay, keyed, subjectEvent } from "../stores/cases.ts";
import { campaignView, eventView, feature } from "../stores/views.ts";
import { withStores } from "./embedded_stores.ts";

const DECISION = "2026-03-10T12:00:00.000Z";
const BEFORE = "2026-03-10T11:59:59.999Z";
const AFTER = "2026-03-10T12:00:00.001Z";
const LATER = "2026-03-20T00:00:00.000Z";

const COUNTS = eventView(
  feature("events_7d", { how: "count" }, { window: "7d" }),
  feature("value_7d", { how: "sum", of: "value_micros" }, { window: "7d" }),
  feature("hour_of_day", { how: "calendar", part: "hour_of_day" }),
);

function declared(view: FeatureView, state: ViewState = "serving") {
  return { view, state, declaredAt: BEFORE, promotedAt: null } as DeclaredView;
}

/** Columns of one subject and campaign at moments. */
async function join(
  { history }: Pick<Stores, "history">,
  tenant: string,
  query: Partial<JoinQuery> & { readonly ats?: readonly Instant[] },
) {
  const { ats = [DECISION], ...also } = query;
  const { columns } = await trainingRows(history, {
    tenant,
    labels: ats.map((at) => ({
      entities: { subject: "s-1", campaign: "c-1" },
      at,
    })),
    ids: ["engagement.events_7d"],
    views: [declared(COUNTS)],
    knownAt: null,
    ...also,
  });
  return columns;
}

const CHECKS: readonly (readonly [
  string,
  (stores: Stores, tenant: string) => Promise<void>,
])[] = [
  ["a signal of the future is not seen", hideFuture],
  ["what became known later is not seen at the decision", hideLateNews],
  ["a total that was restated later counts as it was known", hideRestated],
  ["an entity without signals has no values, not zeros", leaveOutUnseen],
  ["what consent forbade at the decision is null", withhold],
  ["a pinned version is read, an unknown one refused", pinVersion],
  ["features of the request come from the starting event", joinRequest],
  ["a row without the entity has what needs none", joinMoment],
];

Deno.test("point-in-time join", async (t) => {
  await withStores(LATER, async (stores) => {
    for (const [place, [name, check]] of CHECKS.entries()) {
      await t.step(name, () => check(stores, `tenant-${place}`));
    }
  });
});

async function hideFuture(stores: Stores, tenant: string): Promise<void> {
  await stores.signals.write(batch(tenant, {
    observedAt: BEFORE,
    events: [
      subjectEvent("past", BEFORE, { valueMicros: 1n, currency: "EUR" }),
      subjectEvent("now", DECISION, { valueMicros: 10n, currency: "EUR" }),
      subjectEvent("next", AFTER, { valueMicros: 100n, currency: "EUR" }),
    ],
  }));
  for (const knownAt of [null, LATER, "point"] as const) {
    const columns = await join(stores, tenant, {
      ats: [BEFORE, DECISION, AFTER, LATER],
      ids: ["engagement.events_7d", "engagement.value_7d"],
      knownAt,
    });
    assert.deepEqual(columns, [[null, 1, 2, null], [null, 1, 11, null]]);
  }
}

async function hideLateNews(stores: Stores, tenant: string): Promise<void> {
  const write = (observedAt: string, id: string) =>
    stores.signals.write(batch(tenant, {
      observedAt,
      events: [subjectEvent(id, "2026-03-09T00:00:00.000Z")],
    }));
  await write(BEFORE, "told before");
  await write(DECISION, "told at the decision");
  await write(AFTER, "told later");
  const known = async (knownAt: JoinQuery["knownAt"], at = DECISION) =>
    (await join(stores, tenant, { ats: [at], knownAt }))[0]?.[0];
  assert.equal(await known("point"), 2);
  assert.equal(await known("point", BEFORE), 1);
  assert.equal(await known("point", AFTER), 3);
  assert.equal(await known(null), 3);
  assert.equal(await known(BEFORE), 1);
}

async function hideRestated(stores: Stores, tenant: string): Promise<void> {
  const write = (observedAt: string, spendMicros: bigint) =>
    stores.signals.write(batch(tenant, {
      observedAt,
      performance: [keyed(campaignDay("2026-03-09", spendMicros))],
    }));
  await write("2026-03-10T06:00:00.000Z", 5n);
  await write(LATER, 8n);
  const view = campaignView(
    feature("spend", { how: "sum", of: "spend_micros" }, { window: "30d" }),
  );
  const spend = (knownAt: JoinQuery["knownAt"], at: Instant) =>
    join(stores, tenant, {
      ats: [at],
      ids: ["campaign_daily.spend"],
      views: [declared(view)],
      knownAt,
    });
  assert.deepEqual(await spend("point", DECISION), [[5]]);
  assert.deepEqual(await spend("point", LATER), [[8]]);
  assert.deepEqual(await spend("point", "2026-03-10T00:00:00.000Z"), [[null]]);
  assert.deepEqual(await spend(null, DECISION), [[8]]);
}

async function leaveOutUnseen(stores: Stores, tenant: string): Promise<void> {
  await stores.signals.write(batch(tenant, {
    events: [subjectEvent("old", "2026-03-09T00:00:00.000Z")],
  }));
  const view = eventView(
    feature("last_hour", { how: "count" }, { window: "1h" }),
    feature("week", { how: "count" }, { window: "7d" }),
  );
  const columns = await join(stores, tenant, {
    ats: [DECISION, LATER],
    ids: ["engagement.last_hour"],
    views: [declared(view)],
  });
  assert.deepEqual(columns, [[0, null]]);
}

async function withhold(stores: Stores, tenant: string): Promise<void> {
  const said = (id: string, occurredAt: string, email: boolean) =>
    subjectEvent(id, occurredAt, { consent: { email } });
  await stores.signals.write(batch(tenant, {
    observedAt: BEFORE,
    events: [
      said("granted", "2026-03-08T00:00:00.000Z", true),
      said("denied", "2026-03-10T00:00:00.000Z", false),
      said("again", DECISION, true),
    ],
  }));
  const ids = ["engagement.events_7d", "engagement.hour_of_day"];
  const ats = ["2026-03-09T01:00:00.000Z", DECISION, AFTER];
  for (const rule of ["opt_in", "opt_out"] as const) {
    const view = { ...COUNTS, consent: { to: "email", rule } };
    const columns = await join(stores, tenant, {
      ats,
      ids,
      views: [declared(view)],
    });
    assert.deepEqual(columns, [[1, null, 3], [1, null, 12]], rule);
  }
}

async function pinVersion(stores: Stores, tenant: string): Promise<void> {
  await stores.signals.write(batch(tenant, {
    events: [subjectEvent("past", BEFORE)],
  }));
  const next = {
    ...COUNTS,
    version: 2,
    features: [feature("events_7d", { how: "rate", per: "day" }, {
      window: "7d",
    })],
  };
  const views = withBuiltin([declared(COUNTS), declared(next, "candidate")]);
  const columns = await join(stores, tenant, {
    ids: [
      "engagement.events_7d",
      "engagement@2.events_7d",
      "engagement@1.events_7d",
      "seasonality.month_of_year",
    ],
    views,
  });
  assert.deepEqual(columns, [[1], [1 / 7], [1], [3]]);
  for (const id of ["engagement@3.events_7d", "engagement@2.value_7d", "no"]) {
    await assert.rejects(join(stores, tenant, { ids: [id], views }), {
      code: "dataset_invalid",
      message: new RegExp(`"${id}"`),
    });
  }
}

async function joinRequest(stores: Stores, tenant: string): Promise<void> {
  await stores.signals.write(batch(tenant, {
    events: [
      subjectEvent("start", DECISION, {
        type: "Email Sent",
        properties: { device: "tv", basket: 9, segment: "Mens" },
      }),
    ],
  }));
  const [label] = await stores.history.labels({
    tenant,
    start: "Email Sent",
    actionProperty: "segment",
    outcome: "Order Completed",
    matchOn: "subject",
    withinDays: 1,
    measure: "occurs",
    from: null,
    until: null,
    knownAt: null,
  });
  assert.ok(label);
  const view: FeatureView = {
    ...eventView(
      feature("device", { how: "request", of: "device", as: "category" }),
      feature("basket", { how: "request", of: "basket", as: "log1p" }),
      feature("absent", { how: "request", of: "absent", as: "number" }),
    ),
    name: "visit",
    source: { grain: "request" },
  };
  const columns = await join(stores, tenant, {
    labels: [label],
    ids: ["visit.device", "visit.basket", "visit.absent"],
    views: [declared(view)],
  });
  assert.deepEqual(columns, [["tv"], [Math.log1p(9)], [null]]);
}

async function joinMoment(stores: Stores, tenant: string): Promise<void> {
  const columns = await join(stores, tenant, {
    labels: [{ entities: {}, at: DECISION }],
    ids: ["engagement.hour_of_day", "engagement.events_7d"],
  });
  assert.deepEqual(columns, [[12], [null]]);
}

Deno.test("trainingRows() keeps rows in place over many batches", async () => {
  const labels = Array.from({ length: 12_001 }, (_, row) => ({
    entities: { subject: `${row}` },
    at: DECISION,
  }));
  const sizes: number[] = [];
  const history = {
    aggregate: async (_tenant, _view, { points }) => {
      sizes.push(points.length);
      await Promise.resolve();
      return points.map(({ id }) => [1, Number(id)]);
    },
  } as Pick<FeatureHistory, "aggregate"> as FeatureHistory;
  const shares: number[] = [];
  const [column] = await join({ history }, "t", {
    labels,
    progress: (share) => shares.push(share),
  });
  assert.deepEqual(column, labels.map((_, row) => row));
  assert.ok(sizes.length > 1 && Math.max(...sizes) < labels.length);
  assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
  assert.equal(shares.at(-1), 1);
});
