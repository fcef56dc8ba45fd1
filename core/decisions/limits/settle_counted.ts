/**
 * Decisions that limits count: settled on what was counted by then, and settled again
 * where others were faster, until what it comes to is counted.
 *
 * @module
 */
import { type Deadline, NO_DEADLINE } from "../../domain/deadline.ts";
import type { Counts, Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/error.ts";
import type { Limit } from "../../verdicts/judge/policy_set.ts";
import type { Grounds } from "../grounds.ts";
import { causeOf } from "../fall_cause.ts";
import {
  type Counted,
  type Counter,
  findCounters,
  type Wanted,
} from "./counters.ts";
import type { LimitDesk } from "./limits.ts";

/** What a decision is settled with. */
export interface Counting {
  /** Counters of the limits that may apply; at least one. */
  readonly counters: readonly Counter[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Until when the counts are waited for; without an end unless given. */
  readonly deadline?: Deadline;
  /**
   * Takes the decision.
   *
   * @param counts What was counted by then.
   * @param failure Why that is not known; null if it is.
   */
  settle(counts: Counts, failure: string | null): Decision;
  /** Gives back what a decision that does not hold had reserved. */
  withdraw(decision: Decision): void;
}

/** A decision, and what was counted for it. */
export interface CountedDecision {
  readonly decision: Decision;
  readonly counted: readonly Counted[];
}

/** How often the counts are read before a limit that is always full says no. */
const READS = 4;

/**
 * Takes a decision that limits count. Where the counts are not to be had, they are
 * unknown, and each rule's `onMissing` says what follows.
 */
export async function settleCounted(
  desk: LimitDesk,
  counting: Counting,
): Promise<CountedDecision> {
  const { counters, now, settle, withdraw, deadline = NO_DEADLINE } = counting;
  const read = () => deadline.within(desk.read(counters, now));
  let taken: Decision | null = null;
  try {
    let counts = await read();
    const closed = new Set<string>();
    for (let reads = 1;; reads++) {
      taken = settle(counts, null);
      const wanted = wantedOf(taken, counters)
        .filter(({ counter }) => !closed.has(counter.limit.name));
      const full = wanted.length === 0
        ? closed
        : await claimInTime(desk, { wanted, now, deadline });
      if (wanted.length === 0 || full.size === 0) {
        const counted = wanted.map((one) => ({ ...one, at: now }));
        return { decision: taken, counted };
      }
      withdraw(taken);
      taken = null;
      if (reads >= READS) { for (const name of full) closed.add(name); }
      counts = { ...await read(), ...fill(counters, closed) };
    }
  } catch (error) {
    if (taken !== null) withdraw(taken);
    const decision = settle({}, `limits: ${causeOf(error)}`);
    return { decision, counted: [] };
  }
}

/** Counts what is wanted; what is counted too late is taken back, as nobody heard of it. */
async function claimInTime(
  desk: LimitDesk,
  { wanted, now, deadline }: {
    readonly wanted: readonly Wanted[];
    readonly now: number;
    readonly deadline: Deadline;
  },
): Promise<ReadonlySet<string>> {
  const claiming = desk.claim(wanted, now);
  return await deadline.within(claiming, () => {
    claiming.then(async (full) => {
      if (full.size > 0) return;
      await desk.release(wanted.map((one) => ({ ...one, at: now })));
    }).catch(() => {});
    return new EngineError(
      "deadline_exceeded",
      "Cannot count decision in time: the counts of its limits are late",
    );
  });
}

/**
 * Reads what limits have counted, for what is not counted itself.
 *
 * @returns Undefined where none may apply; nothing in it where it is not to be had.
 */
export async function readCounts(
  desk: LimitDesk,
  limits: readonly Limit[],
  { tenant, request, at }: Pick<Grounds, "tenant" | "request" | "at">,
): Promise<Counts | undefined> {
  if (limits.length === 0) return undefined;
  const counters = findCounters(limits, tenant, request);
  if (counters.length === 0) return undefined;
  return await desk.read(counters, Date.parse(at)).catch(() => ({}));
}

/** Counts of limits that are taken for full. */
function fill(
  counters: readonly Counter[],
  closed: ReadonlySet<string>,
): Counts {
  return Object.fromEntries(
    counters.filter(({ limit }) => closed.has(limit.name))
      .map(({ limit }) => [limit.name, limit.most]),
  );
}

/** What a decision comes to: itself, or the micros that it may cost. */
function wantedOf(
  { countsTowards = [], recommendation }: Decision,
  counters: readonly Counter[],
): readonly Wanted[] {
  const micros = recommendation.kind === "bid" ? recommendation.bidMicros : 0;
  return counters.filter(({ limit }) => countsTowards.includes(limit.name))
    .map((counter) => ({
      counter,
      count: counter.limit.of === "micros" ? micros : 1,
    }));
}
