/**
 * A proposed policy set against past decisions: each is settled again, from its logged
 * request, readings, scores and moment, and compared with what it came to, or would have
 * come to under a third set. Limits count anew, so records are to come in the order in
 * which they were taken.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { DecisionRecord } from "../../domain/decision.ts";
import { type ModelRecord, parseModelRef } from "../../domain/score.ts";
import type { DecisionLog } from "../../ports/decisions.ts";
import type { ModelRegistry } from "../../ports/models.ts";
import type { PolicySet } from "../../verdicts/judge/policy_set.ts";
import { findPlace, SLACK } from "../log/records/place.ts";
import { parseDecisions } from "../log/records/record.ts";
import { countAgain } from "./count_again.ts";
import { createImpactSum, type Impact } from "./impact.ts";
import { standAgain } from "./stand_again.ts";

/** What is replayed. */
export interface PolicyReplay {
  readonly tenant: string;
  /** The proposed set. */
  readonly after: PolicySet;
  /** The set to compare with; what was decided if null. */
  readonly before: PolicySet | null;
  /** Flips to keep as samples. */
  readonly samples: number;
}

const PAGE = 1000;

/**
 * Replays records.
 *
 * @param records In their order, all of the tenant.
 */
export async function replayPolicies(
  models: Pick<ModelRegistry, "find">,
  { tenant, before, after, samples }: PolicyReplay,
  records: AsyncIterable<readonly DecisionRecord[]>,
): Promise<Impact> {
  const impact = createImpactSum(samples);
  const known = new Map<string, ModelRecord | null>();
  const proposed = countAgain(after);
  const compared = before === null ? null : countAgain(before);
  for await (const page of records) {
    for (const record of page) {
      const { decision, request } = record;
      const { id, at, modelVersion } = decision;
      if (modelVersion !== null && !known.has(modelVersion)) {
        const ref = parseModelRef(modelVersion);
        known.set(modelVersion, await models.find(tenant, ref));
      }
      const model = known.get(modelVersion ?? "") ?? null;
      const grounds = standAgain(record, model);
      if (typeof grounds === "string") {
        impact.skip(grounds);
        continue;
      }
      const { currency } = grounds.standing.frame;
      impact.add({
        ...{ id, at, request, currency },
        before: compared?.settle(grounds) ?? decision,
        after: proposed.settle(grounds),
      });
    }
  }
  return impact.sum();
}

type ReadLog = Pick<DecisionLog, "read" | "head">;

/** Reads a tenant's records from a moment on, page by page. */
export async function* readRecordsSince(
  log: ReadLog,
  { tenant, since, report }: {
    readonly tenant: string;
    readonly since: Instant;
    /** Told how far it is, 0 to 1. */
    report?(done: number): void;
  },
): AsyncGenerator<readonly DecisionRecord[]> {
  const head = await log.head(tenant);
  if (head === null) return;
  const place = await findPlace(log, tenant, { from: since, last: head.seq });
  const first = Math.max(0, place - SLACK);
  let after = first;
  while (after < head.seq) {
    const logged = await log.read(tenant, after, PAGE);
    const last = logged.at(-1);
    if (last === undefined) return;
    yield parseDecisions(logged.filter(({ at }) => at >= since));
    after = last.seq;
    report?.((after - first) / Math.max(1, head.seq - first));
  }
}
