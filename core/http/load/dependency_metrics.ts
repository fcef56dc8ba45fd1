/**
 * What Prometheus reads of what the engine depends on, and of how loaded it is.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";
import { registerHistogram, type Series } from "../metrics/histogram.ts";
import type { LoadStanding } from "./load_gate.ts";
import { DEPENDENCIES, DEPENDENCY_OUTCOMES } from "../../ports/dependencies.ts";

/** Bounds of the buckets, seconds: a model takes microseconds, a hung server a second. */
const SECONDS = [0.00002, 0.0001, 0.0005, 0.002, 0.01, 0.05, 0.25, 1, 5];

/** Breakers by their state: 0 lets through, 2 does not. */
const STATES = { closed: 0, half_open: 1, open: 2 } as const;

/** What is asked of dependencies and load. */
export interface Depending {
  /** Guards of what requests wait for. */
  readonly guards: {
    /** How each dependency is. */
    states(): readonly {
      readonly dependency: string;
      readonly state: "closed" | "half_open" | "open";
    }[];
    /** Has every use told, with how long it took in seconds. */
    onUse(
      listener: (dependency: string, outcome: string, seconds: number) => void,
    ): void;
  };
}

/**
 * Makes the metrics.
 *
 * @param registry Where they are printed.
 * @param depending What is asked.
 * @param standing How loaded the process is.
 */
export function registerDependencies(
  registry: Registry,
  { guards }: Depending,
  standing: () => LoadStanding,
): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "moe_breaker_state", labelNames: ["dependency"], registers },
    help:
      "Circuit breakers: 0 closed, 1 one request tries, 2 open; the worst of a dependency's parts",
    collect() {
      for (const { dependency, state } of guards.states()) {
        this.labels(dependency).set(STATES[state]);
      }
    },
  });
  const seconds = registerHistogram(registry, {
    name: "moe_dependency_seconds",
    help: "How long dependencies took, by how that ended",
    labelNames: ["dependency", "outcome"],
    buckets: SECONDS,
  });
  const uses = new Map(
    DEPENDENCIES.map((dependency) => [
      dependency as string,
      new Map<string, Series>(
        DEPENDENCY_OUTCOMES.map((
          outcome,
        ) => [outcome, seconds(dependency, outcome)]),
      ),
    ]),
  );
  guards.onUse((dependency, outcome, took) =>
    uses.get(dependency)?.get(outcome)?.observe(took)
  );
  registerLoad(registry, standing);
}

function registerLoad(
  registry: Registry,
  standing: () => LoadStanding,
): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "moe_requests_in_flight", registers },
    help: "Requests under way, but for those that anyone may ask",
    collect() {
      this.set(standing().inFlight);
    },
  });
  new Gauge({
    ...{ name: "moe_requests_in_flight_limit", registers },
    help: "Requests that may be under way before others are refused",
    collect() {
      const { limit } = standing();
      this.set(limit);
    },
  });
  let told = 0;
  new Counter({
    ...{ name: "moe_requests_shed_total", registers },
    help: "Requests refused as more was asked than could be answered in time",
    collect() {
      const { refused } = standing();
      this.inc(refused - told);
      told = refused;
    },
  });
}
