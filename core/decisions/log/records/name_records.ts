/**
 * Names decisions that were logged before decisions were found by name: in clear, and
 * with all that they name in their request.
 *
 * @module
 */
import type { LoggedRecord } from "../../../domain/decision.ts";
import { EngineError } from "../../../domain/error.ts";
import { subjectHash } from "../../../domain/keyed_hash.ts";
import type { DecisionLog } from "../../../ports/decisions.ts";
import type { LogNaming, RecordName } from "../../../ports/log.ts";
import { entitiesNamed } from "./outcomes.ts";
import { readBeside } from "./pages.ts";
import { parseRecord } from "./record.ts";

/** About a twentieth of the thread, and two thousand records a second: it must catch up. */
const REST_MS = 25;
/** Records after which how far it came is kept: a commit, for which decisions may wait. */
const KEPT_EACH = 1000;

/** What names them. */
export interface NamingScope {
  readonly log: Pick<DecisionLog, "read">;
  readonly naming: LogNaming;
  /** Rest after a page, ms; 25 unless given. */
  readonly restMs?: number | undefined;
}

/** A part of a chain to be named. */
export interface NamingRun {
  readonly tenant: string;
  /** The last record that was looked at. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Keeps how far it came. */
  keep(upTo: number): Promise<void>;
}

/**
 * Names what lies behind a place, page by page.
 *
 * @returns The last record that was looked at.
 * @throws The signal's reason, between two pages.
 */
export async function nameRecords(
  { log, naming, restMs = REST_MS }: NamingScope,
  { tenant, after, signal, keep }: NamingRun,
): Promise<number> {
  let place = after;
  let kept = after;
  signal.throwIfAborted();
  for await (const page of readBeside({ log, tenant, restMs }, after)) {
    await naming.name(tenant, page.flatMap((row) => namesOf(tenant, row)));
    place = page.at(-1)?.seq ?? place;
    if (place - kept >= KEPT_EACH) {
      await keep(place);
      kept = place;
    }
    signal.throwIfAborted();
  }
  return place;
}

/** Nothing for what is sealed: it was named when it was logged. */
function namesOf(tenant: string, row: LoggedRecord): RecordName[] {
  if (row.kind !== "decision" || row.opened !== undefined) return [];
  const { seq, at } = row;
  return entitiesOf(row).map((entity) => ({
    ...{ seq, at, entity },
    subjectHash: entity.startsWith(SUBJECT)
      ? subjectHash(tenant, entity.slice(SUBJECT.length))
      : null,
  }));
}

const SUBJECT = "subject:";

/** Nothing for what cannot be read; `verify-log` tells. */
function entitiesOf(row: LoggedRecord): readonly string[] {
  try {
    return entitiesNamed(parseRecord(row));
  } catch (error) {
    if (error instanceof EngineError) return [];
    throw error;
  }
}
