/**
 * What Prometheus reads of decisions: the rungs that they stand on, and why others did not
 * hold.
 *
 * @module
 */
import { Counter, type Registry } from "prom-client";
import { CODES } from "../../domain/error.ts";
import { DEPENDENCIES } from "../../ports/dependencies.ts";

/** Causes of falls that are no codes. */
const WORDS = [
  ...["deadline", "rebuilding", "champion_unconfirmed", "model_unknown"],
  ...DEPENDENCIES.flatMap((one) => [`late:${one}`, `breaker_open:${one}`]),
];
const CAUSES: ReadonlySet<string> = new Set(
  [...WORDS, ...Object.keys(CODES)].flatMap((cause) => [
    ...[cause, `features: ${cause}`, `limits: ${cause}`],
  ]),
);
/** A cause that is a sentence. */
const OTHER = "other";

/** Counts decisions. */
export interface DecisionMetrics {
  /** Counts a decision by the rung that it stands on, and the rungs that it fell from. */
  decision(
    rung: string,
    falls?: readonly {
      /** Why a rung did not hold. */
      readonly cause: string;
    }[],
  ): void;
}

/**
 * Registers the metrics.
 *
 * @param registry Where.
 * @returns What counts.
 */
export function registerDecisions(registry: Registry): DecisionMetrics {
  const taken = registerTally(registry, {
    name: "moe_decisions_total",
    help: "Decisions taken, by the rung they stand on",
    label: "rung",
  });
  const fell = registerTally(registry, {
    name: "moe_falls_total",
    help: "Rungs that did not hold, and what was not known on one, by cause",
    label: "cause",
  });
  return {
    decision(rung, fallen = []) {
      taken(rung);
      for (const { cause } of fallen) fell(CAUSES.has(cause) ? cause : OTHER);
    },
  };
}

/** Counts by a label, which is not looked at before the counts are read. */
function registerTally(
  registry: Registry,
  { name, help, label }: {
    readonly name: string;
    readonly help: string;
    readonly label: string;
  },
): (of: string) => void {
  const counts = new Map<string, number>();
  new Counter({
    ...{ name, help, labelNames: [label], registers: [registry] },
    collect() {
      this.reset();
      for (const [of, count] of counts) this.labels(of).inc(count);
    },
  });
  return (of) => void counts.set(of, (counts.get(of) ?? 0) + 1);
}
