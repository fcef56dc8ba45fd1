/**
 * What Prometheus reads of the decision log's spool: what waits on this node for the log,
 * what is missing, and what was turned away.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Instant } from "../../domain/day.ts";

/** How the writing of decisions stands. */
export interface LogStanding {
  /** Entries that the log has yet to take. */
  readonly waiting: number;
  /** When the oldest of them was taken; null if none waits. */
  readonly oldestAt: Instant | null;
  /** Size of the spool on the disk. */
  readonly bytes: number;
  /** Most that it takes there. */
  readonly maxBytes: number;
  /** Records that are missing, by reason, since the start. */
  readonly gaps: Readonly<Record<string, number>>;
}

/** Whose spool it is. */
export interface Spooled {
  /** The present. */
  readonly clock: { now(): Instant };
  /** How it stands; null without a spool. */
  spooled(): LogStanding | null;
  /** Entries that were turned away because too many waited, since the start. */
  turnedAway(): number;
}

const GAUGES = [
  {
    name: "moe_log_spooled",
    help: "Decisions spooled on this node that the log has yet to take",
    read: ({ waiting }: LogStanding) => waiting,
  },
  {
    name: "moe_log_spooled_oldest_seconds",
    help: "Age of the oldest of them",
    read: ({ oldestAt }: LogStanding, now: Instant) =>
      oldestAt === null
        ? 0
        : Math.max(0, (Date.parse(now) - Date.parse(oldestAt)) / 1000),
  },
  {
    name: "moe_log_spool_bytes",
    help: "Size of this node's spool on the disk",
    read: ({ bytes }: LogStanding) => bytes,
  },
  {
    name: "moe_log_spool_limit_bytes",
    help: "Size from which on it takes nothing",
    read: ({ maxBytes }: LogStanding) => maxBytes,
  },
] as const;

/** Each reason is told from the start: the first gap is then an increase. */
const NO_GAPS = { damaged: 0, unreadable: 0, refused: 0 };

/**
 * Makes the metrics of the spool; without one, none has a value.
 *
 * @param registry Where they are printed.
 * @param engine Whose spool.
 */
export function registerSpool(registry: Registry, engine: Spooled): void {
  const registers = [registry];
  for (const { name, help, read } of GAUGES) {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        const standing = engine.spooled();
        if (standing) this.set(read(standing, engine.clock.now()));
      },
    });
  }
  new Counter({
    name: "moe_log_shed_total",
    help: "Decisions turned away because too many waited for the log",
    registers,
    collect() {
      this.reset();
      this.inc(engine.turnedAway());
    },
  });
  new Counter({
    name: "moe_log_gaps_total",
    help: "Records that are missing from the log, at most, by why",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      const gaps = { ...NO_GAPS, ...engine.spooled()?.gaps };
      for (const [reason, count] of Object.entries(gaps)) {
        this.labels(reason).inc(count);
      }
    },
  });
}
