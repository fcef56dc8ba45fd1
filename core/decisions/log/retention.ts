/**
 * Retention: old decisions leave the database up to a checkpoint that signed them, and
 * the log says so; old answers under callers' keys are forgotten.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { GapRecord } from "../../domain/log_record.ts";
import type { Ids } from "../../ports/clock.ts";
import type { DecisionLog } from "../../ports/decisions.ts";
import type {
  CheckpointStore,
  KeptCheckpoint,
  LogRetention,
} from "../../ports/log.ts";
import { openCheckpoint } from "./checkpoints/checkpoint.ts";
import { printRecord } from "./records/record.ts";
import type { NoteVerifier } from "./checkpoints/signed_note.ts";

/**
 * What is kept for how long: `decisions` with their outcomes, and the answers that are
 * given again under an idempotency key.
 */
export const RETENTION_PURPOSES = ["decisions", "idempotency"] as const;

/** One of the things that are kept for a time. */
export type RetentionPurpose = (typeof RETENTION_PURPOSES)[number];

/** For how long something is kept. */
export interface RetentionRule {
  /** Whose; `*` for everybody without a rule of their own. */
  readonly tenant: string;
  readonly purpose: RetentionPurpose;
  readonly days: number;
}

/** Answers under keys are kept for so long where no rule says otherwise. */
export const ANSWER_DAYS = 7;

/** What retention works with. */
export interface RetentionScope {
  readonly log: Pick<DecisionLog, "append" | "anchor" | "read" | "tenants">;
  readonly checkpoints: Pick<CheckpointStore, "lastBefore">;
  readonly retention: LogRetention;
  /** Keys of checkpoints that are trusted. */
  readonly verifiers: readonly NoteVerifier[];
  readonly ids: Ids;
}

/** What is asked of a run. */
export interface RetentionRun {
  readonly rules: readonly RetentionRule[];
  readonly now: Instant;
  /** Only says what would leave. */
  readonly dryRun?: boolean;
  /** Told what left so far. */
  report?(told: Retired): void;
  /** Ends the run between two pages. */
  readonly signal?: AbortSignal;
}

/** What left of one tenant. */
export interface Retired {
  readonly tenant: string;
  readonly purpose: RetentionPurpose;
  readonly days: number;
  /** Records or answers that left, or would. */
  readonly count: number;
  /** The last record that left; null for none. */
  readonly upTo: number | null;
  /** Why nothing could leave, for a person; null if it could. */
  readonly held: string | null;
  /** Whether somebody has to see to it. */
  readonly failed: boolean;
}

const PAGE = 2000;
const NOTHING = { count: 0, upTo: null, held: null, failed: false };

/** Carries the rules out, one tenant after the other; what fails holds up no other. */
export async function runRetention(
  scope: RetentionScope,
  run: RetentionRun,
): Promise<readonly Retired[]> {
  const done: Retired[] = [];
  const say = (retired: Retired) => {
    done.push(retired);
    run.report?.(retired);
  };
  for (const tenant of await scope.log.tenants()) {
    const days = daysOf(run.rules, tenant, "decisions");
    if (days === null || run.signal?.aborted) continue;
    say(
      await unlessFailed(
        { tenant, days, purpose: "decisions" },
        () => retireDecisions(scope, run, { tenant, days }),
      ),
    );
  }
  for (const tenant of await scope.retention.keyedTenants()) {
    const days = daysOf(run.rules, tenant, "idempotency") ?? ANSWER_DAYS;
    if (run.signal?.aborted) continue;
    say(
      await unlessFailed(
        { tenant, days, purpose: "idempotency" },
        () => forgetAnswers(scope, run, { tenant, days }),
      ),
    );
  }
  return done;
}

async function unlessFailed(
  told: Pick<Retired, "tenant" | "days" | "purpose">,
  work: () => Promise<Retired>,
): Promise<Retired> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...told, ...NOTHING, held: error.message, failed: true };
  }
}

