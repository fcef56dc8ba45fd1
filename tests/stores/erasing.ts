/**
 * Erasures of a database alone, and people planted in every place of a signal.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createErasureStore } from "../../core/store/erasure.ts";
import type { Sql } from "../../core/store/sql.ts";
import { campaignDay, claimOf, keyed, subjectEvent } from "./cases.ts";

/** Pseudonyms of two people. */
export const JANE = `email_${"3f".repeat(16)}`;
export const OTHER = `email_${"4e".repeat(16)}`;
/** When they are erased, and later. */
export const AT = "2026-03-01T00:00:00.000Z";
export const LATER = "2026-03-02T00:00:00.000Z";

/** Erases as the engine does, without features. */
export async function erase(
  sql: Sql,
  tenant: string,
  { subjects, at = AT, id = `era_${at}` }: {
    readonly subjects: readonly string[];
    readonly at?: string;
    readonly id?: string;
  },
) {
  const store = createErasureStore(sql);
  const begun = await store.begin({ tenant, id, subjects }, {
    at,
    askedBy: "key_1",
  });
  const target = { tenant, id: begun.id, subjects };
  for (const source of await store.sources(tenant)) {
    await store.eraseSource(target, source, []);
  }
  await store.eraseAnswers(target);
  const bereft = await store.bereft(target);
  const naming = await store.namingEntities(target);
  const record = await store.finish(target, { at, vectors: 0 });
  return { record, bereft, naming };
}

/** Every row of a tenant's as text. */
export async function dump(sql: Sql, tenant: string): Promise<string> {
  const tables = await sql.query<{ name: string }>(
    `select table_name::text as name from information_schema.columns
    where table_schema = 'public' and column_name = 'tenant'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) =>
      sql.query<{ row: string }>(
        `select to_jsonb(t)::text as row from "${name}" t where tenant = $1`,
        [tenant],
      )
    ),
  );
  return rows.flat().map(({ row }) => row).join("\n");
}

/** Compares what a source says that it keeps with what there is. */
export async function checkCounts(sql: Sql, tenant: string): Promise<void> {
  const [counted] = await sql.query(
    `select s.events, s.performance, s.revisions,
      (select count(*) from event e where e.tenant = s.tenant) as has_events,
      (select count(*) from performance p where p.tenant = s.tenant
        and superseded_at is null) as has_performance,
      (select count(*) from performance p where p.tenant = s.tenant)
        as has_revisions
    from source s where tenant = $1`,
    [tenant],
  );
  const { events, performance, revisions, ...has } = counted ?? {};
  assert.deepEqual(
    [events, performance, revisions],
    [has.has_events, has.has_performance, has.has_revisions],
  );
}

/** Rows of hers that the next whole claim of the day does not mention. */
export const VANISHED = 2;

/** A record that cannot be read. */
export const REJECT = { reason: "time_missing", detail: "no time" };

/** Signals that name a person in every place. */
export function planted(person: string) {
  const total = (day: string, also: object) =>
    keyed({ ...campaignDay(day, 5n), ...also });
  const rows = [
    total("2026-02-01", { entities: { campaign: "c-1", subject: person } }),
    total("2026-02-01", { breakdowns: { audience: `sent to ${person}` } }),
    total("2026-02-01", { record: `row:${person}` }),
  ];
  return {
    performance: rows,
    claims: rows.map((row) =>
      claimOf(row, { record: row.signal.record ?? null })
    ),
    events: [
      subjectEvent(`${person}-1`, "2026-02-01T10:00:00.000Z", {
        entities: { subject: person, campaign: "c-1" },
      }),
      subjectEvent(`${person}-2`, "2026-02-01T10:30:00.000Z", {
        entities: { subject: "u-9", campaign: `for ${person}` },
      }),
      subjectEvent(`${person}-3`, "2026-02-01T12:00:00.000Z", {
        entities: { subject: "u-9", campaign: "c-2" },
        properties: { [person]: 1 },
      }),
      subjectEvent(`${person}-4`, "2026-02-01T13:00:00.000Z", {
        entities: { ad: "a-1" },
        consent: { [`mail to ${person}`]: true },
      }),
    ],
    rejects: [{ ...REJECT, original: `{"to":"${person}"}` }],
  };
}
