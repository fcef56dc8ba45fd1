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
  const registers = [registry];
  const decisions = new Counter({
    name: "moe_decisions_total",
    help: "Decisions taken, by the rung they stand on",
    labelNames: ["rung"],
    registers,
  });
  const falls = new Counter({
    name: "moe_falls_total",
    help: "Rungs that did not hold, and what was not known on one, by cause",
    labelNames: ["cause"],
    registers,
  });
  return {
    decision(rung, fallen = []) {
      decisions.labels(rung).inc();
      for (const { cause } of fallen) {
        falls.labels(CAUSES.has(cause) ? cause : OTHER).inc();
      }
    },
  };
}
