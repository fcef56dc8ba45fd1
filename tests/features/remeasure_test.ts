/**
 * A version measured again on what happened after it was trained, and what a history
 * that was known in time, or was not, says of its inputs. Over a real store.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, startOfDay } from "../../core/domain/day.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { EventSignal, Signal } from "../../core/domain/signal.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { createTraining } from "../../core/training/training.ts";
import type { ModelFamily } from "../../plugins/contract.ts";
import logistic from "../../models/propensity_logistic/model.ts";
import { eventView, feature } from "../stores/views.ts";
import { withStores } from "./embedded_stores.ts";
import { write } from "./written_signals.ts";

const FIRST = "2026-03-01";
const DAYS = 48;
const EACH_DAY = 25;
const NOW = startOfDay(addDays(FIRST, DAYS));
const TENANT = "acme";

const SPEC = {
  grain: "rows",
  model: "offer",
  family: "propensity_logistic",
  use: {
    kind: "bid",
    valueMicros: 1,
    currency: "EUR",
    targetReturnPermille: 1000,
  },
  label: {
    start: "Email Sent",
    outcome: "Order Completed",
    matchOn: "subject",
    withinDays: 3,
  },
  features: [
    "subject_engagement.pages_viewed_count_28d",
    "subject_engagement.emails_opened_count_28d",
  ],
};

function event(
  type: string,
  [subject, day, hour]: readonly [string, number, number],
): EventSignal {
  const at = Date.parse(startOfDay(addDays(FIRST, day))) + hour * 3_600_000;
  return {
    grain: "event",
    eventId: `${type}-${subject}-${day}-${hour}`,
    type,
    occurredAt: new Date(at).toISOString(),
    entities: { subject },
    properties: {},
    valueMicros: null,
    currency: null,
  };
}

/** Each day some people look at pages, the day after they get an offer, some order. */
function story(worth: (day: number) => number): Signal[][] {
  const random = seededRandom(5);
  const days: Signal[][] = Array.from({ length: DAYS + 4 }, () => []);
  for (let day = 1; day < DAYS; day++) {
    for (let person = 0; person < EACH_DAY; person++) {
      const subject = `s-${day}-${person}`;
      const views = Math.floor(5 * random.next());
      for (let view = 0; view < views; view++) {
        days[day - 1]?.push(event("Page Viewed", [subject, day - 1, view]));
      }
      days[day - 1]?.push(event("Email Opened", [subject, day - 1, 20]));
      days[day]?.push(event("Email Sent", [subject, day, 9]));
      const chance = 0.05 + worth(day) * views;
      if (random.next() < chance) {
        days[day + 1]?.push(event("Order Completed", [subject, day + 1, 12]));
      }
    }
  }
  return days.slice(0, DAYS);
}

/** Tells each day at its end, or all of it at the end of time. */
async function tell(
  { signals }: Stores,
  days: readonly Signal[][],
  observed: (day: number) => string,
): Promise<void> {
  for (const [day, all] of days.entries()) {
    if (all.length === 0) continue;
    await write(signals, TENANT, {
      source: "crm",
      observedAt: observed(day),
      signals: all,
    });
  }
}

const inTime = (day: number) => startOfDay(addDays(FIRST, day + 1));

async function withTraining(
  work: (of: {
    readonly stores: Stores;
    readonly training: ReturnType<typeof createTraining>;
    train(
      day: number,
      more?: object,
    ): ReturnType<ReturnType<typeof createTraining>["train"]>;
  }) => Promise<void>,
): Promise<void> {
  await withStores(NOW, async (stores, clock) => {
    const families = [logistic] as readonly ModelFamily[];
    const training = createTraining({ stores, families, clock, code: "test" });
    const train = (day: number, more: object = {}) =>
      training.train({
        tenant: TENANT,
        spec: { ...SPEC, ...more, asOf: startOfDay(addDays(FIRST, day)) },
        by: "ann",
        report: () => {},
      });
    await work({ stores, training, train });
  });
}

