/**
 * Whether what is served is what the signals say: served vectors are derived again
 * from the raw signals, beside the reads, and compared.
 *
 * A vector is derived as of the moment for which the read took it, which is the later
 * of its own and of the last run of its view: that no signal of the entity changed
 * since it was computed is part of what was served. Its own moment is looked at only to
 * say what went wrong, when it differs.
 *
 * What was known when it was computed is not kept, so a vector is right if it is what
 * the signals say at any moment of knowledge from shortly before its own until it was
 * read: a batch of signals has the time at which it began to be written, and a run
 * takes its time. First comes what was known at its own moment, then all that is known,
 * then each state that the signals were in, backwards.
 *
 * The stream follows within a second. Until then a vector may know of some signals and
 * not of others that came at the same time, as it is put together from tiles and
 * signals. So one that differs is looked at again after ten seconds. If it was replaced
 * meanwhile, its successor is judged in its place, and so on; one that is replaced each
 * time does not count.
 *
 * Numbers must be the same bits, sums that decay the same to 1e-12. Only counts are
 * kept; the log names view, features and a hash of the entity.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import type { Instant } from "../domain/day.ts";
import type { FeatureValue } from "../domain/feature.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  FeatureHistory,
  KnownAt,
  OnlineFeatures,
} from "../ports/features.ts";
import type { ConsistencyCounts, ConsistencyStore } from "../ports/trust.ts";
import { differing } from "./consistency_compare.ts";
import { heldAt, type Sample } from "./consistency_samples.ts";
import { printViewRef } from "./versions.ts";

/** A served vector that is not what the signals say. */
export interface Mismatch {
  readonly tenant: string;
  /** `name@version`. */
  readonly view: string;
  /** SHA-256 of tenant and entity, its first 16 digits. */
  readonly entityHash: string;
  /** Names of the features that differ. */
  readonly features: readonly string[];
  /** `computed`: it was wrong from the start; `held`: it was right, and held for too long. */
  readonly since: "computed" | "held";
}

/** What comparing stands on. */
export interface ConsistencyScope {
  readonly history: Pick<FeatureHistory, "aggregate" | "lineage">;
  readonly online: Pick<OnlineFeatures, "read" | "through">;
  readonly checks: Pick<ConsistencyStore, "add">;
  readonly clock: Clock;
}

/** Signals become visible at most so long after the moment of their observation, milliseconds. */
const IN_FLIGHT_MS = 60_000;
/** Most states of knowledge that are looked at for one vector. */
const STATES = 16;
/** For how long the stream may take to put a vector right, milliseconds. */
const SETTLE_MS = 10_000;
/** Successors of a vector that are judged in its place, one after the other. */
const SUCCESSORS = 3;

/** What comparing found. */
export interface Compared {
  readonly mismatches: readonly Mismatch[];
  /** Samples that differ and may be put right yet, to be compared again. */
  readonly doubtful: readonly Sample[];
}

/** Derives served vectors again, compares, and counts those that are decided on. */
export async function checkSamples(
  scope: ConsistencyScope,
  samples: readonly Sample[],
): Promise<Compared> {
  const mismatches: Mismatch[] = [];
  const doubtful: Sample[] = [];
  for (const some of group(samples)) {
    const suspects = await findSuspects(scope, some);
    const judged = new Map<Sample, Mismatch | null>(
      some.filter((sample) => !suspects.has(sample))
        .map((sample) => [sample, null]),
    );
    for (const sample of suspects) {
      const verdict = await judge(scope, sample);
      if (verdict !== null && "doubtful" in verdict) {
        doubtful.push(...verdict.doubtful);
      } else judged.set(sample, verdict);
    }
    mismatches.push(...[...judged.values()].filter((one) => one !== null));
    await count(scope, judged);
  }
  return { mismatches, doubtful };
}

/** Samples of one view version of one tenant each. */
function group(samples: readonly Sample[]): readonly Sample[][] {
  const groups = Map.groupBy(
    samples,
    ({ tenant, view }) => JSON.stringify([tenant, printViewRef(view)]),
  );
  return [...groups.values()];
}

async function count(
  { checks }: ConsistencyScope,
  judged: ReadonlyMap<Sample, Mismatch | null>,
): Promise<void> {
  const [first] = judged.keys();
  if (first === undefined) return;
  const { name, version } = first.view;
  const days = Map.groupBy(judged, ([sample]) => sample.servedAt.slice(0, 10));
  const counts: ConsistencyCounts[] = [...days].map(([day, served]) => ({
    ...{ name, version, day },
    checked: served.length,
    mismatched: served.filter(([, mismatch]) => mismatch !== null).length,
  }));
  await checks.add(first.tenant, counts);
}

