/**
 * How often served vectors differ from what the signals say, as a bound, and what that
 * means for a model that reads them.
 *
 * A check that finds nothing shows no more than the number of checks allows: with fewer
 * than 299, the bound at 95 percent is above 1 percent even if none differs. So a share
 * is judged by why its bound is high:
 *
 * - `consistent`: the upper bound is at most what is allowed;
 * - `inconsistent`: mismatches put it above: either there were checks enough for it to
 *   be below without them, or the lower bound is above as well;
 * - `unproven`: it is above for too few checks.
 *
 * @module
 */
import { boundShare } from "../domain/distributions.ts";
import { addDays, type Day, type Instant } from "../domain/day.ts";
import type { ViewRef } from "../ports/features.ts";
import type { ConsistencyCounts, ConsistencyStore } from "../ports/trust.ts";

/** Of each bound alone. */
const CONFIDENCE = 0.95;
/** Days that a report looks back on, the present one included. */
export const REPORT_DAYS = 7;

/** What the comparisons of the last days say of a version of a view. */
export interface ConsistencyReport extends ViewRef {
  readonly checked: number;
  readonly mismatched: number;
  /** Bounds of the share of served vectors that differ, each at 95 percent. */
  readonly lower: number;
  readonly upper: number;
}

/** What they say of a tenant's. */
export interface TenantReport extends ConsistencyReport {
  readonly tenant: string;
}

/** How a share of mismatches stands to what is allowed. */
export type Standing = "consistent" | "inconsistent" | "unproven";

/** Reports on every version that was checked in the last days. */
export async function reportConsistency(
  checks: Pick<ConsistencyStore, "since">,
  tenant: string,
  now: Instant,
): Promise<readonly ConsistencyReport[]> {
  return reportsOf(await checks.since(tenant, firstDay(now)));
}

/** As {@link reportConsistency}, of all tenants. */
export async function reportEveryone(
  checks: Pick<ConsistencyStore, "everyoneSince">,
  now: Instant,
): Promise<readonly TenantReport[]> {
  const counts = await checks.everyoneSince(firstDay(now));
  const byTenant = Map.groupBy(counts, ({ tenant }) => tenant);
  return [...byTenant].flatMap(([tenant, own]) =>
    reportsOf(own).map((report) => ({ tenant, ...report }))
  );
}

function firstDay(now: Instant): Day {
  return addDays(now.slice(0, 10), 1 - REPORT_DAYS);
}

function reportsOf(
  counts: readonly ConsistencyCounts[],
): readonly ConsistencyReport[] {
  const byView = Map.groupBy(
    counts,
    ({ name, version }) => JSON.stringify([name, version]),
  );
  return [...byView.values()].flatMap((days) => {
    const [first] = days;
    if (first === undefined) return [];
    const { name, version } = first;
    const checked = days.reduce((sum, one) => sum + one.checked, 0);
    const mismatched = days.reduce((sum, one) => sum + one.mismatched, 0);
    return [reportOf({ name, version }, { checked, mismatched })];
  });
}

/** Puts bounds to counts. */
export function reportOf(
  { name, version }: ViewRef,
  { checked, mismatched }: Pick<ConsistencyReport, "checked" | "mismatched">,
): ConsistencyReport {
  const bounds = boundShare(mismatched, checked, CONFIDENCE);
  return { name, version, checked, mismatched, ...bounds };
}

/** Judges a report by the greatest share that may differ. */
export function judge(
  { checked, mismatched, lower, upper }: ConsistencyReport,
  maxMismatch: number,
): Standing {
  if (upper <= maxMismatch) return "consistent";
  const without = boundShare(0, checked, CONFIDENCE).upper;
  const byMismatches = mismatched > 0 &&
    (without <= maxMismatch || lower > maxMismatch);
  return byMismatches ? "inconsistent" : "unproven";
}

/** Says it in one line, such as `orders@2: 0 of 4000 differ, at most 0.07 % (consistent)`. */
export function printConsistency(
  report: ConsistencyReport,
  maxMismatch: number,
): string {
  const { name, version, checked, mismatched, upper } = report;
  const percent = `${Number((100 * upper).toPrecision(2))} %`;
  const standing = judge(report, maxMismatch);
  const said = standing === "unproven" ? "not enough checked" : standing;
  return `${name}@${version}: ${mismatched} of ${checked} served vectors differ, at most ${percent} (${said})`;
}
