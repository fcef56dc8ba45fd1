/**
 * Whom a change concerns, and as of when their vectors are computed again.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureView } from "../domain/feature.ts";
import type { EventSignal, PerformanceSignal } from "../domain/signal.ts";
import type {
  EventMessage,
  PerformanceMessage,
  StreamMessage,
} from "../ports/stream.ts";
import { followChanges, touchedIn } from "./follow_changes.ts";

const NOW = "2026-03-01T12:00:00.000Z";

function viewOf(given: Partial<FeatureView>): FeatureView {
  const aggregation = { how: "count" } as const;
  return {
    name: "orders",
    version: 1,
    entity: "subject",
    owner: "tests",
    purposes: ["optimization"],
    about: "A view",
    ttlSeconds: 60,
    source: { grain: "event" },
    features: [{
      ...{
        name: "count",
        aggregation,
        about: "c",
        unit: "count",
        window: null,
      },
    }],
    ...given,
  };
}

const ORIGIN = { tenant: "acme", source: "s", connector: "c", observedAt: NOW };

function event(
  occurredAt: string,
  entities: EventSignal["entities"],
  consent?: EventSignal["consent"],
): EventMessage {
  return {
    ...ORIGIN,
    id: occurredAt,
    kind: "event",
    event: {
      ...{ grain: "event", eventId: occurredAt, type: "Order", occurredAt },
      ...{ entities, valueMicros: null, currency: null, properties: {} },
      ...consent && { consent },
    },
  };
}

function row(
  day: string,
  level: PerformanceSignal["level"],
  entities: PerformanceSignal["entities"],
): PerformanceMessage {
  return {
    ...{ ...ORIGIN, id: day, kind: "performance", change: "restated" },
    ...{ rowKey: day, revision: 2, maturity: "final", before: {}, after: {} },
    row: {
      ...{ grain: "performance", report: "r", level, entities, day },
      ...{ periodDays: 1, zone: "UTC", currency: "EUR", breakdowns: {} },
      attribution: "",
    },
  };
}

const EARLY = "2026-02-01T00:00:00.000Z";
const MESSAGES: readonly StreamMessage[] = [
  event(EARLY, { subject: "ann", campaign: "c-1" }),
  event(NOW, { subject: "ann" }, { email: false }),
  event(NOW, { campaign: "c-2" }),
  row("2026-02-01", "campaign", { campaign: "c-1", channel: "tv" }),
  row("2026-02-02", "channel", { channel: "tv" }),
];
const CAMPAIGNS = {
  entity: "campaign",
  source: { grain: "performance", level: "campaign" },
} as const;
const CALENDAR = { how: "calendar", part: "hour_of_day" } as const;

Deno.test.each([
  {
    note: "of events: whoever an event names",
    view: {},
    want: [{ id: "ann", moments: [EARLY, NOW] }],
  },
  {
    note: "of totals: whom rows of its level name, at the start of their days",
    view: CAMPAIGNS,
    want: [{ id: "c-1", moments: [EARLY] }],
  },
  {
    note: "of another entity of the rows of a level",
    view: { ...CAMPAIGNS, entity: "channel" as const },
    want: [{ id: "tv", moments: [EARLY] }],
  },
  {
    note:
      "of totals of people: whose consent an event tells of, without a moment",
    view: {
      source: { grain: "performance", level: "subject" } as const,
      consent: { to: "email", rule: "opt_out" } as const,
    },
    want: [{ id: "ann", moments: [] }],
  },
  {
    note: "that asks for another consent: nobody",
    view: {
      source: { grain: "performance", level: "subject" } as const,
      consent: { to: "ads", rule: "opt_out" } as const,
    },
    want: [],
  },
  {
    note: "of the moment alone: nobody",
    view: {
      features: [{
        ...{ name: "hour", aggregation: CALENDAR, about: "h", unit: "hours" },
        window: null,
      }],
    },
    want: [],
  },
])("a change concerns, in a view $note", ({ view, want }) => {
  assert.deepEqual(touchedIn(viewOf(view), MESSAGES), want);
});

/** What was computed and written, in order. */
async function follow(
  messages: readonly StreamMessage[],
  {
    signal = new AbortController().signal,
    holdsBack = (_tenant: string, _view: FeatureView): boolean => false,
  } = {},
) {
  const done: { ids: string[]; at: string; written: number }[] = [];
  const scope = {
    holdsBack,
    history: {
      refresh: (_tenant: string, view: FeatureView, change: {
        touched: readonly { id: string }[];
        at: string;
      }) => {
        const ids = change.touched.map(({ id }) => id);
        done.push({ ids, at: change.at, written: 0 });
        return Promise.resolve(ids.map((id) => ({
          ...{ view: view.name, version: view.version, at: change.at },
          ...{ entity: `subject:${id}` as const, values: [1] },
        })));
      },
    },
    online: {
      write: (_tenant: string, vectors: readonly unknown[]) => {
        const last = done.at(-1) ?? assert.fail();
        last.written += vectors.length;
        return Promise.resolve();
      },
    },
  };
  const views = [viewOf({})];
  const changes = { tenant: "acme", views, messages, now: NOW, signal };
  const computed = await followChanges(scope, changes);
  return { done, computed };
}

Deno.test("many entities are computed and written in pieces", async () => {
  const messages = Array.from(
    { length: 450 },
    (_, place) => event(EARLY, { subject: `s-${place}` }),
  );
  const { done, computed } = await follow(messages);
  assert.deepEqual(done.map(({ written }) => written), [200, 200, 50]);
  assert.equal(computed, 450);
  assert.ok(done.every(({ at }) => at === NOW));
});

Deno.test.each([
  { note: "of the past", ahead: -1000, want: 0 },
  { note: "of this very moment", ahead: 0, want: 1 },
  { note: "of a clock that is a little ahead", ahead: 3000, want: 3001 },
  { note: "of a moment far ahead", ahead: 60_000, want: 0 },
])("an event $note counts when it can", async ({ ahead, want }) => {
  const later = (ms: number) => new Date(Date.parse(NOW) + ms).toISOString();
  const { done } = await follow([event(later(ahead), { subject: "ann" })]);
  assert.deepEqual(done.map(({ at }) => at), [later(want)]);
});

Deno.test("a follower that is told to stop computes no further piece", async () => {
  const stopped = AbortSignal.abort(new Error("stop"));
  await assert.rejects(
    follow([event(EARLY, { subject: "ann" })], { signal: stopped }),
    /stop/,
  );
});

Deno.test("a view that is held back is computed, and stays as it is online", async () => {
  const { done } = await follow([event(EARLY, { subject: "ann" })], {
    holdsBack: (tenant, { name }) => tenant === "acme" && name === "orders",
  });
  assert.deepEqual(done.map(({ ids, written }) => ({ ids, written })), [
    { ids: ["ann"], written: 0 },
  ]);
});
