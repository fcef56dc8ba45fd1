/**
 * How the oldest records of a log leave: up to a checkpoint that signed them, once the
 * log says so itself.
 *
 * @module
 */
import type { GapRecord } from "../../../domain/log_record.ts";
import type { ChainHead, RecordChain } from "../../../ports/decisions.ts";
import type { KeptCheckpoint } from "../../../ports/log.ts";
import { openCheckpoint } from "../checkpoints/checkpoint.ts";
import type { LogPart } from "../checkpoints/marks.ts";
import {
  daysBefore,
  inPages,
  type Kept,
  NOTHING,
  PAGE,
  type RetentionRun,
  type RetentionScope,
  type Retired,
} from "./run.ts";

/** A gap that retention makes. */
export type RetentionGap = GapRecord & {
  readonly reason: "retention";
  readonly upTo: number;
};

/** What would leave of a log. */
export interface Leaving {
  readonly count: number;
  /** Says in the log that it leaves. */
  tell(gap: RetentionGap): Promise<void>;
}

/** A log whose oldest records may leave. */
export interface RetiringLog {
  readonly part: LogPart;
  readonly chain: Pick<RecordChain, "read" | "anchor">;
  /**
   * Looks at what would leave.
   *
   * @param after Where the log goes on now.
   * @param signed The last record that would leave, as it was signed.
   * @returns What would, or why nothing may.
   */
  look(after: number, signed: ChainHead): Promise<Leaving | string>;
  /** Takes out a page; how many are gone. */
  retire(upTo: number, limit: number): Promise<number>;
}

/** Retires the records of an owner, or says what would leave. */
export async function retireLog(
  scope: RetentionScope,
  run: RetentionRun,
  { kept, log }: { readonly kept: Kept; readonly log: RetiringLog },
): Promise<Retired> {
  const { tenant, days } = kept;
  const { part, chain } = log;
  const before = daysBefore(run.now, days);
  const after = (await chain.anchor(tenant))?.seq ?? 0;
  const checkpoint = await scope.checkpoints.lastBefore(tenant, before);
  const upTo = checkpoint?.sizes[part] ?? 0;
  const leave = (to: number) => inPages(run.signal, () => log.retire(to, PAGE));
  if (checkpoint === null || upTo <= after) {
    const held = checkpoint === null ? "no checkpoint is that old" : null;
    const count = run.dryRun ? 0 : await leave(after);
    return { ...kept, ...NOTHING, count, held };
  }
  const signed = await findSigned(scope, { tenant, log, checkpoint });
  const leaving = typeof signed === "string"
    ? signed
    : await log.look(after, signed);
  if (typeof leaving === "string") {
    return { ...kept, ...NOTHING, held: leaving, failed: true };
  }
  const { count } = leaving;
  if (run.dryRun) return { ...kept, ...NOTHING, count, upTo };
  // In the log before anything leaves: what is gone without it was taken.
  await leaving.tell({
    ...{ v: 1, kind: "gap", tenant, id: scope.ids.next("gap"), at: run.now },
    ...{ reason: "retention", count, upTo, detail: `older than ${days} days` },
  });
  const gone = await leave(upTo);
  const reached = (await chain.anchor(tenant))?.seq ?? upTo;
  return { ...kept, ...NOTHING, count: gone, upTo: reached };
}

/** What a checkpoint signed; why it cannot be retired to, if that is not in the log. */
async function findSigned(
  { verifiers }: Pick<RetentionScope, "verifiers">,
  { tenant, log: { part, chain }, checkpoint: { note, sizes } }: {
    readonly tenant: string;
    readonly log: RetiringLog;
    readonly checkpoint: KeptCheckpoint;
  },
): Promise<ChainHead | string> {
  const opened = openCheckpoint(note, tenant, verifiers);
  if ("fault" in opened) {
    return `its checkpoint cannot be trusted (${opened.fault})`;
  }
  const { seq, hash } = opened[part];
  const [row] = await chain.read(tenant, seq - 1, 1);
  return row?.seq === seq && row.hash === hash && seq === sizes[part]
    ? { seq, hash }
    : "the log is not the one that was signed; run verify-log";
}
