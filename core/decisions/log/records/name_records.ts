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
import { PAGE, rest } from "./pages.ts";
import { parseRecord } from "./record.ts";

/** About a twentieth of the thread, and two thousand records a second. */
const REST_MS = 25;
/** Records that are looked at at once where most are sealed: forty thousand a second. */
const WITHIN = 1000;
/**
 * Records after which how far it came is kept, a commit, for which decisions may wait, and
 * after which it rests less if the log grew by more than half as many meanwhile.
 */
const KEPT_EACH = 10_000;

/** What names them. */
export interface NamingScope {
  readonly log: Pick<DecisionLog, "head">;
  readonly naming: LogNaming;
  /** Longest rest after a page, ms; 25 unless given. */
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
 * Names what lies behind a place, page by page, up to where the log ends as it begins:
 * what comes meanwhile is the next run's.
 *
 * @returns The last record that was looked at.
 * @throws The signal's reason, between two pages.
 */
export async function nameRecords(
  { log, naming, restMs = REST_MS }: NamingScope,
  { tenant, after, signal, keep }: NamingRun,
): Promise<number> {
  const sizeOf = async () => (await log.head(tenant))?.seq ?? 0;
  const upTo = await sizeOf();
  let [place, kept, within] = [after, after, WITHIN];
  let [size, pauseMs] = [upTo, restMs];
  while (place < upTo) {
    signal.throwIfAborted();
    const asked = { after: place, within, limit: PAGE };
    const found = await naming.unnamed(tenant, asked);
    if (found.upTo === null) break;
    const names = found.rows.flatMap((row) => namesOf(tenant, row));
    await naming.name(tenant, names);
    place = found.upTo;
    within = found.rows.length < PAGE ? WITHIN : PAGE;
    if (place - kept >= KEPT_EACH) {
      await keep(place);
      const now = await sizeOf();
      const isAhead = place - kept > 2 * (now - size);
      pauseMs = isAhead ? Math.min(restMs, pauseMs * 2) : pauseMs / 2;
      [kept, size] = [place, now];
    }
    await rest(pauseMs);
  }
  signal.throwIfAborted();
  return place;
}

function namesOf(tenant: string, row: LoggedRecord): RecordName[] {
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
