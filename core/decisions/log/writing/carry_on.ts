/**
 * Carrying on: what is spooled goes to the log, in order, and what the spool lost is
 * recorded there as a gap. An entry that the log has already stays as it is, so a step may
 * be done again after any failure.
 *
 * @module
 */
import { canonicalJson } from "../../../domain/canonical.ts";
import { EngineError } from "../../../domain/error.ts";
import type { GapRecord } from "../../../domain/log_record.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DecisionLog, LogEntry } from "../../../ports/decisions.ts";
import type { Spool, SpoolBatch, SpoolGap } from "../../../ports/spool.ts";

/** A gap that was recorded. */
export interface GapTold {
  readonly id: string;
  /** `damaged`, `unreadable`, or `refused`: no log takes the entry. */
  readonly reason: SpoolGap["reason"] | "refused";
  readonly count: number;
  readonly tenants: readonly string[];
  /** For a person; without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface CarryScope {
  readonly log: Pick<DecisionLog, "append" | "tenants">;
  readonly spool: Pick<Spool, "oldest">;
  readonly clock: Clock;
}

const BATCH = 256;

/**
 * Has the log take what is spooled, until it has what waited. What comes meanwhile is left
 * for the next time, so that many go together then.
 *
 * @param scope What it works with.
 * @param tell Told of each gap, once the log has it.
 * @returns How many entries the log took.
 * @throws {EngineError} `store_unavailable` if the log is away; the rest stays spooled.
 */
export async function carryOn(
  { log, spool, clock }: CarryScope,
  tell: (gap: GapTold) => void,
): Promise<number> {
  let carried = 0;
  for (;;) {
    const batch = await spool.oldest(BATCH);
    if (batch === null) return carried;
    const gaps = await tellWhose(log, batch.gaps);
    const refused = await appendAll(log, batch.entries);
    gaps.push(...refused.map(gapOfRefused));
    const records = gaps.flatMap((gap) => gapEntries(gap, clock.now()));
    if (records.length > 0) await log.append(records);
    await batch.carried(refused);
    gaps.forEach(tell);
    carried += batch.entries.length - refused.length;
    if (!batch.more) return carried;
  }
}

/** @returns The entries that the log refuses for what they are. */
async function appendAll(
  log: CarryScope["log"],
  entries: SpoolBatch["entries"],
): Promise<readonly LogEntry[]> {
  if (entries.length === 0) return [];
  try {
    await log.append(entries);
    return [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (entries.length === 1) return entries;
  }
  const refused: LogEntry[] = [];
  for (const entry of entries) refused.push(...await appendAll(log, [entry]));
  return refused;
}

/**
 * Whether the entry itself is wrong: by classes 22 and 23 of SQL, or by its form. Whatever
 * else fails, such as a master key that is not here, may be seen to: nothing is given up
 * for it.
 */
function isRefused(error: unknown): boolean {
  return error instanceof EngineError
    ? /^2[23]...$/.test(String(error.facts.cause))
    : error instanceof TypeError || error instanceof RangeError;
}

/** A loss that could be anyone's is told to everyone. */
async function tellWhose(
  log: CarryScope["log"],
  gaps: readonly SpoolGap[],
): Promise<GapTold[]> {
  const told: GapTold[] = [];
  for (const { id, reason, count, tenants, file } of gaps) {
    told.push({
      ...{ id, reason, count },
      tenants: tenants.length > 0 ? tenants : await log.tenants(),
      detail: `up to ${count} records of spool file "${file}"`,
    });
  }
  return told;
}

function gapOfRefused({ tenant, id }: LogEntry): GapTold {
  return {
    ...{ id: `gap_${id}`, reason: "refused", count: 1, tenants: [tenant] },
    detail: `record "${id}" is kept aside in the spool`,
  };
}

function gapEntries(
  { id, reason, count, tenants, detail }: GapTold,
  at: string,
): readonly LogEntry[] {
  return tenants.map((tenant) => {
    const record: GapRecord = {
      ...{ v: 1, kind: "gap", tenant, id, at, reason, count, detail },
    };
    const text = canonicalJson(record);
    return { tenant, id, at, kind: "gap", record: text, idempotent: null };
  });
}
