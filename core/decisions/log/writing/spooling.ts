/**
 * Where a decision is made durable: in the log, or in this node's spool until the log has
 * it. What is answered under a key waits for the log, as key and effect are one
 * transaction there.
 *
 * @module
 */
import type { LoggedRecord } from "../../../domain/decision.ts";
import { EngineError } from "../../../domain/error.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DecisionLog, LogEntry } from "../../../ports/decisions.ts";
import type { Spool, SpoolStanding } from "../../../ports/spool.ts";
import { carryOn, type GapTold } from "./carry_on.ts";
import { hashRecord } from "../records/record.ts";
import { createWriter, isOutage, type Writer } from "./writer.ts";

/**
 * Where decisions are written. `postgres`: the log, and refused while it is away.
 * `fallback`: the log, and the spool while it is away or slow. `spool`: always the spool
 * first.
 */
export type LogWrites = "postgres" | "fallback" | "spool";

/** How writing stands. */
export interface SpoolingStanding extends SpoolStanding {
  /** Why what is spooled cannot be carried on; null while it can. */
  readonly away: string | null;
  /** Records that are missing, by reason, since the start. */
  readonly gaps: Readonly<Record<string, number>>;
}

/** Decisions written to a log and a spool. */
export interface Spooling {
  readonly writes: LogWrites;
  readonly writer: Writer;
  /** The log, which also finds what is only spooled. */
  readonly log: DecisionLog;
  /**
   * Has the log take what is spooled, until it has what waited.
   *
   * @param tell Told of each gap.
   * @returns How many entries.
   * @throws {EngineError} `store_unavailable` if the log is away; the rest stays spooled.
   */
  carryOn(tell: (gap: GapTold) => void): Promise<number>;
  standing(): SpoolingStanding;
  close(): Promise<void>;
}

/** What it works with. */
export interface SpoolingScope {
  readonly log: DecisionLog;
  readonly spool: Spool;
  readonly writes: LogWrites;
  readonly clock: Clock;
  /** Longest that a commit may take before the spool does, ms; 100 unless given. */
  readonly slowMs?: number;
}

/** Below the deadline of a decision: what the log does not take in time is still answered. */
const SLOW_MS = 100;

/** No tenant's name: whether the log answers is asked by it. */
const NOBODY = "";

/** Opens the writing of decisions. */
export function createSpooling(scope: SpoolingScope): Spooling {
  const { log, spool, writes, clock } = scope;
  const route: Route = {
    away: spool.standing().waiting > 0 ? "entries wait" : null,
  };
  const gaps: Record<string, number> = {};
  const writer = createRoutedWriter(scope, route);
  /** What a spool once refused matters no more while the log takes all there is. */
  const isPassedBy = () => writes === "fallback" && route.away === null;
  return {
    ...{ writes, writer },
    log: {
      ...log,
      find: async (tenant, id) => {
        const spooled = await spool.find(tenant, id);
        return spooled ? unchained(spooled) : await log.find(tenant, id);
      },
    },
    carryOn: async (tell) => {
      try {
        const carried = await carryOn({ log, spool, clock }, (gap) => {
          gaps[gap.reason] = (gaps[gap.reason] ?? 0) + gap.count;
          tell(gap);
        });
        if (route.away !== null) await log.head(NOBODY);
        route.away = null;
        return carried;
      } catch (error) {
        route.away = reasonOf(error);
        throw error;
      }
    },
    standing: () => ({
      ...spool.standing(),
      ...isPassedBy() && { problem: null },
      ...{ away: route.away, gaps: { ...gaps } },
    }),
    close: () => spool.close(),
  };
}

/**
 * What of the spool degrades the engine: `log:spooling` while the database is away,
 * `log:carrying` where only what was spooled before waits for it, `log:refusing` while
 * the spool takes nothing.
 *
 * @param health Of the other parts, the database among them.
 */
export function healthOfSpool(
  health: Readonly<Record<string, string | null>>,
  spooling: Pick<Spooling, "standing" | "writes"> | undefined,
): Readonly<Record<string, string | null>> {
  if (spooling === undefined) return health;
  const { away, problem } = spooling.standing();
  const name = spooling.writes === "postgres" ? "log:carrying" : "log:spooling";
  const why = away ?? (spooling.writes === "postgres" ? null : health.database);
  return { ...health, [name]: why ?? null, ["log:refusing"]: problem };
}

/** Why the log is not written to first; null while it is. */
interface Route {
  away: string | null;
}

/** Each entry goes to the log or to the spool, with all that go there at the time. */
function createRoutedWriter(
  { log, spool, writes, slowMs = SLOW_MS }: SpoolingScope,
  route: Route,
): Writer {
  const toSpool = createWriter(spool);
  const toLog = createWriter(log);
  const inTime = createWriter({ append: appendInTime });
  async function appendInTime(entries: readonly LogEntry[]) {
    if (route.away !== null) throw unwritten(route.away);
    try {
      return await within(log.append(entries), slowMs);
    } catch (error) {
      if (isOutage(error)) route.away ??= reasonOf(error);
      throw error;
    }
  }
  return {
    append(entry, deadline) {
      if (entry.idempotent !== null || writes === "postgres") {
        return toLog.append(entry, deadline);
      }
      if (writes === "spool" || route.away !== null) {
        return toSpool.append(entry, deadline);
      }
      return inTime.append(entry, deadline).catch((error) => {
        if (route.away === null) throw error;
        return toSpool.append(entry);
      });
    },
    shed: () => toLog.shed() + inTime.shed() + toSpool.shed(),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof EngineError ? error.message : "it fails";
}

/** As the log will find it, but for its place in the chain, which is yet to be given. */
function unchained(
  { id, at, record, kind = "decision" }: LogEntry,
): LoggedRecord {
  const place = { seq: 0, prev: "" };
  const hash = hashRecord({ ...place, record });
  return { ...place, id, at, kind, record, hash };
}

/** The write goes on: whether the log takes it in the end is unknown then. */
async function within<T>(written: Promise<T>, longestMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(unwritten(`it takes more than ${longestMs} ms`)),
    longestMs,
  );
  written.catch(() => {});
  return await Promise.race([written, late]).finally(() => clearTimeout(timer));
}

function unwritten(reason: string): EngineError {
  return new EngineError(
    "store_unavailable",
    `Cannot write the decision log: ${reason}; try again`,
  );
}
