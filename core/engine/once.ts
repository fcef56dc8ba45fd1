/**
 * One effect and one answer for a write under a caller's key, on any node and after any
 * stop. What answers for itself, as decisions and plans do, keeps its own keys.
 *
 * A node may stop, or lose the database, after the effect is kept and before its answer
 * is: who asks again is told so, and nothing is done a second time. What failed without an
 * effect has kept no key, and may be sent again. What must work even without the database
 * is then done without its key.
 *
 * @module
 */
import { openDeadlines } from "../domain/deadline.ts";
import { EngineError, isRefusal } from "../domain/error.ts";
import { keyInFlight, keyReused } from "../domain/idempotency.ts";
import type { Idempotent } from "../decisions/idempotent.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import {
  type IdempotencyStore,
  type IdempotentAnswer,
  type KeyedEffects,
  UNANSWERED,
} from "../ports/decisions.ts";

/** For how long a request without an answer is held to be under way. */
const UNDER_WAY_MS = 60_000;
/** Longest that the database is waited for by what works without it. */
const LONGEST_MS = 300;

/** An answer, and whether it is an earlier request's. */
export interface OnceAnswered {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

/** An answer before it is kept. */
type Made = Omit<OnceAnswered, "replayed">;

/** What is done under a key. */
export interface KeyedWork {
  run(): Promise<Made>;
  /** How a refusal is printed: it is kept as an answer too. */
  refused(error: EngineError): Made;
  /** That it must work while the database does not, and may be done twice. */
  readonly evenUnkept?: boolean;
}

/** Carries writes out once for each key. */
export interface Once {
  /**
   * Carries a write out, or answers as it was answered.
   *
   * @throws {EngineError} `idempotency_key_reused`, `idempotency_key_in_flight`, or what
   * `run` throws.
   */
  (
    tenant: string,
    idempotent: Idempotent,
    work: KeyedWork,
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
  const underWay = new Set<string>();
  const soon = askSoon(scope);
  return async (tenant, idempotent, work) => {
    const { route, key } = idempotent;
    const name = JSON.stringify([tenant, route, key]);
    if (underWay.has(name)) throw keyInFlight();
    underWay.add(name);
    try {
      const asked = { tenant, ...idempotent };
      return await carryOut(work.evenUnkept ? soon : scope, asked, work);
    } finally {
      underWay.delete(name);
    }
  };
}

/** As what works without the database asks it: what it does not say soon is not waited for. */
function askSoon({ idempotency, effects, ...scope }: OnceScope): OnceScope {
  const deadlines = openDeadlines();
  const soon = <T>(asked: Promise<T>, otherwise: T) =>
    deadlines.start(LONGEST_MS).within(asked).catch((error) => {
      if (isRefusal(error)) throw error;
      return otherwise;
    });
  return {
    ...scope,
    idempotency: { find: (...key) => soon(idempotency.find(...key), null) },
    effects: {
      under: effects.under,
      settle: (...kept) => soon(effects.settle(...kept), true),
    },
  };
}

/** Whose request it is. */
type Asked = Idempotent & { readonly tenant: string };

async function carryOut(
  scope: OnceScope,
  asked: Asked,
  { run, refused }: KeyedWork,
): Promise<OnceAnswered> {
  const { effects, clock, ids } = scope;
  const first = await findFirst(scope, asked);
  if (first !== null) return first;
  const held = { ...asked, holder: ids.next("req"), at: clock.now() };
  const keep = async ({ status, text }: Made) =>
    await effects.settle(held, { status, answer: text })
      ? null
      : await findFirst(scope, asked);
  let made: Made;
  try {
    made = await effects.under(held, run);
  } catch (error) {
    const earlier = isRefusal(error) ? await keep(refused(error)) : null;
    if (earlier === null) throw error;
    return earlier;
  }
  const { status, text } = made;
  return await keep(made) ?? { status, text, replayed: false };
}

/** As an earlier request with the key was answered, here or on another node; null if none was. */
async function findFirst(
  { idempotency, clock }: OnceScope,
  { tenant, ...asked }: Asked,
): Promise<OnceAnswered | null> {
  const first = await idempotency.find(tenant, asked.route, asked.key);
  return first === null ? null : again(first, asked, clock);
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
