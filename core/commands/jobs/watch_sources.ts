/**
 * Looks whether sources are as usual and features are spread as they were, every few
 * hours, and says once what it finds.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import { printDrift } from "../../features/drift.ts";
import type { Features } from "../../features/features.ts";
import {
  printFinding,
  type SourceFinding,
} from "../../features/source_watch.ts";
import type { FoundSource, Trust } from "../../features/trust.ts";
import { materialised, printViewRef } from "../../features/versions.ts";
import type { Job } from "../../jobs/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { JobQueue, TakenRun } from "../../ports/jobs.ts";
import type { SignalStore } from "../../ports/signals.ts";
import type { Found } from "../rounds.ts";
import { tellNew } from "./tell_new.ts";

/** Minutes from one look to the next. */
const LOOK_MINUTES = 180;
const LONGEST_MINUTES = 60;

/** One line of the log. */
export interface SourceEntry {
  readonly at: Instant;
  readonly level: "warn";
  readonly event: "feature_drift" | "source_silent" | "source_unit";
  readonly tenant: string;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface WatchSourcesScope {
  readonly trust: Pick<Trust, "checkView" | "checkSources">;
  readonly features: Pick<Features, "declared">;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly clock: Clock;
  log(entry: SourceEntry): void;
}

interface FoundUnusual extends Found {
  readonly event: SourceEntry["event"];
}

/** What is left for the next run, and for every node to show. */
interface Watched {
  readonly findings: readonly SourceFinding[];
  readonly keys: readonly string[];
}

/** Makes the job. */
export function watchSourcesJob(scope: WatchSourcesScope): Job {
  return {
    name: "watch_sources",
    schedule: { everyMinutes: LOOK_MINUTES },
    longestMinutes: LONGEST_MINUTES,
    concerns: async () =>
      (await scope.signals.tenants()).map((tenant) => ({
        ...{ tenant, subject: "" },
      })),
    run: (run) => watch(scope, run),
  };
}

/** What the last looks found, on whichever node. */
export async function foundSources(
  queue: Pick<JobQueue, "memories">,
): Promise<readonly FoundSource[]> {
  return (await queue.memories("watch_sources")).flatMap(
    ({ tenant, memory }) =>
      (memory as Watched).findings.map((finding) => ({ tenant, ...finding })),
  );
}

async function watch(
  { trust, features, clock, log }: WatchSourcesScope,
  { tenant, memory, signal, report }: TakenRun,
): Promise<Watched> {
  report("sources", 0);
  const findings = await trust.checkSources(tenant);
  const found = findings.map((finding): FoundUnusual => {
    const { source, what, name, metric } = finding;
    const detail = `source ${source} ${printFinding(finding)}`;
    const id = [source, name, metric];
    return { tenant, event: `source_${what}`, id, detail };
  });
  const views = materialised(await features.declared(tenant));
  for (const [place, view] of views.entries()) {
    signal.throwIfAborted();
    const ref = printViewRef(view);
    report(ref, place / views.length);
    const { drifts } = await trust.checkView(tenant, view);
    for (const drift of drifts) {
      const detail = `${ref}.${printDrift(drift)}`;
      const id = [ref, drift.feature, drift.what];
      found.push({ tenant, event: "feature_drift", id, detail });
    }
  }
  const before = (memory as Watched | null)?.keys ?? [];
  const keys = tellNew(
    found,
    before,
    (one) => log({ at: clock.now(), level: "warn", ...one }),
  );
  return { findings, keys };
}
