/**
 * Decisions, one at a time: taken, made durable, and only then answered.
 *
 * @module
 */
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import { type StageClock, UNTIMED } from "../domain/stages.ts";
import type {
  Decision,
  DecisionRecord,
  DecisionRequest,
  LoggedRecord,
} from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { ModelRecord } from "../domain/score.ts";
import type {
  DecisionLog,
  IdempotencyStore,
  PolicyArchive,
} from "../ports/decisions.ts";
import { type Archived, openArchive } from "./archive.ts";
import { checkLimits } from "./context.ts";
import { explainRecord, type Explanation } from "./explain.ts";
import {
  createKeys,
  type Idempotent,
  type KeyedAnswer,
  met,
  type Outcome,
} from "./idempotent.ts";
import type { Masking } from "./log/records/masks.ts";
import { createManyReader, type ManyReader } from "./log/records/reading.ts";
import {
  createOutcomes,
  entitiesNamed,
  type Outcomes,
} from "./log/records/outcomes.ts";
import { parseIntact, parseRecord, printRecord } from "./log/records/record.ts";
import { prepare } from "./prepare.ts";
import {
  type BidBatch,
  recommendBids,
  type RecommendedBid,
} from "./recommend_bids.ts";
import { type Replay, replayRecord } from "./replay.ts";
import { take, type Taken, type TakeScope } from "./take.ts";
import { createTypicalTime } from "./typical_time.ts";
import {
  type LogVerification,
  verifyChain,
  type VerifyOptions,
} from "./log/verifying/verify.ts";
import {
  createWriter,
  isUnkept,
  unkept,
  type Writer,
} from "./log/writing/writer.ts";

/** How a decision is asked for and answered. */
export interface DecideOptions {
  /** Name of the key that asks. */
  readonly by: string;
  /** The caller's idempotency key, or null. */
  readonly idempotent: Idempotent | null;
  /** Until when it must be answered; without an end unless given. */
  readonly deadline?: Deadline;
  /** Hears when stages end; nobody does unless given. */
  readonly times?: StageClock;
  /** Prints the answer; the text is kept under the key. */
  render(decision: Decision): string;
}

/** A decision's answer. */
export interface Decided {
  /** Null when the answer is an earlier request's. */
  readonly decision: Decision | null;
  readonly answer: string;
  readonly replayed: boolean;
}

/** Takes decisions and answers for them. */
export interface Decisions {
  /**
   * Takes a decision; durable when it resolves.
   *
   * @throws {EngineError} `request_invalid`, `store_unavailable`, `deadline_exceeded`, or
   * one of the idempotency codes. Models and features that fail or are late cost a rung,
   * nothing more. What is late to be kept may be kept all the same, unheard: with a key, the
   * same request finds it.
   */
  decide(
    tenant: string,
    request: DecisionRequest,
    options: DecideOptions,
  ): Promise<Decided>;
  /**
   * Recommends bids in a batch, without deciding or reserving any.
   *
   * @throws {EngineError} `request_invalid`, `store_unavailable`.
   */
  recommend(
    tenant: string,
    asked: BidBatch,
  ): Promise<readonly RecommendedBid[]>;
  find(
    tenant: string,
    id: string,
  ): Promise<{ record: DecisionRecord; logged: LoggedRecord } | null>;
  /**
   * Takes a logged decision again; nothing is kept.
   *
   * @throws {EngineError} `not_found`, `log_tampered`, `model_unavailable`.
   */
  replay(tenant: string, id: string): Promise<Replay>;
  /**
   * Says why a logged decision was taken.
   *
   * @throws {EngineError} As `replay`.
   */
  explain(tenant: string, id: string): Promise<Explanation>;
  /**
   * Does what a tenant's first decision would wait for; never rejects.
   *
   * @param models The tenant's models.
   */
  prepare(tenant: string, models: readonly ModelRecord[]): Promise<void>;
  /** What came of decisions. */
  readonly outcomes: Outcomes;
  /** Many records at once: by entity, or to take them elsewhere. */
  readonly many: ManyReader;
  /** Walks the tenant's chain. */
  verify(tenant: string, options?: VerifyOptions): Promise<LogVerification>;
}

/** What decisions stand on. */
export interface DecisionScope extends TakeScope {
  readonly archive: PolicyArchive;
  readonly log: DecisionLog;
  readonly idempotency: IdempotencyStore;
  /** Makes decisions durable; by the log alone unless given. */
  readonly writer?: Writer | undefined;
  /** What of records leaves masked; ids of people alone unless given. */
  readonly masking?: Masking | undefined;
}

