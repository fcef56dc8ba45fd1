/**
 * What is told again of erased people stays out, and what is new comes in: a naive list
 * of what should be there is compared.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { EventSignal } from "../../core/domain/signal.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { batch, campaignDay, claimOf, keyed, subjectEvent } from "./cases.ts";
import { testDatabases } from "./databases.ts";
import {
  AT,
  checkCounts,
  dump,
  erase,
  JANE,
  LATER,
  OTHER,
  planted,
} from "./erasing.ts";

const PEOPLE = [JANE, OTHER, "u-1", "u-10"] as const;

/** Events around the erasure, by people who may name each other. */
const told = fc.array(
  fc.record({
    subject: fc.option(fc.constantFrom(...PEOPLE), { nil: undefined }),
    by: fc.option(fc.constantFrom(...PEOPLE), { nil: null }),
    ms: fc.integer({ min: -2, max: 2 }),
  }),
  { maxLength: 30 },
);

testDatabases(
  "what is delivered again stays out, what is new comes in",
  async (sql) => {
    let tenants = 0;
    const signals = createSignalStore(sql);
    await fc.assert(
      fc.asyncProperty(
        told,
        fc.uniqueArray(fc.constantFrom(...PEOPLE), { minLength: 1 }),
        async (told, subjects) => {
          const tenant = `t${tenants++}`;
          const events = told.map(({ subject, by, ms }, place): EventSignal =>
            subjectEvent(
              `e-${place}`,
              new Date(Date.parse(AT) + ms).toISOString(),
              {
                entities: subject === undefined ? { ad: "a" } : { subject },
                properties: { by },
              },
            )
          );
          const isErased = ({ subject, by }: (typeof told)[number]) =>
            subjects.some((id) =>
              subject === id || id.startsWith("email_") && by === id
            );
          const wanted = events.filter((_, place) => {
            const one = told[place];
            return one && (!isErased(one) || one.ms > 0);
          });
          const before = events.filter(({ occurredAt }) => occurredAt <= AT);
          await signals.write(batch(tenant, { events: before }));
          await erase(sql, tenant, { subjects });
          const again = await signals.write(batch(tenant, { events }));
          assert.equal(again.erased ?? 0, events.length - wanted.length);
          const kept = await sql.query<{ id: string }>(
            "select event_id as id from event where tenant = $1",
            [tenant],
          );
          assert.deepEqual(
            kept.map(({ id }) => id).sort(),
            wanted.map(({ eventId }) => eventId).sort(),
          );
          await checkCounts(sql, tenant);
        },
      ),
      { numRuns: 60 },
    );
  },
);

testDatabases(
  "an event stays out whenever it is told to have happened",
  async (sql) => {
    const tenant = "acme";
    const signals = createSignalStore(sql);
    const told = (at: string, id = "e-1") =>
      batch(tenant, {
        events: [1, 2].map(() =>
          subjectEvent(id, at, { entities: { subject: JANE } })
        ),
      });
    await signals.write(told("2026-02-01T00:00:00.000Z"));
    await erase(sql, tenant, { subjects: [JANE] });
    assert.equal((await signals.write(told(LATER))).erased, 2);
    assert.equal((await signals.write(told(LATER, "e-2"))).events, 1);
    const elsewhere = { ...told(LATER), source: "other" };
    assert.equal((await signals.write(elsewhere)).events, 1);
  },
);

testDatabases("totals and letters of the erased stay out too", async (sql) => {
  const tenant = "acme";
  const signals = createSignalStore(sql);
  await signals.write(batch(tenant, planted(JANE)));
  await erase(sql, tenant, { subjects: [JANE] });
  const again = await signals.write(batch(tenant, planted(JANE)));
  assert.equal(again.erased, 4 + 3 + 1);
  assert.ok(!(await dump(sql, tenant)).includes(JANE));
  const later = ["2026-03-01", "2026-03-02"].map((day) =>
    keyed({ ...campaignDay(day, 5n), breakdowns: { to: JANE } })
  );
  const next = await signals.write(batch(tenant, { performance: later }));
  assert.deepEqual([next.inserted, next.erased], [1, 1]);
  const [, , record] = planted(JANE).performance;
  assert.ok(record);
  const { signal } = record;
  const row = keyed({ ...signal, day: "2026-03-03" });
  const claims = [claimOf(row, { record: signal.record ?? null })];
  const taken = await signals.write(
    batch(tenant, { performance: [row], claims, observedAt: LATER }),
  );
  assert.deepEqual([taken.inserted, taken.erased], [1, undefined]);
  const gone = await signals.write(
    batch(tenant, { claims, observedAt: "2026-03-04T00:00:00.000Z" }),
  );
  assert.equal(gone.vanished, 1);
  const rest = await signals.write(batch(tenant, planted(OTHER)));
  assert.equal(rest.erased, undefined);
});
