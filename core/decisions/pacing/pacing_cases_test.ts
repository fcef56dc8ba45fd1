/**
 * Flights, rules and accounts that the tests of pacing start from.
 *
 * @module
 */
import { DAY_MS } from "../../domain/day.ts";
import { openAccount } from "./account.ts";
import { type Flight, utcDay } from "./flight.ts";
import { openPacing, type PaceRules } from "./pace.ts";

/** Thirty days, a thousand micros, no cap of a day. */
export const FLIGHT: Flight = {
  from: 0,
  until: 30 * DAY_MS,
  capMicros: 1000,
  dayCapMicros: null,
  dayOf: utcDay,
};

/** Rules without a target. */
export const RULES: PaceRules = {
  mode: "scale",
  startMultiplier: 2,
  floorMultiplier: 1,
  ceilingMultiplier: 100,
  elasticity: 2,
  stepMs: 60_000,
  maxStep: 1.15,
  leastOpportunities: 50,
  seasonHours: 24,
  seasons: null,
  leastPacePermille: 0,
  target: null,
};

/** A budget of which nothing is spent. */
export const ACCOUNT = openAccount(openPacing(RULES, 0));
