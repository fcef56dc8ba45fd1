/**
 * What is believed where nobody says, and beliefs as people state them.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import type { Prior } from "./problem.ts";
import type { Belief } from "./spec.ts";

/** What a belief is of. */
export interface BeliefPlace {
  readonly channel: string;
  /** Name of the coordinate. */
  readonly name: string;
  /** ROAS that the channel has if media bring their share. */
  readonly roas: number;
  readonly periodDays: number;
}

const UNIT = ["decay", "peak"];

/**
 * Turns a stated belief, or none, into a prior.
 *
 * @param stated What the specification says.
 * @param place What it is of.
 * @returns The prior.
 * @throws {EngineError} `request_invalid` if the belief cannot be of that number.
 */
export function statePrior(
  stated: Belief | undefined,
  place: BeliefPlace,
): Prior {
  if (stated === undefined) return usualPrior(place);
  if ((stated.type === "beta") !== UNIT.includes(place.name)) {
    throw new EngineError(
      "request_invalid",
      `Cannot read media mix specification: prior of "${place.name}" of channel "${place.channel}" is ${stated.type}; give ${
        stated.type === "beta" ? "one that lives above 0" : "a beta"
      }`,
    );
  }
  if (!("mean" in stated)) return stated;
  const { type, mean, sd } = stated;
  if (type === "normal") return { type, mean, sd };
  const variance = Math.log1p((sd / mean) ** 2);
  const mu = Math.log(mean) - variance / 2;
  return { type, mu, sigma: Math.sqrt(variance) };
}

function usualPrior({ name, roas, periodDays }: BeliefPlace): Prior {
  switch (name) {
    case "roas":
      return { type: "lognormal", mu: Math.log(roas), sigma: 1.2 };
    case "decay":
      return periodDays < 7
        ? { type: "beta", alpha: 2, beta: 2 }
        : { type: "beta", alpha: 1, beta: 3 };
    case "peak":
      return { type: "beta", alpha: 1, beta: 3 };
    case "half":
      return { type: "lognormal", mu: Math.log(0.6), sigma: 0.8 };
    case "slope":
      return { type: "lognormal", mu: Math.log(1.1), sigma: 0.5 };
    default:
      return { type: "gamma", shape: 2, rate: name === "scale" ? 0.7 : 1 };
  }
}
