/**
 * Whether sources and features can be trusted: served vectors against the signals,
 * kept values against what is expected of them and against earlier runs, sources against
 * their own past.
 *
 * @module
 */
import type { FeatureView } from "../domain/feature.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  FeatureHistory,
  OnlineFeatures,
  ViewRef,
} from "../ports/features.ts";
import type { ConsistencyStore } from "../ports/trust.ts";
import type { FeatureSpreads, SourceProfiles } from "../ports/trust.ts";
import { checkSamples, type Mismatch } from "./consistency.ts";
import { reportOnModel } from "./consistency_gate.ts";
import {
  type ConsistencyReport,
  reportConsistency,
  reportEveryone,
  type TenantReport,
} from "./consistency_report.ts";
import {
  createSamples,
  type Sample,
  type SampleOptions,
} from "./consistency_samples.ts";
import { cutsOf, type Drift, findDrift } from "./drift.ts";
import {
  checkStatistics,
  type ExpectationProblem,
  expectsAnything,
} from "./expectations.ts";
import type { OnServed } from "./read.ts";
import {
  type SourceFinding,
  watchedDays,
  watchSources,
} from "./source_watch.ts";
import { printViewRef } from "./versions.ts";

/** What was found of a view's kept values. */
export interface ViewCheck {
  readonly problems: readonly ExpectationProblem[];
  readonly drifts: readonly Drift[];
}

/** A version of a view that is not put online. */
export interface HeldBack {
  readonly tenant: string;
  /** `name@version`. */
  readonly view: string;
  readonly problems: readonly ExpectationProblem[];
}

/** Checks of all tenants. */
export interface Trust {
  /** To be told of every vector that is read. */
  readonly served: OnServed;
  /** Derives the sample of served vectors again that waits. */
  checkServed(): Promise<readonly Mismatch[]>;
  /** What the comparisons of the last days say, by view version. */
  consistency(tenant: string): Promise<readonly ConsistencyReport[]>;
  /** The same of all tenants. */
  everyConsistency(): Promise<readonly TenantReport[]>;
  /** The same of the kept views that a model reads. */
  consistencyOf(
    tenant: string,
    model: Pick<ModelRecord, "lineage">,
  ): Promise<readonly ConsistencyReport[]>;
  /** Whether the kept values of a view may be put online, as they are expected to be. */
  admit(tenant: string, view: FeatureView): Promise<boolean>;
  /** Views that were not admitted here when they were last to be put online. */
  heldBack(): readonly HeldBack[];
  /** Whether it is one of them. */
  holdsBack(tenant: string, view: FeatureView): boolean;
  checkView(tenant: string, view: FeatureView): Promise<ViewCheck>;
  checkSources(tenant: string): Promise<readonly SourceFinding[]>;
  /** Notes what was found of all sources when they were last looked at. */
  found(findings: readonly FoundSource[]): void;
  /** What was noted last. */
  findings(): readonly FoundSource[];
}

/** A finding of a tenant's source. */
export interface FoundSource extends SourceFinding {
  readonly tenant: string;
}

/** What the checks stand on. */
export interface TrustScope {
  readonly history: Pick<
    FeatureHistory,
    "aggregate" | "lineage" | "statistics"
  >;
  readonly online: Pick<OnlineFeatures, "read" | "through">;
  readonly checks: ConsistencyStore;
  readonly spreads: FeatureSpreads;
  readonly profiles: SourceProfiles;
  /** Versions of views of which vectors are kept. */
  kept(tenant: string): Promise<readonly ViewRef[]>;
  readonly clock: Clock;
  readonly sampling?: Omit<SampleOptions, "clock">;
}

/** Samples that are derived again at a time. */
const AT_ONCE = 100;
/** Earlier runs that a run is compared with. */
const EARLIER_RUNS = 7;

/** Opens the checks. */
export function createTrust(scope: TrustScope): Trust {
  const { history, checks, clock } = scope;
  const samples = createSamples({ clock, ...scope.sampling });
  const held = new Map<string, HeldBack>();
  let noted: readonly FoundSource[] = [];
  let doubtful: readonly Sample[] = [];
  const today = () => clock.now().slice(0, 10);
  return {
    served: samples.served,
    checkServed: async () => {
      const present = [...doubtful, ...samples.take(AT_ONCE)];
      const compared = await checkSamples(scope, present);
      doubtful = compared.doubtful;
      return compared.mismatches;
    },
    consistency: (tenant) => reportConsistency(checks, tenant, clock.now()),
    everyConsistency: () => reportEveryone(checks, clock.now()),
    consistencyOf: (tenant, model) =>
      reportOnModel(scope, model, { tenant, at: clock.now() }),
    admit: async (tenant, view) => {
      if (!expectsAnything(view)) return true;
      const statistics = await history.statistics(tenant, view);
      const problems = checkStatistics(view, statistics);
      const key = JSON.stringify([tenant, printViewRef(view)]);
      if (problems.length === 0) held.delete(key);
      else held.set(key, { tenant, view: printViewRef(view), problems });
      return problems.length === 0;
    },
    heldBack: () => [...held.values()],
    holdsBack: (tenant, view) =>
      held.has(JSON.stringify([tenant, printViewRef(view)])),
    checkView: (tenant, view) => checkView(scope, tenant, view),
    checkSources: async (tenant) =>
      watchSources(
        await scope.profiles.read(tenant, watchedDays(today())),
        today(),
      ),
    found: (findings) => {
      noted = findings;
    },
    findings: () => noted,
  };
}

async function checkView(
  { history, spreads }: TrustScope,
  tenant: string,
  view: FeatureView,
): Promise<ViewCheck> {
  const statistics = await history.statistics(tenant, view);
  const earlier = await spreads.earlier(tenant, view, EARLIER_RUNS);
  const before = [];
  for (const statistics of earlier) {
    const counts = await spreads.count(tenant, view, cutsOf(statistics));
    before.push({ statistics, counts });
  }
  return {
    problems: checkStatistics(view, statistics),
    drifts: findDrift(statistics, before),
  };
}
