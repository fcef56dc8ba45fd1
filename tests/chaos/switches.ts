/**
 * A campaign that is stopped by hand, and stays so whatever goes ill.
 *
 * @module
 */
import assert from "node:assert/strict";
import { eventually } from "../operations/served.ts";
import type { Tenant } from "./company.ts";
import type { Ground } from "./ground.ts";
import { ask, type Sent } from "./load.ts";

/** From when on an engine bids no more for a company's stopped campaign. */
export interface Stop {
  readonly tenant: Tenant;
  readonly engine: number;
  /** On the clock of `performance.now`. */
  readonly sinceMs: number;
}

/** Within so long a switch is promised to take effect. */
const PROMISED_MS = 1000;

/** Stops it at one engine; it is stopped there soon after that has answered. */
export async function stopAt(
  ground: Ground,
  tenant: Tenant,
  engine: number,
): Promise<Stop> {
  await eventually("the engine has room for it", async () => {
    const answer = await ground.call({
      ...{ engine, tenant, line: "POST /switches" },
      body: {
        ["switch_id"]: "stop_it",
        stops: { campaign: "c-stopped" },
        reason: "Nothing is as it should be",
      },
    });
    const said = await answer.json();
    const isDone = answer.status === 201;
    assert.ok(isDone || said.code === "overloaded", JSON.stringify(said));
    return isDone;
  });
  return { tenant, engine, sinceMs: performance.now() };
}

/** Waits until an engine that nobody told has stopped it too. */
export async function stoppedAt(
  ground: Ground,
  tenant: Tenant,
  engine: number,
): Promise<Stop> {
  await eventually("the other engine has stopped it", async () => {
    const { told } = await ask(ground, {
      ...{ tenant, purpose: "stopped", subject: "s-looking", key: null },
      value: 1000,
    }, engine);
    return told?.body["recommended_action"] === "no_bid";
  });
  return { tenant, engine, sinceMs: performance.now() };
}

/**
 * Judges what was bid for stopped campaigns since.
 *
 * @throws {AssertionError} If anything was.
 */
export function judgeStopped(
  sent: readonly Sent[],
  stops: readonly Stop[],
): void {
  for (const { tenant, engine, sinceMs } of stops) {
    const after = sent.filter((one) =>
      one.engine === engine && one.asked.tenant === tenant &&
      one.asked.purpose === "stopped" && one.sentMs > sinceMs + PROMISED_MS &&
      one.told?.status === 200
    );
    assert.ok(after.length > 0);
    const bids = after.filter(({ told }) =>
      Number(told?.body["recommended_bid"]?.micros ?? 0) > 0
    );
    assert.deepEqual(bids, [], "what was stopped stays so");
  }
}
