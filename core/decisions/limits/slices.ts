/**
 * Slices of counters that many decisions draw on: counted in the store at once, used up in
 * memory. A slice is good for its slot alone, as it is counted there. It grows while it is
 * used up, and never beyond an eighth of what was free, so that nodes leave each other
 * something.
 *
 * @module
 */
import type { CountClaim, LimitCounts } from "../../ports/limits.ts";
import {
  claimOf,
  type Counted,
  type Counter,
  nameOf,
  slotAt,
  type Wanted,
} from "./counters.ts";

/** Slices of all counters. */
export interface Slices {
  /** Takes from a counter's slice, or a new one; false if the window is full. */
  draw(wanted: Wanted, now: number): Promise<boolean>;
  /** What is counted beside what is free here; null where nothing is. */
  peek(counter: Counter, now: number): Promise<number | null>;
  /** Puts back what was drawn; false if its slice is gone. */
  putBack(counted: Counted): boolean;
  /** Gives all that is left back to the store. */
  close(): Promise<void>;
}

interface Slice {
  /** Names the counter and the slot. */
  readonly claim: CountClaim;
  /** What is left of all that was claimed for the slot. */
  rest: number;
  /** What the window held after the last claim. */
  readonly held: number;
  /** How much was claimed last. */
  readonly size: number;
}

/** One part in so many of what is free is what a node takes at most. */
const SHARE = 8;
/** So many slices are kept before those without use are looked for. */
const MANY = 1000;

/** Slices by name, and those that are being claimed. */
interface Held {
  readonly store: LimitCounts;
  readonly slices: Map<string, Slice>;
  readonly refilling: Map<string, Promise<boolean>>;
  /** As many slices as make the next search worth its while. */
  many: number;
  /** What is being given back meanwhile. */
  sweeping: Promise<void>;
}

/** Opens the slices over a store. */
export function createSlices(store: LimitCounts): Slices {
  const held: Held = {
    ...{ store, slices: new Map(), refilling: new Map() },
    ...{ many: MANY, sweeping: Promise.resolve() },
  };
  return {
    draw: (wanted, now) => draw(held, wanted, now),
    async peek(counter, now) {
      sweep(held, now);
      const { ends } = slotAt(counter.limit, now);
      await dropOther(held, nameOf(counter), ends);
      const slice = find(held, nameOf(counter), ends);
      return slice === null || slice.rest === 0
        ? null
        : slice.held - slice.rest;
    },
    putBack({ counter, count, at }) {
      const { ends } = slotAt(counter.limit, at);
      const slice = find(held, nameOf(counter), ends);
      if (slice === null) return false;
      slice.rest += count;
      return true;
    },
    async close() {
      await held.sweeping;
      await giveBack(store, takeAway(held, () => true));
    },
  };
}

/** Who finds the slice used up claims the next; the others wait for it. */
async function draw(
  held: Held,
  wanted: Wanted,
  now: number,
): Promise<boolean> {
  const { refilling } = held;
  const name = nameOf(wanted.counter);
  const { ends } = slotAt(wanted.counter.limit, now);
  for (;;) {
    const slice = find(held, name, ends);
    if (slice !== null && slice.rest >= wanted.count) {
      slice.rest -= wanted.count;
      return true;
    }
    const under = refilling.get(name);
    if (under === undefined) {
      const own = drawAnew(held, wanted, now);
      refilling.set(name, own);
      return await own.finally(() => refilling.delete(name));
    }
    await under;
  }
}

/** Takes what is left, claims what it wants, and leaves what it has too much. */
async function drawAnew(
  held: Held,
  wanted: Wanted,
  now: number,
): Promise<boolean> {
  const { store, slices } = held;
  const name = nameOf(wanted.counter);
  const { ends } = slotAt(wanted.counter.limit, now);
  await dropOther(held, name, ends);
  const before = find(held, name, ends);
  const left = before?.rest ?? 0;
  const count = Math.max(1, wanted.count - left);
  const least = claimOf({ ...wanted, count }, now);
  if (before !== null) before.rest = 0;
  const claimed = await claimMost(store, nextSize(before, least), now);
  const after = find(held, name, ends);
  if (claimed === null) {
    const slice = after ?? { claim: least, rest: 0 };
    slice.rest += left;
    if (after === null) await giveBack(store, [slice]);
    return false;
  }
  const rest = (after?.rest ?? 0) + left + claimed.size - wanted.count;
  slices.set(name, { claim: least, rest, ...claimed });
  return true;
}

/** The slice of a slot. Nothing may be awaited between finding it and drawing on it. */
function find(
  { slices }: Held,
  name: string,
  slotEnds: number,
): Slice | null {
  const slice = slices.get(name);
  return slice?.claim.slotEnds === slotEnds ? slice : null;
}

/** Gives back what is left of the slice of another slot. */
async function dropOther(
  { store, slices }: Held,
  name: string,
  slotEnds: number,
): Promise<void> {
  const slice = slices.get(name);
  if (slice === undefined || slice.claim.slotEnds === slotEnds) return;
  slices.delete(name);
  await giveBack(store, [slice]);
}

/**
 * Lets go of slices that are past or used up, whenever they have doubled in number; no
 * decision waits until what is left of them is given back.
 */
function sweep(held: Held, now: number): void {
  if (held.slices.size <= held.many) return;
  const gone = takeAway(
    held,
    ({ claim, rest }) => claim.slotEnds <= now || rest === 0,
  );
  held.many = Math.max(MANY, 2 * held.slices.size);
  const before = held.sweeping;
  held.sweeping = giveBack(held.store, gone).then(() => before);
}

function takeAway(
  { slices }: Held,
  isGone: (slice: Slice) => boolean,
): readonly Slice[] {
  const gone = [...slices].filter(([, slice]) => isGone(slice));
  for (const [name] of gone) slices.delete(name);
  return gone.map(([, slice]) => slice);
}

/** A claim, and the larger one that is tried before it. */
interface Sized {
  readonly least: CountClaim;
  readonly size: number;
}

/** Twice as much as last time in this slot, within what may be taken. */
function nextSize(before: Slice | null, least: CountClaim): Sized {
  if (before === null) return { least, size: least.count };
  const free = Math.max(0, least.most - before.held);
  const size = Math.min(2 * before.size, Math.floor(free / SHARE));
  return { least, size: Math.max(least.count, size) };
}

/** Claims the larger part if there is room for it, else the least; null for neither. */
async function claimMost(
  store: LimitCounts,
  { least, size }: Sized,
  now: number,
): Promise<Pick<Slice, "held" | "size"> | null> {
  const sizes = size > least.count ? [size, least.count] : [least.count];
  for (const count of sizes) {
    const [held = null] = await store.claim([{ ...least, count }], now);
    if (held !== null) return { held, size: count };
  }
  return null;
}

/** What cannot be given back counts until its slot has left the window. */
async function giveBack(
  store: LimitCounts,
  slices: readonly Pick<Slice, "claim" | "rest">[],
): Promise<void> {
  const claims = slices.filter(({ rest }) => rest > 0)
    .map(({ claim, rest }) => ({ ...claim, count: rest }));
  if (claims.length > 0) await store.release(claims).catch(() => {});
}
