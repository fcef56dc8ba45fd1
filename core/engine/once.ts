/**
 * One effect and one answer for a write under a caller's key, on any node and after any
 * stop. What answers for itself, as decisions and plans do, keeps its own keys.
 *
 * A node may stop, or lose the database, after the effect is kept and before its answer
 * is: who asks again is told so, and nothing is done a second time. What failed without an
 * effect has kept no key, and may be sent again.
 *
 * @module
 */
import { EngineError, isRefusal } from "../domain/error.ts";
import { keyInFlight, keyReused } from "../domain/idempotency.ts";
import type { Idempotent } from "../decisions/idempotent.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import {
  type HeldKey,
  type IdempotencyStore,
  type IdempotentAnswer,
  type KeyedEffects,
  UNANSWERED,
} from "../ports/decisions.ts";

/** For how long a request without an answer is held to be under way. */
const UNDER_WAY_MS = 60_000;

/** An answer, and whether it is an earlier request's. */
export interface OnceAnswered {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

/** Carries writes out once for each key. */
export interface Once {
  /**
   * Carries a write out, or answers as it was answered.
   *
   * @param work What is done, and how a refusal is printed: it is kept as an answer too.
   * @throws {EngineError} `idempotency_key_reused`, `idempotency_key_in_flight`, or what
   * `run` throws.
   */
  (
    tenant: string,
    idempotent: Idempotent,
    work: {
      run(): Promise<Omit<OnceAnswered, "replayed">>;
      refused(error: EngineError): Omit<OnceAnswered, "replayed">;
    },
  ): Promise<OnceAnswered>;
}

/** What it stands on. */
export interface OnceScope {
  readonly idempotency: IdempotencyStore;
  readonly effects: KeyedEffects;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Puts it together. */
export function createOnce(scope: OnceScope): Once {
  const { idempotency, effects, clock, ids } = scope;
  const underWay = new Set<string>();
  return async (tenant, idempotent, work) => {
    const { route, key } = idempotent;
    const name = JSON.stringify([tenant, route, key]);
    if (underWay.has(name)) throw keyInFlight();
    underWay.add(name);
    try {
      const first = await idempotency.find(tenant, route, key);
      if (first !== null) return again(first, idempotent, clock);
      const held = { tenant, ...idempotent, holder: ids.next("req") };
      return await carryOut(effects, { ...held, at: clock.now() }, work);
    } finally {
      underWay.delete(name);
    }
  };
}

async function carryOut(
  effects: KeyedEffects,
  held: HeldKey,
  { run, refused }: Parameters<Once>[2],
): Promise<OnceAnswered> {
  const { status, text } = await effects.under(held, run)
    .catch(async (error) => {
      if (isRefusal(error)) {
        const { status, text } = refused(error);
        await effects.settle(held, { status, answer: text });
      }
      throw error;
    });
  await effects.settle(held, { status, answer: text });
  return { status, text, replayed: false };
}

function again(
  { requestHash, status, answer, keptAt }: IdempotentAnswer,
  asked: Idempotent,
  clock: Clock,
): OnceAnswered {
  if (requestHash !== asked.requestHash) throw keyReused();
  if (status !== UNANSWERED) return { status, text: answer, replayed: true };
  const ageMs = Date.parse(clock.now()) - Date.parse(keptAt ?? "");
  if (ageMs < UNDER_WAY_MS) throw keyInFlight();
  throw new EngineError(
    "answer_lost",
    "Cannot answer again: the request with this idempotency key was begun, and the node that carried it out has not answered; read what it changed",
  );
}
