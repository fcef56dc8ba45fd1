/**
 * What is kept of sources: cursors, counts, freshness, dead letters, and totals as
 * they were known.
 *
 * @module
 */
import type {
  DeadLetter,
  KnownPerformance,
  LetterFilter,
  Maturity,
  PerformanceQuery,
  SignalCounts,
  SignalStore,
  SourceFreshness,
} from "../ports/signals.ts";
import type { Day } from "../domain/day.ts";
import { type EntityKey, entityKey, parseEntityKey } from "../domain/entity.ts";
import { toSignal } from "./performance_rows.ts";
import type { Row, Sql } from "./sql.ts";
import { inForceSql, startStatement } from "./statement.ts";
import { entityColumn } from "./tables/columns.ts";

/** Reads what a database keeps of sources. */
export function readSignals(
  sql: Sql,
): Omit<SignalStore, "write" | "latestClaims" | "lagCurve"> {
  return {
    readCursor: async (tenant, source, scope) => {
      const [row] = await sql.query<{ cursor: string | null }>(
        "select cursor from source_cursor where tenant = $1 and source = $2 and scope = $3",
        [tenant, source, scope],
      );
      return row?.cursor ?? null;
    },
    count: (tenant) => sql.query<SignalCounts>(COUNT, [tenant]),
    freshness: async () =>
      (await sql.query<SourceFreshness & { batches: bigint; rows: bigint }>(
        FRESHNESS,
      )).map((row) => ({
        ...row,
        batches: Number(row.batches),
        rows: Number(row.rows),
      })),
    tenants: async () => {
      const rows = await sql.query<{ tenant: string }>(
        "select distinct tenant from source order by tenant",
      );
      return rows.map(({ tenant }) => tenant);
    },
    listDeadLetters: (tenant, filter) => readLetters(sql, tenant, filter),
    performance: (query) => readPerformance(sql, query),
    reported: (tenant, source, asked) =>
      readReported(sql, { tenant, source, ...asked }),
  };
}

async function readLetters(
  sql: Sql,
  tenant: string,
  { source, reason, after, limit }: LetterFilter,
): Promise<DeadLetter[]> {
  const { bind, params } = startStatement();
  const conditions = [
    `tenant = ${bind(tenant)}`,
    ...source === undefined ? [] : [`source = ${bind(source)}`],
    ...reason === undefined ? [] : [`reason = ${bind(reason)}`],
    ...after === undefined ? [] : [
      `(observed_at, id) > (${bind(after.observedAt)}::timestamptz, ${
        bind(after.id)
      })`,
    ],
  ];
  const order = after === undefined
    ? "observed_at desc, id desc"
    : "observed_at, id";
  const rows = await sql.query<DeadLetter & { context: string | null }>(
    `select id, source, connector, version, reason, detail, original, context,
      observed_at as "observedAt"
    from dead_letter where ${conditions.join(" and ")}
    order by ${order} limit ${bind(limit)}::int4`,
    params,
  );
  return rows.map(({ context, ...letter }) =>
    context === null ? letter : { ...letter, context }
  );
}

/** The page is cut before its claims are looked up. */
async function readPerformance(
  sql: Sql,
  { tenant, source, report, range, knownAt, limit, after }: PerformanceQuery,
): Promise<KnownPerformance[]> {
  const statement = startStatement();
  const { bind } = statement;
  const conditions = [
    `s.tenant = ${bind(tenant)}`,
    `s.source = ${bind(source)}`,
    `s.day >= ${bind(range.from)}::date`,
    `s.day < ${bind(range.until)}::date`,
    inForceSql(knownAt, statement),
    ...report === null ? [] : [`s.report = ${bind(report)}`],
    ...after
      ? [
        `(s.day, s.row_key) > (${bind(after.day)}::date, ${
          bind(after.rowKey)
        })`,
      ]
      : [],
  ];
  const claimed = knownAt === null
    ? ""
    : `and c.since <= ${bind(knownAt)}::timestamptz`;
  const text = `
    select s.*, coalesce(claim.maturity, s.maturity) as known_maturity
    from (
      select * from performance s
      where ${conditions.join(" and ")}
      order by s.day, s.row_key
      limit ${bind(limit)}::int4
    ) s
    left join lateral (
      select c.maturity from partition_claim c
      where c.tenant = s.tenant and c.source = s.source
        and c.partition_key = s.partition_key ${claimed}
      order by c.claimed_at desc limit 1
    ) claim on true
    order by s.day, s.row_key`;
  return (await sql.query(text, statement.params)).map(toKnown);
}

/** Looked up by entity, a type at a time, as the index of each type has it. */
async function readReported(
  sql: Sql,
  { tenant, source, entities, since }: {
    readonly tenant: string;
    readonly source: string;
    readonly entities: readonly EntityKey[];
    readonly since: Day;
  },
): Promise<Set<EntityKey>> {
  const found = new Set<EntityKey>();
  const byType = Map.groupBy(entities.map(parseEntityKey), ({ type }) => type);
  for (const [type, keys] of byType) {
    const column = entityColumn(type);
    const rows = await sql.query<{ id: string }>(
      `select distinct s.${column} as id from performance s
      where s.tenant = $1 and s.source = $2 and s.level = $3
        and s.${column} = any($4::text[]) and s.day >= $5::date
        and s.superseded_at is null`,
      [tenant, source, type, keys.map(({ id }) => id), since],
    );
    rows.forEach(({ id }) => found.add(entityKey(type, id)));
  }
  return found;
}

function toKnown(row: Row): KnownPerformance {
  return {
    rowKey: String(row.row_key),
    revision: Number(row.revision),
    observedAt: String(row.observed_at),
    maturity: String(row.known_maturity) as Maturity,
    signal: toSignal(row),
  };
}

const COUNT = `
  select s.name as source, s.connector, s.performance::float8 as performance,
    s.revisions::float8 as revisions, s.events::float8 as events,
    coalesce(d.reasons, '{}') as "deadLetters",
    s.last_observed_at as "lastObservedAt"
  from source s
  left join (
    select source, jsonb_object_agg(reason, letters) as reasons
    from (
      select source, reason, count(*) as letters
      from dead_letter where tenant = $1 group by source, reason
    ) by_reason group by source
  ) d on d.source = s.name
  where s.tenant = $1
  order by s.name`;

const FRESHNESS = `
  select tenant, name as source, connector, batches, rows,
    last_observed_at as "lastObservedAt", latest_day as "latestDay"
  from source
  order by tenant, name`;
