/**
 * Calls that ask a quota, and how long they would have to wait.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { QuotaHint } from "../../domain/source.ts";
import { manualClock } from "../../../tests/vendors/manual_clock.ts";
import type { QuotaCall } from "./budget_keys.ts";
import { createQuota, type Quota } from "./quota.ts";

export const HOUR_MS = 3_600_000;
export const START = "2026-08-01T00:00:00.000Z";

/** A call for the fresh data of one account, unless said otherwise. */
export function call(given: Partial<QuotaCall> = {}): QuotaCall {
  return {
    connector: "example_ads",
    keys: { developer: "dev", account: "a" },
    path: "/v1/report",
    limits: [],
    priority: "fresh",
    ...given,
  };
}

/** Another account of the same developer. */
export function keys(account: string): Pick<QuotaCall, "keys"> {
  return { keys: { developer: "dev", account } };
}

/** A quota and a clock; `waits` tells how long a call would have to wait, 0 if it goes. */
export function open() {
  const clock = manualClock(START);
  const quota = createQuota({ clock, sleep: clock.sleep });
  async function waits(asked: QuotaCall): Promise<number> {
    try {
      await quota.admit(asked, 0);
      return 0;
    } catch (error) {
      const { code, facts } = error as {
        code: string;
        facts: { retryAfterSeconds: number };
      };
      assert.equal(code, "source_throttled");
      return facts.retryAfterSeconds;
    }
  }
  return { clock, quota, waits };
}

/** Makes a call that is answered with these hints. */
export async function answer(
  quota: Quota,
  hints: readonly QuotaHint[],
  asked = call(),
): Promise<void> {
  await quota.admit(asked, 0);
  quota.learn(asked, hints);
}
