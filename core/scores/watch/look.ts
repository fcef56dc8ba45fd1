/**
 * One look at a version that serves: what it answered in the last days, beside the
 * labels that came since it was trained. What is found is kept.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../domain/day.ts";
import type { ModelRecord } from "../../domain/score.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ModelRegistry, ModelWatchStore } from "../../ports/models.ts";
import type { ScoredWindow } from "./scored.ts";
import { type LabelledScores, watchModel, type WatchReport } from "./watch.ts";

/** Kind under which a look is kept. */
export const LOOK = "look";

/** Days of answers that are looked at: whole weeks, so that weekdays are alike. */
const ANSWER_DAYS = 7;
/** Days of rows with labels that are looked at, counted back from the latest. */
const LABEL_DAYS = 28;

/** What a look reads. */
export interface LookScope {
  readonly models: Pick<ModelRegistry, "evidence">;
  readonly watches: Pick<ModelWatchStore, "keep">;
  readonly clock: Clock;
  /** What a version answered. */
  answers(
    tenant: string,
    asked: {
      readonly record: ModelRecord;
      readonly from: Instant;
      readonly until: Instant;
    },
  ): Promise<ScoredWindow>;
  /** Rows of the last days whose labels came since it was trained; null for too few. */
  labelled(
    tenant: string,
    record: ModelRecord,
    days: number,
  ): Promise<LabelledScores | null>;
}

/** Looks at a version, and keeps what it finds. */
export type Look = (
  tenant: string,
  record: ModelRecord,
) => Promise<WatchReport>;

/** Opens the watch. */
export function createLook(scope: LookScope): Look {
  const { models, watches, clock } = scope;
  return async (tenant, record) => {
    const until = clock.now();
    const before = (days: number) =>
      new Date(Date.parse(until) - days * DAY_MS).toISOString();
    const report = watchModel({
      record,
      evidence: await models.evidence(tenant, record),
      window: await scope.answers(tenant, {
        record,
        from: before(ANSWER_DAYS),
        until,
      }),
      labelled: await scope.labelled(tenant, record, LABEL_DAYS),
    });
    const { name, version } = record;
    const seen = { name, version, kind: LOOK, at: until, findings: report };
    await watches.keep(tenant, seen);
    return report;
  };
}
