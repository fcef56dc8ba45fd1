/**
 * What is kept of sources: cursors, counts, freshness, dead letters, and totals as
 * they were known.
 *
 * @module
 */
import type {
  DeadLetter,
  KnownPerformance,
  Maturity,
  PerformanceQuery,
  SignalCounts,
  SignalStore,
  SourceFreshness,
} from "../ports/signals.ts";
import { toSignal } from "./performance_rows.ts";
import type { Row, Sql } from "./sql.ts";
import { inForceSql, startStatement } from "./statement.ts";

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
    listDeadLetters: async (tenant, filter) => {
      const { source = null, reason = null, after = null, limit } = filter;
      const rows = await sql.query<DeadLetter & { context: string | null }>(
        after === null ? NEWEST_LETTERS : OLDEST_LETTERS,
        [
          tenant,
          source,
          reason,
          limit,
          ...after === null ? [] : [after.observedAt, after.id],
        ],
      );
      return rows.map(({ context, ...letter }) =>
        context === null ? letter : { ...letter, context }
      );
    },
    performance: (query) => readPerformance(sql, query),
  };
}

async function readPerformance(
  sql: Sql,
  { tenant, source, report, range, knownAt, limit }: PerformanceQuery,
): Promise<KnownPerformance[]> {
  const statement = startStatement();
  const { bind } = statement;
  const claimed = knownAt === null
    ? ""
    : `and c.claimed_at <= ${bind(knownAt)}::timestamptz`;
  const text = `
    select s.*, coalesce(claim.maturity, s.maturity) as known_maturity
    from performance s
    left join lateral (
      select c.maturity from partition_claim c
      where c.tenant = s.tenant and c.source = s.source
        and c.partition_key = s.partition_key ${claimed}
      order by c.claimed_at desc limit 1
    ) claim on true
    where s.tenant = ${bind(tenant)} and s.source = ${bind(source)}
      and (${bind(report)}::text is null or s.report = ${bind(report)}::text)
      and s.day >= ${bind(range.from)}::date
      and s.day < ${bind(range.until)}::date
      and ${inForceSql(knownAt, statement)}
    order by s.day, s.row_key
    limit ${bind(limit)}::int4`;
  return (await sql.query(text, statement.params)).map(toKnown);
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
  select s.name as source, s.connector,
    coalesce(p.in_force, 0)::int4 as performance,
    coalesce(p.revisions, 0)::int4 as revisions,
    coalesce(e.events, 0)::int4 as events,
    coalesce(d.reasons, '{}') as "deadLetters",
    s.last_observed_at as "lastObservedAt"
  from source s
  left join (
    select source, count(*) as revisions,
      count(*) filter (where superseded_at is null) as in_force
    from performance where tenant = $1 group by source
  ) p on p.source = s.name
  left join (
    select source, count(*) as events
    from event where tenant = $1 group by source
  ) e on e.source = s.name
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

const LETTERS = `
  select id, source, connector, reason, detail, original, context,
    observed_at as "observedAt"
  from dead_letter
  where tenant = $1
    and ($2::text is null or source = $2)
    and ($3::text is null or reason = $3)`;

const NEWEST_LETTERS = `${LETTERS} order by observed_at desc, id limit $4`;
const OLDEST_LETTERS = `${LETTERS}
    and (observed_at, id) > ($5::timestamptz, $6)
  order by observed_at, id limit $4`;
