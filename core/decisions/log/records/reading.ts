/**
 * Reading many records at once: by entity, or to take them elsewhere.
 *
 * @module
 */
import type { Instant } from "../../../domain/day.ts";
import type {
  ChainRecord,
  DecisionRecord,
  LoggedRecord,
} from "../../../domain/decision.ts";
import type { Report } from "../../../../plugins/contract.ts";
import type {
  ChainHead,
  DecisionLog,
  LogSearch,
  RecordChain,
} from "../../../ports/decisions.ts";
import { EngineError } from "../../../domain/error.ts";
import { GENESIS } from "../checkpoints/checkpoint.ts";
import { createMasking, type Masking } from "./masks.ts";
import { findRange } from "./place.ts";
import { isUnopened } from "./record.ts";

/** A record as it leaves. */
export interface FoundRecord
  extends Pick<LoggedRecord, "seq" | "id" | "at" | "kind"> {
  /** The record, masked or not; null if what it was about was erased. */
  readonly record: unknown;
}

/** Which part of a log is wanted; all of it unless told. */
export interface WantedPart {
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly report?: Report;
}

/** A part of a chain, to be read page by page. */
export interface ReadPart<R extends ChainRecord = LoggedRecord> {
  /** The record before the first. */
  readonly anchor: ChainHead;
  readonly upTo: number;
  /** Where the log ends. */
  readonly size: number;
  readonly pages: AsyncIterable<readonly R[]>;
}

/** The moments of a part that was asked for, as they are told on. */
export function momentsOf(
  { from, until }: WantedPart,
): { readonly from?: Instant; readonly until?: Instant } {
  return {
    ...from === undefined ? {} : { from },
    ...until === undefined ? {} : { until },
  };
}

/** Reads many records. */
export interface ManyReader {
  /** Records of entities, in the order of their moments. */
  search(
    tenant: string,
    asked: LogSearch & {
      /** Whether people, and what else is masked, are left out. */
      readonly masked: boolean;
    },
  ): Promise<readonly FoundRecord[]>;
  /** A part of the chain without holes, as it is logged. */
  part(tenant: string, wanted: WantedPart): Promise<ReadPart>;
  /**
   * A decision's record, masked; masks may leave of it what has no longer its form.
   */
  mask(tenant: string, record: DecisionRecord): unknown;
  /** Whether more is masked than who a record is about. */
  readonly isWidelyMasked: boolean;
}

const PAGE = 500;

/** Opens the reading of many records. */
export function createManyReader(
  log: Pick<DecisionLog, "search" | "read" | "head" | "anchor">,
  masking: Masking = createMasking(),
): ManyReader {
  return {
    mask: masking.apply,
    isWidelyMasked: masking.isWide,
    async search(tenant, { masked, ...asked }) {
      const rows = await log.search(tenant, asked);
      return rows.map((row) =>
        showRecord(row, tenant, masked ? masking : null)
      );
    },
    part: (tenant, wanted) => readPart(log, tenant, wanted),
  };
}

/** A part of a chain without holes, as it is logged. */
export async function readPart<R extends ChainRecord>(
  log: RecordChain<R>,
  owner: string,
  { from, until, report = () => {} }: WantedPart,
): Promise<ReadPart<R>> {
  const head = await log.head(owner) ?? GENESIS;
  const range = await findRange(log, owner, { head, from, until });
  const anchor = await readAnchor(log, owner, range.after);
  const upTo = Math.max(range.upTo, anchor.seq);
  const asked = { after: anchor.seq, upTo, report };
  const pages = readPages(log, owner, asked);
  return { anchor, upTo, size: head.seq, pages };
}

/**
 * A record as it leaves.
 *
 * @param masking Null to leave it as it is.
 */
export function showRecord(
  row: LoggedRecord,
  tenant: string,
  masking: Masking | null,
): FoundRecord {
  const { seq, id, at, kind } = row;
  if (isUnopened(row)) return { seq, id, at, kind, record: null };
  const whole: unknown = JSON.parse(row.opened ?? row.record);
  const record = masking === null ? whole : masking.apply(tenant, whole);
  return { seq, id, at, kind, record };
}

/** The record at a place, or the last that was retired if that is later. */
async function readAnchor(
  log: Pick<RecordChain, "read" | "anchor">,
  owner: string,
  seq: number,
): Promise<ChainHead> {
  const anchor = await log.anchor(owner) ?? GENESIS;
  if (seq <= anchor.seq) return anchor;
  const [row] = await log.read(owner, seq - 1, 1);
  return row === undefined ? anchor : { seq: row.seq, hash: row.hash };
}

async function* readPages<R extends ChainRecord>(
  log: Pick<RecordChain<R>, "read" | "anchor">,
  owner: string,
  { after, upTo, report }: {
    readonly after: number;
    readonly upTo: number;
    readonly report: Report;
  },
): AsyncGenerator<readonly R[]> {
  let place = after;
  while (place < upTo) {
    const limit = Math.min(PAGE, upTo - place);
    const page = (await log.read(owner, place, limit))
      .filter(({ seq }) => seq <= upTo);
    const last = page.at(-1);
    if (page[0]?.seq !== place + 1) await demandUnmoved(log, owner, place);
    if (last === undefined) return;
    yield page;
    place = last.seq;
    report(`${place - after} records`, (place - after) / (upTo - after));
  }
}

/** Records that are missing were not retired while they were read: then another try has none missing. */
async function demandUnmoved(
  log: Pick<RecordChain, "anchor">,
  owner: string,
  place: number,
): Promise<void> {
  const anchor = await log.anchor(owner);
  if (anchor === null || anchor.seq <= place) return;
  throw new EngineError(
    "store_unavailable",
    `Cannot read the log of "${owner}": records up to ${anchor.seq} were retired meanwhile; try again`,
  );
}