function daysOf(
  rules: readonly RetentionRule[],
  tenant: string,
  purpose: RetentionPurpose,
): number | null {
  const fit = rules.filter((rule) => rule.purpose === purpose);
  const own = fit.find((rule) => rule.tenant === tenant) ??
    fit.find((rule) => rule.tenant === "*");
  return own?.days ?? null;
}

interface Kept {
  readonly tenant: string;
  readonly days: number;
}

async function retireDecisions(
  scope: RetentionScope,
  run: RetentionRun,
  { tenant, days }: Kept,
): Promise<Retired> {
  const { log, checkpoints, retention } = scope;
  const told = { tenant, days, purpose: "decisions" as const };
  const anchor = (await log.anchor(tenant))?.seq ?? 0;
  const checkpoint = await checkpoints.lastBefore(
    tenant,
    daysBefore(run.now, days),
  );
  const upTo = checkpoint?.sizes.decisions ?? 0;
  if (checkpoint === null || upTo <= anchor) {
    const held = checkpoint === null ? "no checkpoint is that old" : null;
    return { ...told, ...NOTHING, held };
  }
  const held = await findHeld(scope, tenant, checkpoint);
  if (held !== null) return { ...told, ...NOTHING, held, failed: true };
  if (run.dryRun) return { ...told, ...NOTHING, count: upTo - anchor, upTo };
  await tellGap(scope, run, { ...told, count: upTo - anchor, upTo });
  const count = await inPages(
    run.signal,
    () => retention.retire(tenant, upTo, PAGE),
  );
  return { ...told, ...NOTHING, count, upTo: anchor + count };
}

/** Why a checkpoint cannot be retired to: a key unknown, or not the record it signed. */
async function findHeld(
  { log, verifiers }: RetentionScope,
  tenant: string,
  { note, sizes }: KeptCheckpoint,
): Promise<string | null> {
  const opened = openCheckpoint(note, tenant, verifiers);
  if ("fault" in opened) {
    return `its checkpoint cannot be trusted (${opened.fault})`;
  }
  const { seq, hash } = opened.decisions;
  const [row] = await log.read(tenant, seq - 1, 1);
  return row?.seq === seq && row.hash === hash && seq === sizes.decisions
    ? null
    : "the log is not the one that was signed; run verify-log";
}

/** In the log before anything leaves: what is gone without it was taken. */
async function tellGap(
  { log, ids }: RetentionScope,
  { now }: RetentionRun,
  { tenant, days, count, upTo }: Kept & {
    readonly count: number;
    readonly upTo: number;
  },
): Promise<void> {
  const record: GapRecord = {
    ...{ v: 1, kind: "gap", tenant, id: ids.next("gap"), at: now },
    ...{ reason: "retention", count, upTo },
    detail: `older than ${days} days`,
  };
  const { id } = record;
  const [kept] = await log.append([{
    ...{ tenant, id, at: now, kind: "gap", idempotent: null },
    record: printRecord(record),
  }]);
  if (kept?.kind === "appended") return;
  throw new EngineError(
    "store_unavailable",
    `Cannot retire decisions of "${tenant}": the log could not be told of it`,
  );
}

async function forgetAnswers(
  { retention }: RetentionScope,
  run: RetentionRun,
  { tenant, days }: Kept,
): Promise<Retired> {
  const before = daysBefore(run.now, days);
  const count = run.dryRun
    ? await retention.countAnswers(tenant, before)
    : await inPages(
      run.signal,
      () => retention.forgetAnswers(tenant, before, PAGE),
    );
  const told = { tenant, days, purpose: "idempotency" as const };
  return { ...told, ...NOTHING, count };
}

async function inPages(
  signal: AbortSignal | undefined,
  page: () => Promise<number>,
): Promise<number> {
  let count = 0;
  for (;;) {
    const gone = await page();
    count += gone;
    if (gone === 0 || signal?.aborted) return count;
  }
}

function daysBefore(now: Instant, days: number): Instant {
  return new Date(Date.parse(now) - days * DAY_MS).toISOString();
}
