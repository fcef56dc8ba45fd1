/**
 * The past of a simulated company, whose truth is known.
 *
 * @module
 */
import { carryOver } from "../../../models/math/adstock.ts";
import { addDays, type Day } from "../../domain/day.ts";
import { respond } from "../../domain/response.ts";
import type { FittedCurve } from "../../domain/score.ts";
import { divideBy } from "../../plans/backtest/methods.ts";
import type { Window } from "../../plans/backtest/window.ts";
import { type Campaign, simulateCompany } from "../../simulation/company.ts";
import { RESPONSE_SPEC } from "../../simulation/specs.ts";
import type { Episode } from "./episode.ts";

const DAYS = 730;

/**
 * Simulates.
 *
 * @param until The day after the last.
 */
export function simulateEpisode(seed: number, until: Day): Episode {
  const { campaigns } = simulateCompany({ seed, until, days: DAYS });
  const days = Array.from(
    { length: DAYS },
    (_, at) => addDays(until, at - DAYS),
  );
  return {
    family: RESPONSE_SPEC.family,
    params: {},
    seed: RESPONSE_SPEC.seed,
    datasets: campaigns.map(({ id, channel, spend, revenue }) => ({
      days,
      periodDays: 1,
      spend: [{
        entity: `campaign:${id}`,
        parent: `channel:${channel}`,
        series: spend,
      }],
      outcome: revenue,
      controls: {},
    })),
    unit: RESPONSE_SPEC.outcome.metric,
    truth: {
      respond: (at, spend) => {
        const { curve, decay } = campaigns[at] as Campaign;
        return carryOver(spend, decay).map((felt) => respond(curve, felt));
      },
      best: (window) => divideBy("engine", asTrue(window, campaigns)),
    },
  };
}

function asTrue(window: Window, campaigns: readonly Campaign[]): Window {
  const curves = new Map(
    campaigns.map(({ id, curve }) => [`campaign:${id}`, curve]),
  );
  return {
    ...window,
    curves: window.curves.map((fitted): FittedCurve => ({
      ...fitted,
      curve: curves.get(fitted.entity) ?? fitted.curve,
    })),
  };
}