Deno.test("a version is measured on what came since, beside the champion", async () => {
  await withTraining(async ({ stores, training, train }) => {
    await tell(stores, story((day) => day < 26 ? 0.17 : 0.05), inTime);
    const first = await train(22);
    const second = await train(42);
    const { findings } = await stores.models.evidence(TENANT, first);
    assert.deepEqual(
      findings.map(({ code, input }) => [code, input]),
      [["constant_input", "subject_engagement.emails_opened_count_28d"]],
    );
    const job = { tenant: TENANT, asOf: null, report: () => {} };
    const alone = await training.evaluate({ ...job, ref: first });
    assert.equal(alone.from, startOfDay(addDays(FIRST, 19)));
    assert.equal(alone.rows, EACH_DAY * (DAYS - 3 - 19));
    assert.equal(alone.champion, null);
    assert.deepEqual(alone.then, first.metrics);
    const { base_rate: base = 1, auc = 0 } = alone.metrics;
    assert.ok(base < (first.metrics.base_rate ?? 0), "orders became rarer");
    assert.ok((alone.intervals.auc?.[0] ?? 1) < auc && auc > 0.55);

    const early = startOfDay(addDays(FIRST, 32));
    const then = await training.evaluate({ ...job, ref: first, asOf: early });
    assert.equal(then.until, startOfDay(addDays(FIRST, 29)));
    assert.equal(then.rows, EACH_DAY * (29 - 19));

    await stores.models.review(TENANT, first, {
      ...{ by: "bob", at: NOW, approve: true },
    });
    const beside = await training.evaluate({ ...job, ref: second });
    assert.equal(beside.champion?.ref.version, first.version);
    const difference = (beside.metrics.logloss ?? NaN) -
      (beside.champion?.metrics.logloss ?? NaN);
    assert.ok(
      Math.abs((beside.lossDifference?.value ?? NaN) - difference) < 1e-12,
    );
    assert.ok(difference < 0, "what learnt of the new days is better on them");
    await assert.rejects(
      training.evaluate({ ...job, ref: second, asOf: early }),
      { code: "dataset_invalid", message: /0 labels came about/ },
    );
    await assert.rejects(
      training.evaluate({ ...job, ref: { name: "offer", version: 9 } }),
      { code: "not_found" },
    );
  });
});

Deno.test("neither version is measured beside the other on rows that taught one of them", async () => {
  await withTraining(async ({ stores, training, train }) => {
    await tell(stores, story(() => 0.17), inTime);
    const first = await train(22);
    const approve = (ref: typeof first) =>
      stores.models.review(TENANT, ref, {
        ...{ by: "bob", at: NOW, approve: true },
      });
    const job = { tenant: TENANT, asOf: null, report: () => {}, ref: first };
    const champion = await train(38);
    await approve(champion);
    const beside = await training.evaluate(job);
    assert.equal(beside.champion?.ref.version, champion.version);
    assert.equal(beside.from, startOfDay(addDays(FIRST, 35)));
    assert.equal(beside.rows, EACH_DAY * (DAYS - 3 - 35));

    const other = await train(39, { label: { ...SPEC.label, withinDays: 2 } });
    await approve(other);
    const alone = await training.evaluate(job);
    assert.equal(alone.champion, null, "it says another outcome");
    assert.equal(alone.from, startOfDay(addDays(FIRST, 19)));
  });
});

Deno.test("a version is made and measured from the views it learnt of, whatever serves", async () => {
  await withTraining(async ({ stores, training, train }) => {
    await tell(stores, story(() => 0.17), inTime);
    const viewOf = (version: number, type: string) => ({
      ...eventView(
        feature("seen_count", { how: "count" }, { where: { types: [type] } }),
      ),
      ...{ name: "pages", version, purposes: ["optimization"] },
    });
    await stores.views.save(TENANT, viewOf(1, "Page Viewed"), NOW);
    const record = await train(30, { features: ["pages.seen_count"] });
    const job = {
      ...{ tenant: TENANT, asOf: null, ref: record, report: () => {} },
    };
    const before = await training.evaluate(job);
    await stores.views.save(TENANT, viewOf(2, "Email Sent"), NOW);
    await stores.views.promote(TENANT, { name: "pages", version: 2 }, NOW);

    assert.deepEqual(await training.evaluate(job), before);
    const { differences, made } = await training.reproduce(job);
    assert.deepEqual(differences, []);
    assert.equal(made.datasetHash, record.lineage.datasetHash);
    const retrained = await training.retrain({ ...job, record, by: "ann" })
      .catch((error) => error);
    assert.match(
      String(retrained.lineage?.views ?? retrained),
      /pages@2|teaches nothing|missing in every/,
    );
  });
});

Deno.test("inputs that were told after their rows are named, a history brought in late as a whole", async () => {
  await withTraining(async ({ stores, train }) => {
    const late = inTime(44);
    await tell(stores, story(() => 0.2), () => late);
    const { findings } = await stores.models.evidence(TENANT, await train(46));
    assert.ok(findings.some(({ code }) => code === "history_late"));
    assert.ok(findings.every(({ code }) => code !== "time_travel"));
  });
  await withTraining(async ({ stores, train }) => {
    const days = story(() => 0.2);
    const isLate = (signal: Signal) =>
      signal.grain === "event" && signal.type === "Page Viewed" &&
      signal.occurredAt.endsWith("T03:00:00.000Z");
    await tell(
      stores,
      days.map((all) => all.filter((one) => !isLate(one))),
      inTime,
    );
    await tell(stores, days.map((all) => all.filter(isLate)), () => inTime(44));
    const { findings } = await stores.models.evidence(TENANT, await train(46));
    assert.deepEqual(
      findings.filter(({ code }) => code === "time_travel").map(({ input }) =>
        input
      ),
      ["subject_engagement.pages_viewed_count_28d"],
    );
  });
});