/** Opens the decisions. */
export function createDecisions(scope: DecisionScope): Decisions {
  const { log, scores, writer = createWriter(log) } = scope;
  const archive = openArchive(scope.archive);
  const keys = createKeys(scope.idempotency);
  const typical = {
    standing: createTypicalTime(),
    keeping: createTypicalTime(),
  };
  const taking = { ...scope, typical };
  const keeping = { archive, writer, scope: taking };
  return {
    async decide(tenant, request, options) {
      checkLimits(request);
      const { idempotent, deadline = NO_DEADLINE, times = UNTIMED } = options;
      const asked = { tenant, request };
      if (idempotent === null) {
        return decidedOf(met(await takeAndKeep(keeping, asked, options), null));
      }
      const answering = keys.once(tenant, idempotent, () => {
        times.end("recall");
        return takeAndKeep(keeping, asked, options);
      });
      return decidedOf(await deadline.within(answering, perhapsKept));
    },
    recommend: (tenant, asked) => recommendBids(scope, tenant, asked),
    async find(tenant, id) {
      const logged = await log.find(tenant, id);
      return logged?.kind === "decision"
        ? { record: parseRecord(logged), logged }
        : null;
    },
    prepare: (tenant, models) => prepare({ ...scope, archive }, tenant, models),
    outcomes: createOutcomes({ log, writer, keys, clock: scope.clock }),
    many: createManyReader(log, scope.masking),
    replay: async (tenant, id) =>
      await replayRecord({ scores, archive }, await intact(log, tenant, id)),
    explain: async (tenant, id) =>
      await explainRecord({ scores, archive }, await intact(log, tenant, id)),
    verify: (tenant, options) => verifyChain(log, tenant, options),
  };
}

function decidedOf({ made, answer }: KeyedAnswer<Decision>): Decided {
  return { decision: made, answer, replayed: made === null };
}

/** What decisions are kept with. */
interface Keeping {
  readonly archive: Archived;
  readonly writer: Writer;
  readonly scope: TakeScope;
}

/**
 * Takes a decision and keeps it. What it reserved and counted is given back where it is sure
 * not to be answered: an earlier answer is, or none. Under a key it may be unless it is sure
 * not to be kept: the next request may find this one.
 */
async function takeAndKeep(
  keeping: Keeping,
  { tenant, request }: {
    readonly tenant: string;
    readonly request: DecisionRequest;
  },
  options: DecideOptions,
): Promise<Outcome<Decision>> {
  const { by, idempotent, deadline = NO_DEADLINE, times = UNTIMED } = options;
  const { scope } = keeping;
  const taken = await take(scope, tenant, { request, by, deadline, times });
  try {
    const outcome = await keep(keeping, taken, options);
    if ("first" in outcome) await withdraw(scope, taken);
    return outcome;
  } catch (error) {
    if (idempotent === null || isUnkept(error)) {
      const withdrawing = withdraw(scope, taken);
      if (isLate(error)) withdrawing.catch(() => {});
      else await withdrawing;
    }
    throw error;
  }
}

/** Gives back what a decision reserved and counted. */
async function withdraw(
  { budgets, limits }: TakeScope,
  { record: { tenant, decision: { pacing } }, counted }: Taken,
): Promise<void> {
  if (pacing?.bid) budgets.withdraw(tenant, pacing.bid);
  if (counted.length > 0) await limits.release(counted);
}

async function keep(
  { archive, writer, scope: { typical } }: Keeping,
  { record, policies }: Taken,
  options: DecideOptions,
): Promise<Outcome<Decision>> {
  const { tenant, decision } = record;
  const { id, at } = decision;
  const { idempotent, deadline = NO_DEADLINE, times = UNTIMED } = options;
  if (deadline.expired) throw unkept();
  const answer = options.render(decision);
  times.end("render");
  const archiving = archive.keep(policies);
  if (archiving !== null) await deadline.within(archiving, unkept);
  const startedMs = performance.now();
  const appending = writer.append({
    tenant,
    id,
    at,
    entities: entitiesNamed(record),
    record: printRecord(record),
    idempotent: idempotent && { ...idempotent, status: 200, answer },
  }, deadline);
  try {
    const outcome = await deadline.within(appending, perhapsKept);
    return outcome.kind === "duplicate" ? outcome : { made: decision, answer };
  } finally {
    typical?.keeping.add(performance.now() - startedMs);
    times.end("commit");
  }
}

function isLate(error: unknown): boolean {
  return error instanceof EngineError && error.code === "deadline_exceeded";
}

function perhapsKept(): EngineError {
  return new EngineError(
    "deadline_exceeded",
    "Cannot answer decision in time: the decision log is late and may keep it unanswered; with an Idempotency-Key the same request then has the same answer",
  );
}

async function intact(
  log: DecisionLog,
  tenant: string,
  id: string,
): Promise<DecisionRecord> {
  const logged = await log.find(tenant, id);
  if (logged?.kind === "decision") return parseIntact(logged);
  throw new EngineError(
    "not_found",
    `Cannot find decision "${id}": the tenant has none of that id`,
    { facts: { decision: id } },
  );
}
