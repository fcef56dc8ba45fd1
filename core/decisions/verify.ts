/**
 * Walks a tenant's chain and finds every row that was changed, removed, moved or
 * cut off, and says which.
 *
 * What the database's owner could still do is rewrite all rows from some place on,
 * and the head: only a head kept elsewhere shows that, so the head is returned.
 *
 * @module
 */
import type { LoggedRecord } from "../domain/decision.ts";
import type { ChainHead, DecisionLog } from "../ports/decisions.ts";
import type { Report } from "../../plugins/contract.ts";
import { hashRecord, parseRecord } from "./record.ts";

/**
 * What is wrong at a place. `changed`: the row is not what was logged. `removed`:
 * rows are gone from there on, `count` of them. `reordered`: the row was logged at
 * another place. `cut`: the end is gone. `added`: rows stand beyond the end that
 * was logged. `head`: the head is gone, or does not fit the last row.
 */
export type DamageKind =
  | "changed"
  | "removed"
  | "reordered"
  | "cut"
  | "added"
  | "head";

/** Damage to a chain. */
export interface Damage {
  readonly seq: number;
  readonly kind: DamageKind;
  /** Rows concerned. */
  readonly count: number;
  /** For a person. */
  readonly detail: string;
}

/** What a walk along a chain found. */
export interface LogVerification {
  readonly tenant: string;
  /** True if nothing is wrong. */
  readonly sound: boolean;
  /** Rows walked. */
  readonly rows: number;
  /** Head when the walk ended; null if the tenant has none. */
  readonly head: ChainHead | null;
  /** In order; the first hundred. */
  readonly damages: readonly Damage[];
  /** How many there are. */
  readonly damaged: number;
}

const PAGE = 1000;
const DAMAGES_KEPT = 100;
const GENESIS = "0".repeat(64);

interface Walk {
  rows: number;
  last: { seq: number; hash: string; suspect: boolean };
  readonly suspects: LoggedRecord[];
  readonly damages: Damage[];
}

/**
 * Verifies a tenant's chain.
 *
 * @param log The log.
 * @param tenant Whose.
 * @param report Told how far it is.
 */
export async function verifyChain(
  log: Pick<DecisionLog, "read" | "head">,
  tenant: string,
  report: Report = () => {},
): Promise<LogVerification> {
  const walk: Walk = {
    rows: 0,
    last: { seq: 0, hash: GENESIS, suspect: false },
    suspects: [],
    damages: [],
  };
  let head = await log.head(tenant);
  for (;;) {
    const page = await log.read(tenant, walk.last.seq, PAGE);
    for (const row of page) step(walk, row, tenant);
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
  judgeSuspects(walk);
  judgeHead(walk, head);
  const damages = walk.damages.sort((a, b) => a.seq - b.seq);
  return {
    tenant,
    sound: damages.length === 0,
    rows: walk.rows,
    head,
    damages: damages.slice(0, DAMAGES_KEPT),
    damaged: damages.length,
  };
}

function step(walk: Walk, row: LoggedRecord, tenant: string): void {
  const { last } = walk;
  const missing = row.seq - last.seq - 1;
  const suspect = hashRecord(row) !== row.hash || !isOwn(row, tenant);
  walk.rows += 1;
  if (suspect) walk.suspects.push(row);
  if (missing > 0) {
    note(walk, "removed", last.seq + 1, {
      count: missing,
      detail: `${missing} rows are gone`,
    });
  } else if (row.prev !== last.hash && !suspect && !last.suspect) {
    const detail = `row ${row.seq} was built on another row`;
    note(walk, "changed", Math.max(last.seq, 1), { count: 1, detail });
  }
  walk.last = { seq: row.seq, hash: row.hash, suspect };
}

/** Whether the columns beside the record say what it says. */
function isOwn(row: LoggedRecord, tenant: string): boolean {
  try {
    const { tenant: whose, decision } = parseRecord(row);
    return whose === tenant && decision.at === row.at;
  } catch {
    return false;
  }
}

/** A row that has its hash at the place of another suspect was moved from there. */
function judgeSuspects(walk: Walk): void {
  const places = walk.suspects.map(({ seq }) => seq).slice(0, DAMAGES_KEPT);
  for (const row of walk.suspects) {
    const from = places.find((seq) =>
      seq !== row.seq && hashRecord({ ...row, seq }) === row.hash
    );
    note(
      walk,
      from === undefined ? "changed" : "reordered",
      row.seq,
      {
        count: 1,
        detail: from === undefined
          ? "the row is not what was logged"
          : `the row was logged as ${from}`,
      },
    );
  }
}

function judgeHead(walk: Walk, head: ChainHead | null): void {
  const { seq, hash } = walk.last;
  if (head === null) {
    if (seq === 0) return;
    const detail = "the chain has no head";
    note(walk, "head", seq, { count: walk.rows, detail });
  } else if (head.seq > seq) {
    const count = head.seq - seq;
    const detail = `the last ${count} rows are gone`;
    note(walk, "cut", seq + 1, { count, detail });
  } else if (head.seq < seq) {
    const count = seq - head.seq;
    const detail = `${count} rows stand beyond the head`;
    note(walk, "added", head.seq + 1, { count, detail });
  } else if (head.hash !== hash) {
    const detail = "the last row is not the one that the head names";
    note(walk, "head", seq, { count: 1, detail });
  }
}

function note(
  walk: Walk,
  kind: DamageKind,
  ...[seq, { count, detail }]: [seq: number, Pick<Damage, "count" | "detail">]
): void {
  walk.damages.push({ seq, kind, count, detail });
}
