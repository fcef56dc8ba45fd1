/**
 * Sources that fell silent, or tell a metric in another unit than before: found in
 * their own daily profiles of the last weeks, and named.
 *
 * @module
 */
import { addDays, type Day, type DayRange } from "../domain/day.ts";
import type { StreamProfile, WatchedMetric } from "../ports/trust.ts";
import { silentSince } from "./source_watch_silence.ts";
import { findUnitChange } from "./source_watch_unit.ts";

/** Whole days that are looked at. */
export const WATCHED_DAYS = 60;

/** What is wrong with a source. */
export interface SourceFinding {
  readonly source: string;
  readonly connector: string;
  readonly what: "silent" | "unit";
  /** Report or type of event; null for all of the source. */
  readonly name: string | null;
  /** Metric whose unit changed; null for silence. */
  readonly metric: WatchedMetric | null;
  /** First day without signals, or first day in the other unit. */
  readonly since: Day;
  /** How many times as large it is as before; null for silence. */
  readonly factor: number | null;
}

/** Days that are whole and to be looked at on a day. */
export function watchedDays(today: Day): DayRange {
  return { from: addDays(today, -WATCHED_DAYS), until: today };
}

/**
 * Looks for silence and for changed units.
 *
 * @param profiles Every stream of a tenant over {@link watchedDays}.
 * @param today The present day, of which nothing counts.
 * @returns Findings by source; a source that is silent as a whole once.
 */
export function watchSources(
  profiles: readonly StreamProfile[],
  today: Day,
): readonly SourceFinding[] {
  const bySource = Map.groupBy(profiles, ({ source }) => source);
  return [...bySource.values()].flatMap((streams) => [
    ...findSilence(streams, today),
    ...streams.flatMap(findUnitChanges),
  ]);
}

function findSilence(
  streams: readonly StreamProfile[],
  today: Day,
): readonly SourceFinding[] {
  const silent = (
    { source, connector }: StreamProfile,
    { name, since }: { readonly name: string | null; readonly since: Day },
  ): SourceFinding => ({
    ...{ source, connector, name, since },
    ...{ what: "silent", metric: null, factor: null },
  });
  const [first] = streams;
  if (first === undefined) return [];
  const all = silentSince(streams, today);
  if (all !== null) return [silent(first, { name: null, since: all })];
  return streams.flatMap((stream) => {
    const since = silentSince([stream], today);
    return since === null ? [] : [silent(stream, { name: stream.name, since })];
  });
}

function findUnitChanges(stream: StreamProfile): readonly SourceFinding[] {
  const { source, connector, name, days } = stream;
  const metrics = new Set(
    days.flatMap(({ levels }) => levels.map(({ metric }) => metric)),
  );
  return [...metrics].flatMap((metric) => {
    const change = findUnitChange(days, metric);
    return change === null
      ? []
      : [{ source, connector, what: "unit", name, metric, ...change }];
  });
}

/** Says in one line what a source did, and what to do. */
export function printFinding(finding: SourceFinding): string {
  const { what, name, metric, since, factor } = finding;
  const which = name === null ? "" : ` "${name}"`;
  if (what === "silent" || factor === null) {
    return `has told nothing${which} since ${since}, for longer than it ever pauses; check its credentials, its schedule and whether the vendor still sends`;
  }
  const size = factor >= 1
    ? `${printFactor(factor)} times as large`
    : `1/${printFactor(1 / factor)} as large`;
  return `tells ${metric} of${which} ${size} since ${since}, for all of its rows alike; check its unit and currency, and fetch those days again once it is mended`;
}

/** The power of ten if it is near one. */
function printFactor(factor: number): string {
  const power = Math.round(Math.log10(factor));
  const isNear = Math.abs(Math.log10(factor) - power) <= NEAR;
  return String(isNear ? 10 ** power : Number(factor.toPrecision(2)));
}

/** Distance from a power of ten, in decimal orders, at which a factor is taken for one. */
const NEAR = 0.15;
