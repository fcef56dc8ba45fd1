/**
 * Verifies a tenant's chain as the database holds it, and compares it with checkpoints.
 *
 * What the database's owner could do unseen is rewrite all rows from some place on, and
 * the head: a checkpoint that was made before shows that, and one kept elsewhere cannot
 * be removed with them.
 *
 * @module
 */
import type { ChainHead, RecordChain } from "../../../ports/decisions.ts";
import type { Report } from "../../../../plugins/contract.ts";
import { GENESIS } from "../checkpoints/checkpoint.ts";
import {
  compareMarks,
  coveredBy,
  type MarkFault,
  type Marks,
  NO_MARKS,
} from "../checkpoints/marks.ts";
import { type Damage, startWalk, type ToldGaps } from "./walk.ts";

/** What a walk along a chain found. */
export interface LogVerification {
  readonly tenant: string;
  /** True if nothing is wrong with the chain, and no checkpoint speaks against it. */
  readonly sound: boolean;
  /** Rows walked. */
  readonly rows: number;
  /** Head when the walk ended; null if the tenant has none. */
  readonly head: ChainHead | null;
  /** The last record that was retired; null if none was. */
  readonly anchor: ChainHead | null;
  /** In order; the first hundred. */
  readonly damages: readonly Damage[];
  /** How many there are. */
  readonly damaged: number;
  /** Gaps that the log tells of itself. */
  readonly told: ToldGaps;
  /** What is wrong with checkpoints, or by them; the first hundred. */
  readonly faults: readonly MarkFault[];
  /** Records up to the last checkpoint that can be trusted; 0 without one. */
  readonly covered: number;
}

/** What a chain is verified with. */
export interface VerifyOptions {
  /** Checkpoints to compare it with; none unless given. */
  readonly marks?: Marks;
  /** Told how far it is. */
  readonly report?: Report;
}

const PAGE = 1000;
const KEPT = 100;

/**
 * Verifies a tenant's chain; begins anew if records are retired meanwhile.
 *
 * @param log The log.
 * @param tenant Whose.
 */
export async function verifyChain(
  log: RecordChain,
  tenant: string,
  { marks = NO_MARKS, report = () => {} }: VerifyOptions = {},
): Promise<LogVerification> {
  const anchor = await log.anchor(tenant);
  const walk = startWalk(tenant, anchor ?? GENESIS);
  const found = new Map<number, string>();
  let head = await log.head(tenant);
  for (;;) {
    const page = await log.read(tenant, walk.last.seq, PAGE);
    for (const row of page) {
      walk.step(row);
      if (marks.hashes.has(row.seq)) found.set(row.seq, row.hash);
    }
    if (page.length > 0) {
      const share = Math.min(1, walk.last.seq / Math.max(head?.seq ?? 0, 1));
      report(`${tenant}: ${walk.rows} records`, share);
      continue;
    }
    const now = await log.head(tenant);
    const grown = (now?.seq ?? 0) > (head?.seq ?? 0);
    head = now;
    if (!grown) break;
  }
  if ((await log.anchor(tenant))?.seq !== anchor?.seq) {
    return await verifyChain(log, tenant, { marks, report });
  }
  const { rows, last, damages, damaged, told } = walk.end(head);
  const ends = { anchor: anchor ?? GENESIS, last };
  const faults = [...marks.faults, ...compareMarks(marks, found, ends)];
  return {
    ...{ tenant, rows, head, anchor, told },
    sound: damages.length === 0 && faults.length === 0,
    damages: damages.slice(0, KEPT),
    damaged,
    faults: faults.slice(0, KEPT),
    covered: coveredBy(marks),
  };
}
