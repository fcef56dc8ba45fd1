/**
 * What every simulated vendor keeps count of: calls, the waits that it asked for,
 * limits that it documents, tokens that hold for a while, and the fault that is
 * being played.
 *
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import type { CallLimit } from "../../core/domain/source.ts";
import type { Fault, Ledger } from "../../plugins/conformance/vendor.ts";

/** Keeps the gate of a simulated vendor. */
export interface Gate {
  /** Counts a call; true if it came while the vendor had said to wait or beyond a limit. */
  enter(path: string): boolean;
  /** Remembers that the caller was told to wait. */
  close(seconds: number): void;
  /** Whether a fault is to be played now; those that are played once are then over. */
  plays(fault: Fault): boolean;
  play(fault: Fault | null): void;
  ledger(): Ledger;
}

const ONCE: ReadonlySet<Fault> = new Set<Fault>([
  "throttled_header",
  "throttled_body",
  "token_expired",
  "error_in_ok",
  "duplicated_page",
]);

/**
 * Makes a gate.
 *
 * @param clock The vendor's time.
 * @param limits Limits that the vendor documents; one account calls.
 * @returns The gate, open.
 */
export function createGate(clock: Clock, limits: readonly CallLimit[]): Gate {
  const times = limits.map(() => [] as number[]);
  let closedUntil = 0;
  let playing: Fault | null = null;
  let calls = 0;
  let early = 0;
  const played = new Set<Fault>();
  return {
    enter(path) {
      const now = Date.parse(clock.now());
      const beyond = limits.map((limit, at) =>
        isBeyond(limit, { path, now, calls: times[at] ?? [] })
      );
      const tooEarly = now < closedUntil || beyond.includes(true);
      calls++;
      if (tooEarly) early++;
      return tooEarly;
    },
    close(seconds) {
      closedUntil = Date.parse(clock.now()) + seconds * 1000;
    },
    plays(fault) {
      if (playing !== fault) return false;
      played.add(fault);
      if (ONCE.has(fault)) playing = null;
      return true;
    },
    play(fault) {
      playing = fault;
    },
    ledger: () => ({ calls, early, played: [...played] }),
  };
}

function isBeyond(
  { calls: allowed, perSeconds, path: of }: CallLimit,
  { path, now, calls }: {
    readonly path: string;
    readonly now: number;
    readonly calls: number[];
  },
): boolean {
  if (of !== undefined && !path.includes(of)) return false;
  while ((calls[0] ?? Infinity) <= now - perSeconds * 1000) calls.shift();
  if (calls.length >= allowed) return true;
  calls.push(now);
  return false;
}

/** Makes a JSON answer. */
export function jsonAnswer(
  body: unknown,
  { status = 200, headers = {} }: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** Turns a list by one place more at each call, so that no two answers are in one order. */
export function createShuffle(): <T>(items: readonly T[]) => T[] {
  let turn = 0;
  return (items) => {
    if (items.length === 0) return [];
    const by = ++turn % items.length;
    return [...items.slice(by), ...items.slice(0, by)].reverse();
  };
}
