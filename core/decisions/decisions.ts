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
import type { ModelRecord } from "../domain/score.ts";
import type { Features } from "../features/features.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type {
  DecisionLog,
  IdempotencyStore,
  PolicyArchive,
} from "../ports/decisions.ts";
import type { Scores } from "../scores/scores.ts";
import type { PolicySet } from "../verdicts/policy_set.ts";
import type { Report } from "../../plugins/contract.ts";
import { type Archived, openArchive } from "./archive.ts";
import { checkLimits } from "./context.ts";
import { settle } from "./decide.ts";
import { explainRecord, type Explanation } from "./explain.ts";
import { createKeys, type Idempotent, type Outcome } from "./idempotent.ts";
import { checkGiven, featuresReadBy, readFeatures } from "./read_features.ts";
import { parseIntact, parseRecord, printRecord } from "./record.ts";
import { type Replay, replayRecord } from "./replay.ts";
import { actionsAsked } from "./score_candidates.ts";
import { findLadder, type Ladder, type Read, standOn } from "./score_rung.ts";
import { findLandscape, type Landscape, withShading } from "./shading.ts";
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
export interface DecisionScope {
  readonly features: Pick<Features, "read" | "rebuilding">;
  readonly scores: Scores;
  /** The policy set in force. */
  policies(): PolicySet;
  readonly archive: PolicyArchive;
  readonly log: DecisionLog;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly ids: Ids;
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
          return await keep({ archive, writer }, taken, options);
        },
      );
      return { decision: made, answer, replayed: made === null };
    },
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

interface Taken {
  readonly record: DecisionRecord;
  readonly policies: PolicySet;
}

async function take(
  { features, scores, policies, clock, ids: newIds }: DecisionScope,
  tenant: string,
  { request, by }: { request: DecisionRequest; by: string },
): Promise<Taken> {
  const at = clock.now();
  const inForce = policies();
  const ladder = await findLadder(scores, tenant, request);
  actionsAsked(ladder.frame, request);
  checkGiven(request, ladder.rungs[0]?.scorer.record.schema.inputs ?? []);
  const landscape = await findLandscape(
    scores,
    tenant,
    ladder.rungs[0]?.scorer,
  );
  const ids = idsWanted(ladder, landscape, inForce);
  const wanted = { tenant, request, ids, at };
  const { readings, scored, ...stood } = await standOn(
    ladder,
    request,
    readOnce((pins) => readFeatures(features, { ...wanted, pins })),
  );
  const shaded = await withShading(scored, landscape, readings);
  const standing = { ...stood, scored: shaded };
  const decision = settle(newIds.next("dec"), {
    tenant,
    request,
    at,
    readings,
    standing,
    policies: inForce,
  });
  const record: DecisionRecord = {
    v: 1,
    kind: "decision",
    tenant,
    request,
    decision,
    by,
    ...(standing.scored === null ? { frame: standing.frame } : {}),
  };
  return { record, policies: inForce };
}

/** Models that were trained on the same versions share one read. */
function readOnce(
  read: (pins: readonly string[]) => Promise<Read>,
): (record: ModelRecord | null) => Promise<Read> {
  const known = new Map<string, Promise<Read>>();
  return (record) => {
    const pins = record?.lineage.views ?? [];
    const name = pins.join();
    const reading = known.get(name) ?? read(pins);
    known.set(name, reading);
    return reading;
  };
}

function idsWanted(
  { rungs }: Ladder,
  landscape: Landscape | null,
  policies: PolicySet,
): Set<string> {
  const ids = new Set(featuresReadBy(policies));
  const asked = rungs.map(({ scorer }) => scorer);
  for (
    const scorer of landscape?.scorer ? [...asked, landscape.scorer] : asked
  ) {
    for (const { name } of scorer.record.schema.inputs) ids.add(name);
  }
  return ids;
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
