/**
 * Limits as a node keeps them: what was counted is read before a decision, and what it
 * comes to is counted before it is answered. A crash between the two counts too much,
 * never too little.
 *
 * What is counted apart for a person is counted in the store, one by one. Counters of many
 * are drawn on by slices: a part is counted at once and used up in memory, within its
 * slot, so that no row is a bottleneck. What is left of it is given back.
 *
 * @module
 */
import type { Counts } from "../../domain/decision.ts";
import type { LimitCounts } from "../../ports/limits.ts";
import {
  claimOf,
  type Counted,
  type Counter,
  type Wanted,
} from "./counters.ts";
import { gather } from "./gather.ts";
import { createSlices, type Slices } from "./slices.ts";

/** Where decisions are counted. */
export interface LimitDesk {
  /**
   * Reads counters.
   *
   * @param now Milliseconds since 1970.
   * @returns By `policy.rule`.
   * @throws {EngineError} `store_unavailable`.
   */
  read(counters: readonly Counter[], now: number): Promise<Counts>;
  /**
   * Counts all or none: what was counted beside a limit without room is taken back.
   *
   * @returns Limits that left no room, as `policy.rule`; none if all is counted.
   * @throws {EngineError} `store_unavailable`; it is then not known what is counted.
   */
  claim(
    wanted: readonly Wanted[],
    now: number,
  ): Promise<ReadonlySet<string>>;
  /** Takes back what was counted and is sure not to happen, as well as it can. */
  release(counted: readonly Counted[]): Promise<void>;
  /** Gives back what is held and not used. */
  close(): Promise<void>;
}

/** Opens the counters. */
export function createLimits(counts: LimitCounts): LimitDesk {
  const store = gather(counts);
  const slices = createSlices(store);
  const held = { store, slices };
  return {
    read: (counters, now) => read(held, counters, now),
    claim: (wanted, now) => claim(held, wanted, now),
    release: (counted) => release(held, counted),
    close: () => slices.close(),
  };
}

interface Held {
  readonly store: LimitCounts;
  readonly slices: Slices;
}

async function read(
  { store, slices }: Held,
  counters: readonly Counter[],
  now: number,
): Promise<Counts> {
  const counts: Record<string, number> = {};
  const asked: Counter[] = [];
  for (const counter of counters) {
    const known = isShared(counter) ? await slices.peek(counter, now) : null;
    if (known === null) asked.push(counter);
    else counts[counter.limit.name] = known;
  }
  if (asked.length === 0) return counts;
  const found = await store.read(
    asked.map((counter) => claimOf({ counter, count: 0 }, now)),
  );
  asked.forEach(({ limit }, place) => {
    counts[limit.name] = found[place] ?? 0;
  });
  return counts;
}

async function claim(
  held: Held,
  wanted: readonly Wanted[],
  now: number,
): Promise<ReadonlySet<string>> {
  const drawn: Counted[] = [];
  try {
    const full = await drawAll(held, wanted, { now, drawn });
    if (full.size > 0) await release(held, drawn);
    return full;
  } catch (error) {
    await release(held, drawn);
    throw error;
  }
}

async function drawAll(
  { store, slices }: Held,
  wanted: readonly Wanted[],
  { now, drawn }: { readonly now: number; readonly drawn: Counted[] },
): Promise<ReadonlySet<string>> {
  for (const one of wanted.filter(({ counter }) => isShared(counter))) {
    if (!await slices.draw(one, now)) return new Set([one.counter.limit.name]);
    drawn.push({ ...one, at: now });
  }
  const own = wanted.filter(({ counter }) => !isShared(counter));
  if (own.length === 0) return new Set();
  const counts = await store.claim(own.map((one) => claimOf(one, now)), now);
  const full = new Set<string>();
  own.forEach((one, place) => {
    if (counts[place] === null) full.add(one.counter.limit.name);
    else drawn.push({ ...one, at: now });
  });
  return full;
}

async function release(
  { store, slices }: Held,
  counted: readonly Counted[],
): Promise<void> {
  const others = counted.filter((one) =>
    !isShared(one.counter) || !slices.putBack(one)
  );
  if (others.length === 0) return;
  const claims = others.map((one) => claimOf(one, one.at));
  await store.release(claims).catch(() => {});
}

/** Whether many draw on a counter: it is nobody's own. */
function isShared({ subject }: Counter): boolean {
  return subject === null;
}
