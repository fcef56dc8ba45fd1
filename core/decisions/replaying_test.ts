/**
 * Decisions for tests of effects: each is replayed, and must be the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DecisionRequest } from "../domain/decision.ts";
import { createDecisions } from "./decisions.ts";
import {
  ACTION,
  BID,
  decideIn,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
} from "./memory_ports_test.ts";

const worths: Record<string, number> = { mens: 0.3, womens: 0.2, none: 0.1 };
/** Sends mens before womens, and womens before none. */
export const mailer = scoresOf(
  scorerOf(ACTION, { score: ({ action }) => worths[action ?? ""] ?? 0 }),
);
/** Bids 1000 micros. */
export const bidder = scoresOf(scorerOf(BID, { score: () => 0.0002 }));

/** Decides and replays. */
export async function decide(world: World, request: DecisionRequest = REQUEST) {
  const decision = await decideIn(world, request);
  const { differences } = await createDecisions(world).replay(
    "acme",
    decision.id,
  );
  assert.deepEqual(differences, []);
  return decision;
}

/** Actions that are recommended, one after the other. */
export async function actions(world: World, times: number): Promise<string[]> {
  const found: string[] = [];
  for (let time = 0; time < times; time++) {
    const { recommendation } = await decide(world);
    found.push(
      recommendation.kind === "action" ? recommendation.action : "bid",
    );
  }
  return found;
}
