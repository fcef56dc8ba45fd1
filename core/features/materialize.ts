/**
 * The batch that keeps features online: every version of every view is computed where
 * the signals are, and what changed there is put online.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { FeatureView } from "../domain/feature.ts";
import type {
  FeatureHistory,
  MaterializeRun,
  OnlineFeatures,
  RunScope,
} from "../ports/features.ts";
import type { Report } from "../../plugins/contract.ts";
import { printViewRef } from "./versions.ts";

/** Where vectors are computed, and where they are put. */
export interface MaterializeScope {
  readonly history: Pick<FeatureHistory, "materialize" | "runs" | "vectors">;
  readonly online: Pick<OnlineFeatures, "write" | "through" | "setThrough">;
  /** Whether what is kept of a view may be put online; what is there stays otherwise. */
  admit?(tenant: string, view: FeatureView): Promise<boolean>;
}

/** What to compute of which views. */
export interface MaterializeViews {
  readonly views: readonly FeatureView[];
  readonly at: Instant;
  readonly scope: RunScope;
  readonly report: Report;
}

/** Share of a view's work that is done when it is computed. */
const COMPUTED_SHARE = 0.7;
/**
 * By so much vectors that were computed before the moment through which all are online
 * may have been kept after it: nodes' clocks differ, and a transaction takes its time.
 */
const MARGIN_MS = 5 * 60_000;
/** Runs among which the last one that covered everybody is looked for. */
const LATEST_RUNS = 20;

/**
 * Computes views and puts them online; repeated, it changes nothing.
 *
 * @returns A run for each view.
 */
export async function materialize(
  stores: MaterializeScope,
  tenant: string,
  { views, at, scope, report }: MaterializeViews,
): Promise<MaterializeRun[]> {
  const runs: MaterializeRun[] = [];
  for (const [place, view] of views.entries()) {
    const name = printViewRef(view);
    let reached = 0;
    const told = (what: string, share: number) => {
      reached = Math.max(reached, share);
      report(`${name}: ${what}`, (place + reached) / views.length);
    };
    told("signals", 0);
    const run = await stores.history.materialize(tenant, view, {
      at,
      scope,
      progress: (computed, of) =>
        told(
          `${computed}${of === null ? "" : ` of ${of}`} computed`,
          COMPUTED_SHARE * (of ? Math.min(computed / of, 1) : 0),
        ),
    });
    await putOnline(stores, tenant, {
      view,
      computedAt: run.at,
      through: isWhole(run) ? run.at : null,
      written: (vectors) =>
        told(
          `${vectors} online`,
          COMPUTED_SHARE +
            (1 - COMPUTED_SHARE) * vectors / Math.max(vectors, run.rows, 1),
        ),
    });
    runs.push(run);
  }
  return runs;
}

/**
 * Puts online what is kept already, of a store that lost it or never had it, and what
 * other nodes computed; without computing anything.
 *
 * @returns Vectors written.
 */
export async function rebuildOnline(
  scope: MaterializeScope,
  tenant: string,
  { views, report }: Pick<MaterializeViews, "views" | "report">,
): Promise<number> {
  let all = 0;
  for (const [place, view] of views.entries()) {
    const whole = await lastWhole(scope, tenant, view);
    const before = all;
    await putOnline(scope, tenant, {
      view,
      computedAt: whole?.at ?? null,
      through: whole?.at ?? null,
      written: (vectors) => {
        all = before + vectors;
        const share = vectors / Math.max(vectors, whole?.rows ?? 0, 1);
        report(
          `${printViewRef(view)}: ${vectors} online`,
          (place + share) / views.length,
        );
      },
    });
  }
  return all;
}

/** The last run after which all vectors held; null if there was none. */
async function lastWhole(
  { history }: MaterializeScope,
  tenant: string,
  view: FeatureView,
): Promise<MaterializeRun | null> {
  const runs = await history.runs(tenant, view, LATEST_RUNS);
  return runs.find(isWhole) ?? null;
}

function isWhole({ scope }: MaterializeRun): boolean {
  return scope === "all" || scope === "changes";
}

/**
 * Writes what was computed since the moment through which all is online, if it may be. A
 * run that takes long may be of an earlier moment than others that overtook it.
 */
async function putOnline(
  { history, online, admit }: MaterializeScope,
  tenant: string,
  { view, computedAt, through, written }: {
    readonly view: FeatureView;
    /** Moment of the run of which the vectors are to be online; null if there is none. */
    readonly computedAt: Instant | null;
    /** Moment as of which all that is kept holds; null if that is not known. */
    readonly through: Instant | null;
    written(vectors: number): void;
  },
): Promise<void> {
  if (admit && !await admit(tenant, view)) return;
  const before = await online.through(tenant, view);
  const since = before !== null && computedAt !== null && computedAt < before
    ? computedAt
    : before;
  const after = since && new Date(Date.parse(since) - MARGIN_MS).toISOString();
  let vectors = 0;
  for await (const page of history.vectors(tenant, view, after)) {
    await online.write(tenant, page);
    vectors += page.length;
    written(vectors);
  }
  if (through !== null) await online.setThrough(tenant, view, through);
}
