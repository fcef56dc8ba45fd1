/**
 * Counts and outcomes of models on trial, added up by all nodes. Whoever reads outcomes
 * moves a place on, by compare-and-swap, so that nothing counts twice.
 *
 * @module
 */
import { and, eq, sql as text } from "drizzle-orm";
import {
  type ArmCounts,
  NOTHING_SEEN,
  TRIAL_ARMS,
  type TrialCounts,
  type TrialStage,
} from "../../domain/model_trial.ts";
import type {
  MaturePerson,
  ModelTrialStore,
  TrialAdvance,
  TrialProgress,
  TrialRound,
} from "../../ports/model_trials.ts";
import { orm } from "../orm.ts";
import type { Sql, Transaction } from "../sql.ts";
import { modelTrial, modelTrialCount } from "../tables/model_trials.ts";

const SUMS = [
  ...["decisions", "denied", "spend", "spendSquares"] as const,
  ...["asked", "unscored", "timed", "slow", "rows"] as const,
] as const;

/** Keeps trials in a database. */
export function createModelTrialStore(sql: Sql): ModelTrialStore {
  return {
    add: (stage, counts) => add(sql, stage, counts),
    seen: (stage) => readSeen(sql, stage),
    progress: (round) => readProgress(sql, round),
    advance: (round, step) => sql.transaction((tx) => advance(tx, round, step)),
    mature: ({ tenant, change, cycle }, before, limit) =>
      sql.query<MaturePerson>(
        MATURE,
        [tenant, change, cycle, before, limit],
      ),
    open: () => sql.query<TrialRound>(OPEN),
    close: async ({ tenant, change, cycle }) => {
      await sql.transaction(async (tx) => {
        await tx.query(FORGET, [tenant, change, cycle]);
        await tx.query(CLOSE, [tenant, change, cycle]);
      });
    },
  };
}

async function add(
  sql: Sql,
  { tenant, change, cycle, stage }: TrialStage,
  counts: TrialCounts,
): Promise<void> {
  const table = modelTrialCount;
  const sums = SUMS.map((
    name,
  ) => [
    name,
    text`${table[name]} + excluded.${text.identifier(columnOf(name))}`,
  ]);
  await orm(sql).insert(table).values(
    TRIAL_ARMS.map((arm) => ({
      tenant,
      change,
      cycle,
      stage,
      arm,
      ...counts[arm],
    })),
  ).onConflictDoUpdate({
    target: [table.tenant, table.change, table.cycle, table.stage, table.arm],
    set: {
      ...Object.fromEntries(sums),
      low: text`least(${table.low}, excluded.low)`,
      high: text`greatest(${table.high}, excluded.high)`,
    },
  });
}

function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

async function readSeen(
  sql: Sql,
  { tenant, change, cycle, stage }: TrialStage,
): Promise<TrialCounts> {
  const table = modelTrialCount;
  const rows = await orm(sql).select().from(table).where(and(
    ...[eq(table.tenant, tenant), eq(table.change, change)],
    ...[eq(table.cycle, cycle), eq(table.stage, stage)],
  ));
  const [champion, challenger] = TRIAL_ARMS.map((wanted): ArmCounts => {
    const row = rows.find(({ arm }) => arm === wanted);
    if (row === undefined) return NOTHING_SEEN;
    const sums = SUMS.map((name) => [name, row[name]]);
    return {
      ...NOTHING_SEEN,
      ...Object.fromEntries(sums),
      low: row.low,
      high: row.high,
    };
  }) as [ArmCounts, ArmCounts];
  return { champion, challenger };
}

async function readProgress(
  sql: Sql,
  { tenant, change, cycle }: TrialRound,
): Promise<TrialProgress | null> {
  const [row] = await orm(sql).select().from(modelTrial).where(and(
    eq(modelTrial.tenant, tenant),
    eq(modelTrial.change, change),
    eq(modelTrial.cycle, cycle),
  ));
  return row === undefined ? null : row.document as TrialProgress;
}

async function advance(
  tx: Transaction,
  { tenant, change, cycle }: TrialRound,
  { from, to, entered, told, windowMs, counted }: TrialAdvance,
): Promise<boolean> {
  const round = [tenant, change, cycle] as const;
  const now = [to.place, to.sums.units, JSON.stringify(to)] as const;
  const moved = from === null
    ? await tx.query(BEGIN, [...round, ...now])
    : await tx.query(MOVE, [...round, ...now, from.place, from.sums.units]);
  if (moved.length === 0) return false;
  if (entered.length > 0) {
    await tx.query(ENTER, [
      ...round,
      entered.map(({ person }) => person),
      entered.map(({ arm }) => arm),
      entered.map(({ at }) => at),
    ]);
  }
  if (told.length > 0) {
    await tx.query(TELL, [
      ...round,
      told.map(({ person }) => person),
      told.map(({ at }) => at),
      told.map(({ value }) => value),
      windowMs,
    ]);
  }
  if (counted.length > 0) await tx.query(COUNT, [...round, counted]);
  return true;
}

const BEGIN = `
  insert into model_trial (tenant, change, cycle, place, people, open, document)
  values ($1, $2, $3, $4, $5, true, $6::json)
  on conflict do nothing
  returning place`;

const MOVE = `
  update model_trial set place = $4, people = $5, document = $6::json
  where tenant = $1 and change = $2 and cycle = $3 and place = $7 and people = $8
  returning place`;

const ENTER = `
  insert into model_trial_person
    (tenant, change, cycle, person, arm, since, value, counted)
  select distinct on (person) $1, $2, $3::int, person, arm, since, 0, false
  from unnest($4::text[], $5::text[], $6::timestamptz[]) as given(person, arm, since)
  order by person, since
  on conflict do nothing`;

const TELL = `
  update model_trial_person as kept set value = kept.value + told.value
  from (
    select one.person, sum(given.value) as value
    from unnest($4::text[], $5::timestamptz[], $6::float8[])
      as given(person, at, value)
    join model_trial_person as one on one.tenant = $1 and one.change = $2
      and one.cycle = $3 and one.person = given.person
    where given.at >= one.since
      and given.at < one.since + $7::float8 * interval '1 millisecond'
    group by one.person
  ) as told
  where kept.tenant = $1 and kept.change = $2 and kept.cycle = $3
    and kept.person = told.person and not kept.counted`;

const COUNT = `
  update model_trial_person set counted = true
  where tenant = $1 and change = $2 and cycle = $3 and person = any($4::text[])`;

const MATURE = `
  select person, arm, value from model_trial_person
  where tenant = $1 and change = $2 and cycle = $3 and not counted and since < $4
  order by since, person
  limit $5`;

const OPEN = `
  select tenant, change, cycle from model_trial where open
  order by tenant, change, cycle`;

const CLOSE = `
  update model_trial set open = false
  where tenant = $1 and change = $2 and cycle = $3`;

const FORGET = `
  delete from model_trial_person where tenant = $1 and change = $2 and cycle = $3`;
