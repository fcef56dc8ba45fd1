/**
 * Features whose reads are checked, whose views are put online only as expected, and on
 * which no model is approved that reads them otherwise than they are.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { Stores } from "../ports/stores.ts";
import { type ConsistencyLimits, guardReviews } from "./consistency_gate.ts";
import { printProblem } from "./expectations.ts";
import { createFeatures, type Features } from "./features.ts";
import { guardRetirement } from "./retirement_gate.ts";
import { printFinding } from "./source_watch.ts";
import { createTrust, type Trust } from "./trust.ts";
import { materialised } from "./versions.ts";

/** Served features may differ from the signals in 1 percent, unless configured. */
const LIMITS: ConsistencyLimits = { maxMismatch: 0.01, required: false };

/** Features, what is known of them, and the registry that heeds it. */
export interface TrustedFeatures {
  readonly features: Features;
  readonly trust: Trust;
  readonly models: ModelRegistry;
}

/** Opens features and their checks over the stores. */
export function openTrustedFeatures(
  stores: Stores,
  clock: Clock,
  limits: ConsistencyLimits = LIMITS,
): TrustedFeatures {
  const { history, online, views, checks, spreads, profiles } = stores;
  const kept = async (tenant: string) =>
    materialised(await features.declared(tenant));
  const trust = createTrust({
    ...{ history, online, checks, spreads, profiles, kept, clock },
  });
  const features = createFeatures({
    ...{ history, online, views, erasures: stores.erasures, clock },
    onServed: trust.served,
    admit: trust.admit,
    holdsBack: trust.holdsBack,
  });
  const models = guardReviews({
    ...limits,
    ...{ models: stores.models, checks, kept },
  });
  return { features: guardRetirement(features, models), trust, models };
}

/**
 * What is not well, as parts of the engine's health.
 *
 * @param others Of parts beside.
 * @returns What the stores say; why a view is held back by `features:<view>`, and why a
 * source is not as usual by `source:<name>`.
 */
export async function healthOf(
  stores: Pick<Stores, "health">,
  { features, trust }: Pick<TrustedFeatures, "features" | "trust">,
  others: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string | null>>> {
  const health: Record<string, string | null> = {
    ...await stores.health(),
    ...others,
  };
  health.features ??= features.rebuilding()
    ? "is being rebuilt, as what was online is lost"
    : null;
  for (const { view, problems } of trust.heldBack()) {
    health[`features:${view}`] = problems.map(printProblem).join("; ");
  }
  for (const finding of trust.findings()) {
    health[`source:${finding.source}`] = printFinding(finding);
  }
  return health;
}
