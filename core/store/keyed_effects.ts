/**
 * Callers' keys, kept in the transactions of what they came with.
 *
 * Whoever asks is told by `under`; what is asked for says by `keepKey` which transaction
 * is its effect. Until the answer is known the row has no status, and its holder in the
 * place of the answer.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { keyInFlight } from "../domain/idempotency.ts";
import {
  type HeldKey,
  type KeyedEffects,
  UNANSWERED,
} from "../ports/decisions.ts";
import type { Param } from "./codec.ts";
import type { Row, Session, Sql } from "./sql.ts";

const holding = new AsyncLocalStorage<HeldKey>();

/** Keeps keys in a database. */
export function createKeyedEffects(sql: Sql): KeyedEffects {
  return {
    under: (held, work) => holding.run(held, work),
    settle: async (held, { status, answer }) => {
      const { tenant, route, key, requestHash, holder, at } = held;
      const row = [tenant, route, key, requestHash, holder, at];
      return (await sql.query(SETTLE, [...row, status, answer])).length === 1;
    },
  };
}

/**
 * Keeps the caller's key, if there is one, with the effect of an open transaction.
 *
 * @throws {EngineError} `idempotency_key_in_flight` if another request has it.
 */
export async function keepKey(tx: Session): Promise<void> {
  const held = holding.getStore();
  if (held === undefined) return;
  const { tenant, route, key, requestHash, holder, at } = held;
  const row = [tenant, route, key, requestHash, holder, at];
  const kept = await tx.query(KEEP, row);
  if (kept.length !== 1) throw keyInFlight();
}

/** Runs a statement that is an effect by itself: with the caller's key, if there is one. */
export async function withKey(
  sql: Sql,
  text: string,
  params: readonly Param[],
): Promise<Row[]> {
  if (holding.getStore() === undefined) return await sql.query(text, params);
  return await sql.transaction(async (tx) => {
    await keepKey(tx);
    return await tx.query(text, params);
  });
}

const KEEP = `
  insert into idempotent_answer as known
    (tenant, route, key, request_hash, status, answer, kept_at)
  values ($1, $2, $3, $4, ${UNANSWERED}, $5, $6::timestamptz)
  on conflict (tenant, route, key) do update set kept_at = excluded.kept_at
  where known.status = ${UNANSWERED} and known.answer = excluded.answer
  returning 1`;

const SETTLE = `
  insert into idempotent_answer as known
    (tenant, route, key, request_hash, kept_at, status, answer)
  values ($1, $2, $3, $4, $6::timestamptz, $7, $8)
  on conflict (tenant, route, key) do update set
    status = excluded.status, answer = excluded.answer
  where known.status = ${UNANSWERED} and known.answer = $5
  returning 1`;
