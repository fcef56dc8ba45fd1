/**
 * Totals that sources restate. A row whose content changed gets a new revision and
 * the old one the moment at which it ceased to hold; a row that a complete
 * partition no longer mentions gets a revision of zeros. An observation older
 * than the one in force, or than a claim of the whole partition, changes nothing.
 *
 * @module
 */
import type {
  KeyedPerformance,
  SignalBatch,
  WriteReport,
} from "../ports/signals.ts";
import {
  columnNames,
  givenColumns,
  METRIC_COLUMNS,
  PERFORMANCE_COLUMNS,
  performanceRow,
  printRows,
  recordset,
} from "./signal_columns.ts";
import { chunks } from "./chunks.ts";
import type { Session } from "./sql.ts";

/** Content of a row that its source no longer mentions. */
export const VANISHED = "vanished";

type PerformanceReport = Pick<
  WriteReport,
  "inserted" | "restated" | "unchanged" | "vanished"
>;

/** A batch with its number in the source. */
export interface NumberedBatch extends SignalBatch {
  readonly batch: number;
}

/** Writes the performance rows of a batch, the last of equal keys. */
export async function writePerformance(
  tx: Session,
  batch: NumberedBatch,
): Promise<PerformanceReport> {
  const rows = [
    ...new Map(batch.performance.map((row) => [row.rowKey, row])).values(),
  ];
  let restated = 0;
  let added = 0;
  for (const chunk of chunks(rows)) {
    restated += await supersede(tx, batch, chunk);
    added += await insert(tx, batch, chunk);
  }
  return {
    inserted: added - restated,
    restated,
    unchanged: rows.length - added,
    vanished: await vanish(tx, batch, rows),
  };
}

async function supersede(
  tx: Session,
  batch: NumberedBatch,
  rows: readonly KeyedPerformance[],
): Promise<number> {
  const superseded = await tx.query(SUPERSEDE, [
    batch.tenant,
    batch.observedAt,
    rows.map(({ rowKey }) => rowKey),
    rows.map(({ contentHash }) => contentHash),
  ]);
  return superseded.length;
}

async function insert(
  tx: Session,
  batch: NumberedBatch,
  rows: readonly KeyedPerformance[],
): Promise<number> {
  const added = await tx.query(INSERT, [
    batch.tenant,
    batch.source,
    batch.observedAt,
    printRows(rows.map(performanceRow)),
    batch.batch,
  ]);
  return added.length;
}

async function vanish(
  tx: Session,
  { tenant, source, observedAt, claims, batch }: NumberedBatch,
  rows: readonly KeyedPerformance[],
): Promise<number> {
  const whole = claims.filter((claim) => claim.whole);
  if (whole.length === 0) return 0;
  const gone = await tx.query<{ rowKey: string; revision: number }>(
    SUPERSEDE_UNMENTIONED,
    [
      tenant,
      observedAt,
      source,
      whole.map(({ partitionKey }) => partitionKey),
      rows.map(({ rowKey }) => rowKey),
    ],
  );
  await tx.query(INSERT_ZEROS, [
    tenant,
    observedAt,
    gone.map(({ rowKey }) => rowKey),
    gone.map(({ revision }) => revision),
    batch,
  ]);
  return gone.length;
}

/** Whether the row's partition was not claimed whole after the moment in `$2`. */
const UNCLAIMED_SINCE = `not exists (
      select from partition_claim c
      where c.tenant = p.tenant and c.source = p.source
        and c.partition_key = p.partition_key
        and c.whole and c.claimed_at > $2::timestamptz
    )`;

const SUPERSEDE = `
  update performance p set superseded_at = $2::timestamptz
  from unnest($3::text[], $4::text[]) as given(row_key, content_hash)
  where p.tenant = $1 and p.row_key = given.row_key
    and p.superseded_at is null
    and p.content_hash <> given.content_hash
    and p.observed_at <= $2::timestamptz
    and ${UNCLAIMED_SINCE}
  returning 1`;

const NAMES = columnNames(PERFORMANCE_COLUMNS);

const INSERT = `
  insert into performance
    (tenant, source, observed_at, batch, revision, ${NAMES.join(", ")})
  select $1, $2, $3::timestamptz, $5::int8,
    1 + coalesce((
      select max(p.revision) from performance p
      where p.tenant = $1 and p.row_key = given."rowKey"
    ), 0),
    ${givenColumns(PERFORMANCE_COLUMNS)}
  from ${recordset("$4", PERFORMANCE_COLUMNS)}
  where not exists (
    select from performance p
    where p.tenant = $1 and p.row_key = given."rowKey"
      and p.superseded_at is null
  ) and not exists (
    select from partition_claim c
    where c.tenant = $1 and c.source = $2
      and c.partition_key = given."partitionKey"
      and c.whole and c.claimed_at > $3::timestamptz
  )
  returning 1`;

const SUPERSEDE_UNMENTIONED = `
  update performance p set superseded_at = $2::timestamptz
  where p.tenant = $1 and p.source = $3
    and p.partition_key = any($4::text[])
    and p.superseded_at is null
    and p.content_hash <> '${VANISHED}'
    and p.observed_at <= $2::timestamptz
    and ${UNCLAIMED_SINCE}
    and not exists (
      select from unnest($5::text[]) as mentioned(row_key)
      where mentioned.row_key = p.row_key
    )
  returning p.row_key as "rowKey", p.revision`;

const KEPT = NAMES.filter((name) =>
  name !== "content_hash" && !METRIC_COLUMNS.includes(name)
);

const INSERT_ZEROS = `
  insert into performance
    (tenant, source, observed_at, batch, revision, content_hash,
      ${KEPT.join(", ")}, ${METRIC_COLUMNS.join(", ")})
  select p.tenant, p.source, $2::timestamptz, $5::int8, p.revision + 1, '${VANISHED}',
    ${KEPT.map((name) => `p.${name}`).join(", ")},
    ${METRIC_COLUMNS.map((metric) => `p.${metric} * 0`).join(", ")}
  from performance p
  join unnest($3::text[], $4::int4[]) as gone(row_key, revision)
    on p.row_key = gone.row_key and p.revision = gone.revision
  where p.tenant = $1`;
