/**
 * A walk along a chain, record by record, that finds every record that was changed,
 * removed, moved, repeated or cut off.
 *
 * @module
 */
import type { Instant } from "../../../domain/day.ts";
import type { GapRecord } from "../../../domain/log_record.ts";
import type { ChainRecord } from "../../../domain/decision.ts";
import type { ChainHead } from "../../../ports/decisions.ts";
import { hashRecord, isOwnRow, parseGap } from "../records/record.ts";

/**
 * What is wrong at a place. `changed`: the row is not what was logged. `removed`:
 * rows are gone from there on, `count` of them. `reordered`: the row was logged at
 * another place. `repeated`: the row was there before. `cut`: the end is gone. `added`:
 * rows stand beyond the end that was logged. `head`: the head is gone, or does not fit
 * the last row. `retired`: more rows are gone than retention took.
 */
export type DamageKind =
  | "changed"
  | "removed"
  | "reordered"
  | "repeated"
  | "cut"
  | "added"
  | "head"
  | "retired";

/** Kinds by which rows are missing, while those that are there may all be as logged. */
export const MISSING: readonly DamageKind[] = ["removed", "cut", "retired"];

/** Damage to a chain. */
export interface Damage {
  readonly seq: number;
  readonly kind: DamageKind;
  /** Rows concerned. */
  readonly count: number;
  /** For a person. */
  readonly detail: string;
}

/** Gaps that the log tells of itself. */
export interface ToldGaps {
  /** Records that never came into it, at least; what retention took is not counted. */
  readonly records: number;
  /** The latest of them. */
  readonly gaps: readonly GapRecord[];
  /** How many there are. */
  readonly count: number;
}

/** What a walk found. */
export interface WalkResult {
  /** Rows walked. */
  readonly rows: number;
  /** The last of them; the anchor if there was none. */
  readonly last: ChainHead;
  /** In order; of very many, the first, and at least one of each kind. */
  readonly damages: readonly Damage[];
  /** How many there are. */
  readonly damaged: number;
  readonly told: ToldGaps;
  /** The retention that reaches furthest of those that the log tells of; null for none. */
  readonly retired: ToldRetention | null;
}

/** That records up to one were retired, and when. */
export interface ToldRetention {
  readonly upTo: number;
  readonly at: Instant;
}

/** A walk under way. */
export interface ChainWalk {
  /** Takes the next row. */
  step(row: ChainRecord): void;
  /** Where it is. */
  readonly last: ChainHead;
  /** Rows walked so far. */
  readonly rows: number;
  /** Ends it at the head that is kept apart from the chain. */
  end(head: ChainHead | null): WalkResult;
}

const KEPT = 100;
/** Rows that are kept until it is known whether they were moved; of more, it is not asked. */
const MOST_SUSPECTS = 1000;
const MOST_DAMAGES = 10_000;

interface Walk {
  readonly tenant: string;
  readonly anchor: ChainHead;
  rows: number;
  last: { seq: number; hash: string; suspect: boolean };
  readonly suspects: ChainRecord[];
  readonly damages: Damage[];
  damaged: number;
  gaps: GapRecord[];
  told: { records: number; count: number };
  retired: ToldRetention | null;
}

/**
 * Starts a walk.
 *
 * @param tenant Whose chain.
 * @param anchor The record before the first.
 */
export function startWalk(tenant: string, anchor: ChainHead): ChainWalk {
  const walk: Walk = {
    ...{ tenant, anchor, rows: 0, suspects: [], gaps: [] },
    ...{ damages: [], damaged: 0 },
    last: { ...anchor, suspect: false },
    ...{ told: { records: 0, count: 0 }, retired: null },
  };
  return {
    step: (row) => step(walk, row),
    get last() {
      const { seq, hash } = walk.last;
      return { seq, hash };
    },
    get rows() {
      return walk.rows;
    },
    end: (head) => end(walk, head),
  };
}

function step(walk: Walk, row: ChainRecord): void {
  const { last } = walk;
  const missing = row.seq - last.seq - 1;
  walk.rows += 1;
  if (missing < 0) return judgeBack(walk, row);
  const suspect = hashRecord(row) !== row.hash || !isOwnRow(row, walk.tenant);
  if (suspect) suspectRow(walk, row);
  else if (row.kind === "gap") tell(walk, row);
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

/** A row that does not go on: the one before once more, or one out of its place. */
function judgeBack(walk: Walk, { seq, hash }: ChainRecord): void {
  const again = seq === walk.last.seq && hash === walk.last.hash;
  note(walk, again ? "repeated" : "reordered", seq, {
    count: 1,
    detail: again
      ? `row ${seq} stands there twice`
      : `row ${seq} stands behind row ${walk.last.seq}`,
  });
}

function suspectRow(walk: Walk, row: ChainRecord): void {
  if (walk.suspects.length < MOST_SUSPECTS) walk.suspects.push(row);
  else noteChanged(walk, row);
}

function noteChanged(walk: Walk, { seq }: ChainRecord): void {
  const detail = "the row is not what was logged";
  note(walk, "changed", seq, { count: 1, detail });
}

function tell(walk: Walk, row: ChainRecord): void {
  const gap = parseGapOrNull(row);
  if (gap === null) return suspectRow(walk, row);
  const isRetention = gap.reason === "retention";
  walk.gaps = [...walk.gaps, gap].slice(-KEPT);
  walk.told = {
    records: walk.told.records + (isRetention ? 0 : gap.count ?? 1),
    count: walk.told.count + 1,
  };
  const { upTo = 0, at } = gap;
  if (isRetention && upTo > (walk.retired?.upTo ?? 0)) {
    walk.retired = { upTo, at };
  }
}

function parseGapOrNull(row: ChainRecord): GapRecord | null {
  try {
    return parseGap(row);
  } catch {
    return null;
  }
}

function end(walk: Walk, head: ChainHead | null): WalkResult {
  judgeSuspects(walk);
  judgeHead(walk, head);
  const { anchor, told, retired } = walk;
  const upTo = retired?.upTo ?? 0;
  if (anchor.seq > upTo) {
    const count = anchor.seq - upTo;
    const detail = `${count} rows are gone that no retention record tells of`;
    note(walk, "retired", upTo + 1, { count, detail });
  }
  return {
    rows: walk.rows,
    last: { seq: walk.last.seq, hash: walk.last.hash },
    damages: walk.damages.sort((a, b) => a.seq - b.seq),
    damaged: walk.damaged,
    told: { records: told.records, count: told.count, gaps: walk.gaps },
    retired,
  };
}

/** A row that has its hash at the place of another suspect was moved from there. */
function judgeSuspects(walk: Walk): void {
  const places = walk.suspects.map(({ seq }) => seq).slice(0, KEPT);
  for (const row of walk.suspects) {
    const from = places.find((seq) =>
      seq !== row.seq && hashRecord({ ...row, seq }) === row.hash
    );
    if (from === undefined) noteChanged(walk, row);
    else {
      const detail = `the row was logged as ${from}`;
      note(walk, "reordered", row.seq, { count: 1, detail });
    }
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
  walk.damaged += 1;
  const isFirst = () => walk.damages.every((one) => one.kind !== kind);
  if (walk.damages.length < MOST_DAMAGES || isFirst()) {
    walk.damages.push({ seq, kind, count, detail });
  }
}
