/**
 * Decisions, one at a time: taken, made durable, and only then answered.
 *
 * @module
 */
import type {
  Decision,
  DecisionRecord,
  DecisionRequest,
  LoggedRecord,
} from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type {
  DecisionLog,
  IdempotencyStore,
  PolicyArchive,
} from "../ports/decisions.ts";
import type { Report } from "../../plugins/contract.ts";
import { type Archived, openArchive } from "./archive.ts";
import { checkLimits } from "./context.ts";
import { explainRecord, type Explanation } from "./explain.ts";
import { createKeys, type Idempotent, type Outcome } from "./idempotent.ts";
import { parseIntact, parseRecord, printRecord } from "./record.ts";
import {
  type BidBatch,
  recommendBids,
  type RecommendedBid,
} from "./recommend_bids.ts";
import { type Replay, replayRecord } from "./replay.ts";
import { take, type Taken, type TakeScope } from "./take.ts";
import { type LogVerification, verifyChain } from "./verify.ts";
import { createWriter, type Writer } from "./writer.ts";

/** How a decision is asked for and answered. */
export interface DecideOptions {
  /** Name of the key that asks. */
  readonly by: string;
  /** The caller's idempotency key, or null. */
  readonly idempotent: Idempotent | null;
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
   * @throws {EngineError} `request_invalid`, `store_unavailable`, or one of the
   * idempotency codes. Models and features that fail cost a rung, nothing more.
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
  /** Walks the tenant's chain. */
  verify(tenant: string, report?: Report): Promise<LogVerification>;
}

/** What decisions stand on. */
export interface DecisionScope extends TakeScope {
  readonly archive: PolicyArchive;
  readonly log: DecisionLog;
  readonly idempotency: IdempotencyStore;
}

/** Opens the decisions. */
export function createDecisions(scope: DecisionScope): Decisions {
  const { log, scores } = scope;
  const archive = openArchive(scope.archive);
  const keys = createKeys(scope.idempotency);
  const writer = createWriter(log);
  return {
    async decide(tenant, request, options) {
      checkLimits(request);
      const { made, answer } = await keys.once(
        tenant,
        options.idempotent,
        async () => {
          const taken = await take(scope, tenant, { request, by: options.by });
          return await keepOrWithdraw(
            { archive, writer, scope },
            taken,
            options,
          );
        },
      );
      return { decision: made, answer, replayed: made === null };
    },
    recommend: (tenant, asked) => recommendBids(scope, tenant, asked),
    async find(tenant, id) {
      const logged = await log.find(tenant, id);
      return logged && { record: parseRecord(logged), logged };
    },
    replay: async (tenant, id) =>
      await replayRecord({ scores, archive }, await intact(log, tenant, id)),
    explain: async (tenant, id) =>
      await explainRecord({ scores, archive }, await intact(log, tenant, id)),
    verify: (tenant, report) => verifyChain(log, tenant, report),
  };
}

/**
 * Keeps a decision. What it reserved and counted is given back where it is sure not to be
 * answered: an earlier answer is, or none. Under a key it may be: the next request may find
 * this one.
 */
async function keepOrWithdraw(
  { scope: { budgets, limits }, ...keeping }: {
    archive: Archived;
    writer: Writer;
    scope: TakeScope;
  },
  taken: Taken,
  options: DecideOptions,
): Promise<Outcome<Decision>> {
  const { tenant, decision: { pacing } } = taken.record;
  async function withdraw(): Promise<void> {
    if (pacing?.bid) budgets.withdraw(tenant, pacing.bid);
    if (taken.counted.length > 0) await limits.release(taken.counted);
  }
  try {
    const outcome = await keep(keeping, taken, options);
    if ("first" in outcome) await withdraw();
    return outcome;
  } catch (error) {
    if (options.idempotent === null) await withdraw();
    throw error;
  }
}

async function keep(
  { archive, writer }: { archive: Archived; writer: Writer },
  { record, policies }: Taken,
  { idempotent, render }: DecideOptions,
): Promise<Outcome<Decision>> {
  const { tenant, decision } = record;
  const { id, at } = decision;
  const answer = render(decision);
  const archiving = archive.keep(policies);
  if (archiving !== null) await archiving;
  const outcome = await writer.append({
    tenant,
    id,
    at,
    record: printRecord(record),
    idempotent: idempotent && { ...idempotent, status: 200, answer },
  });
  return outcome.kind === "duplicate" ? outcome : { made: decision, answer };
}

async function intact(
  log: DecisionLog,
  tenant: string,
  id: string,
): Promise<DecisionRecord> {
  const logged = await log.find(tenant, id);
  if (logged !== null) return parseIntact(logged);
  throw new EngineError(
    "not_found",
    `Cannot find decision "${id}": the tenant has none of that id`,
    { facts: { decision: id } },
  );
}
