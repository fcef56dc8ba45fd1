/**
 * First answers by the caller's key, kept in the transaction of their effect.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import {
  type IdempotencyStore,
  type IdempotentAnswer,
  UNANSWERED,
} from "../ports/decisions.ts";
import type { Session, Sql } from "./sql.ts";

/** Reads first answers. */
export function createIdempotencyStore(sql: Sql): IdempotencyStore {
  return {
    find: (tenant, route, key) => findAnswer(sql, { tenant, route, key }),
  };
}

/** An answer to be kept, and whose. */
export interface KeyedAnswer {
  readonly tenant: string;
  readonly at: Instant;
  readonly answer: IdempotentAnswer;
}

/**
 * Keeps answers under keys that are new, whoever else tries at the same time.
 *
 * @returns For each, null if it was kept, or the first answer under its key.
 */
export async function keepAnswers(
  tx: Session,
  answers: readonly KeyedAnswer[],
): Promise<(IdempotentAnswer | null)[]> {
  if (answers.length === 0) return [];
  const firsts = new Map<string, KeyedAnswer>();
  for (const keyed of answers) {
    const name = printKey(keyed);
    if (!firsts.has(name)) firsts.set(name, keyed);
  }
  const kept = new Set(await insert(tx, [...firsts.values()]));
  const outcomes: (IdempotentAnswer | null)[] = [];
  for (const keyed of answers) {
    const name = printKey(keyed);
    const first = firsts.get(name);
    if (!kept.has(name)) outcomes.push(await findFirst(tx, keyed));
    else outcomes.push(first === keyed ? null : first?.answer ?? null);
  }
  return outcomes;
}

/** In order of the keys, so that two writers never wait for each other in a circle. */
async function insert(
  tx: Session,
  answers: readonly KeyedAnswer[],
): Promise<string[]> {
  const sorted = answers
    .map((keyed) => ({ name: printKey(keyed), keyed }))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .map(({ keyed }) => keyed);
  const rows = await tx.query<{ tenant: string; route: string; key: string }>(
    INSERT,
    [
      sorted.map(({ tenant }) => tenant),
      sorted.map(({ answer }) => answer.route),
      sorted.map(({ answer }) => answer.key),
      sorted.map(({ answer }) => answer.requestHash),
      sorted.map(({ answer }) => answer.status),
      sorted.map(({ answer }) => answer.answer),
      sorted.map(({ at }) => at),
    ],
  );
  return rows.map(({ tenant, route, key }) =>
    JSON.stringify([tenant, route, key])
  );
}

const INSERT = `
  insert into idempotent_answer
    (tenant, route, key, request_hash, status, answer, kept_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[],
    $5::int4[], $6::text[], $7::timestamptz[])
  on conflict do nothing
  returning tenant, route, key`;

function printKey({ tenant, answer: { route, key } }: KeyedAnswer): string {
  return JSON.stringify([tenant, route, key]);
}

async function findFirst(
  tx: Session,
  { tenant, answer: { route, key } }: KeyedAnswer,
): Promise<IdempotentAnswer> {
  const first = await findAnswer(tx, { tenant, route, key });
  if (first !== null) return first;
  throw new Error("An answer that blocked an insert is not there");
}

async function findAnswer(
  session: Session,
  { tenant, route, key }: { tenant: string; route: string; key: string },
): Promise<IdempotentAnswer | null> {
  const [row] = await session.query<IdempotentAnswer>(FIND, [
    tenant,
    route,
    key,
  ]);
  if (row === undefined) return null;
  const { keptAt, ...answer } = row;
  return row.status === UNANSWERED && keptAt !== undefined
    ? { ...answer, keptAt }
    : answer;
}

const FIND = `
  select route, key, request_hash as "requestHash", status, answer,
    kept_at as "keptAt"
  from idempotent_answer where tenant = $1 and route = $2 and key = $3`;
