/**
 * When no node of the release before is left: nodes are upgraded one by one.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../domain/day.ts";

/** Within so long all nodes are upgraded. */
const UPGRADED_MS = DAY_MS;

/** Whether all nodes are of this release, that first ran at a moment. */
export function isUpgraded(since: Instant, now: Instant): boolean {
  return Date.parse(now) - Date.parse(since) >= UPGRADED_MS;
}