/** Those that are neither what was known at their moment says, nor what is known now. */
async function findSuspects(
  scope: ConsistencyScope,
  samples: readonly Sample[],
): Promise<ReadonlySet<Sample>> {
  let suspects = samples;
  for (const knownAt of ["point", null] as const) {
    if (suspects.length === 0) break;
    const derived = await derive(scope, suspects, knownAt);
    suspects = suspects.filter((sample, place) =>
      differing(sample, derived[place] ?? []).length > 0
    );
  }
  return new Set(suspects);
}

/** Null if all is well; what is to be looked at again, or nothing, if that is open. */
async function judge(
  scope: ConsistencyScope,
  sample: Sample,
): Promise<Mismatch | null | Pick<Compared, "doubtful">> {
  const features = await walkBack(scope, sample);
  if (features.length === 0) return null;
  const successor = await findSuccessor(scope, sample);
  if (successor !== null) {
    const isLast = sample.successors === SUCCESSORS;
    return { doubtful: isLast ? [] : [successor] };
  }
  const ageMs = Date.parse(scope.clock.now()) - Date.parse(sample.servedAt);
  return ageMs < SETTLE_MS
    ? { doubtful: [sample] }
    : await describe(scope, sample, features);
}

/** The vector that is served by now; null if it is the same. */
async function findSuccessor(
  { online, clock }: ConsistencyScope,
  { tenant, view, entity, vector: before, successors }: Sample,
): Promise<Sample | null> {
  const key = { view: view.name, version: view.version, entity };
  const [vector = null] = await online.read(tenant, [key]);
  const through = await online.through(tenant, view);
  const at = heldAt({ vector, through });
  if (at === null || vector?.at === before?.at) return null;
  return {
    ...{ tenant, view, entity, vector, at },
    servedAt: clock.now(),
    successors: successors + 1,
  };
}

/**
 * Compares with each state in which the signals were known, the latest first.
 *
 * @returns Features that differ in the state that was known when the vector was read;
 * none if any state gives the vector.
 */
async function walkBack(
  scope: ConsistencyScope,
  sample: Sample,
): Promise<readonly string[]> {
  const earliest = moved(sample.at, -IN_FLIGHT_MS);
  let wrong: readonly string[] | null = null;
  let knownAt: Instant | null = sample.servedAt;
  for (let state = 0; state < STATES && knownAt !== null; state++) {
    const [derived = []] = await derive(scope, [sample], knownAt);
    const features = differing(sample, derived);
    if (features.length === 0) return [];
    wrong ??= features;
    const before = await lastKnownBefore(scope, sample, { features, knownAt });
    knownAt = before !== null && before >= earliest ? before : null;
  }
  return wrong ?? [];
}

/** Right before the last that became known of some features by a moment; null if nothing did. */
async function lastKnownBefore(
  { history }: ConsistencyScope,
  { tenant, view, entity, at }: Sample,
  { features, knownAt }: {
    readonly features: readonly string[];
    readonly knownAt: Instant;
  },
): Promise<Instant | null> {
  let last = "";
  for (const feature of features) {
    const id = idOf(entity);
    const query = { feature, id, at, knownAt };
    const { sources } = await history.lineage(tenant, view, query);
    for (const { lastObservedAt } of sources) {
      if (lastObservedAt > last && lastObservedAt <= knownAt) {
        last = lastObservedAt;
      }
    }
  }
  return last === "" ? null : moved(last, -1);
}

async function describe(
  scope: ConsistencyScope,
  sample: Sample,
  features: readonly string[],
): Promise<Mismatch> {
  const { tenant, view, entity, vector, at } = sample;
  const held = vector !== null && vector.at < at &&
    (await walkBack(scope, { ...sample, at: vector.at })).length === 0;
  return {
    tenant,
    view: printViewRef(view),
    entityHash: sha256(`${tenant}/${entity}`).slice(0, 16),
    features,
    since: held ? "held" : "computed",
  };
}

async function derive(
  { history }: ConsistencyScope,
  samples: readonly Sample[],
  knownAt: KnownAt,
): Promise<readonly (readonly FeatureValue[])[]> {
  const [first] = samples;
  if (first === undefined) return [];
  return await history.aggregate(first.tenant, first.view, {
    points: samples.map(({ entity, at }) => ({ id: idOf(entity), at })),
    knownAt,
  });
}

function idOf(entity: string): string {
  return entity.slice(entity.indexOf(":") + 1);
}

function moved(at: Instant, ms: number): Instant {
  return new Date(Date.parse(at) + ms).toISOString();
}
