/**
 * Where a pull is: which time it asks for, on which page it is, and the latest
 * event that it has seen. Kept as the cursor, so that a pull that was cut short
 * goes on with the very same question.
 *
 * @module
 */
import type { Instant, PullScope } from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./connector.ts";

const Kept = z.object({
  since: z.string().nullable(),
  until: z.string().nullish(),
  page: z.string().nullish(),
  latest: z.string().nullish(),
});

/** Where a pull is. */
export interface Place {
  /** First instant asked for; null for all there is. */
  readonly since: Instant | null;
  /** Instant before which events are asked for. */
  readonly until: Instant;
  /** The vendor's cursor of the page; null for the first. */
  readonly page: string | null;
  /** When the latest event seen so far happened. */
  readonly latest: Instant | null;
}

/**
 * Finds where to begin or to go on.
 *
 * @param scope Days wanted, cursor, and the present, past which nothing is asked for.
 * @returns The place.
 */
export function toPlace(
  { config, range, cursor, now }: PullScope<Config>,
): Place {
  const kept = Kept.parse(JSON.parse(cursor ?? '{"since":null}'));
  const { page = null, latest = null } = kept;
  if (kept.until) return { since: kept.since, until: kept.until, page, latest };
  const firstDay = range?.from ?? config.startDay;
  const first = firstDay === undefined ? null : startOf(firstDay);
  const end = range === null ? now : startOf(range.until);
  return {
    since: kept.since ?? first,
    until: end < now ? end : now,
    page,
    latest,
  };
}

/**
 * Says where the next pull begins.
 *
 * @param place Where this one ended.
 * @param config How far to go back.
 * @returns A cursor; null if nothing was ever seen.
 */
export function printResume(
  { since, latest }: Place,
  { overlapMinutes }: Config,
): string | null {
  if (latest === null) return since && JSON.stringify({ since });
  const atMs = Date.parse(latest) - overlapMinutes * 60_000;
  return JSON.stringify({ since: new Date(atMs).toISOString() });
}

/**
 * Prints the question of a place.
 *
 * @param place The place.
 * @param pageSize Events in a page.
 * @returns Query parameters: of metrics their names, of profiles their ids alone.
 */
export function toQuery(
  { since, until, page }: Place,
  pageSize: number,
): Record<string, string> {
  const bounds = [`less-than(datetime,${until})`];
  if (since !== null) bounds.unshift(`greater-or-equal(datetime,${since})`);
  return {
    filter: bounds.join(","),
    sort: "datetime",
    include: "metric,profile",
    "fields[event]": "datetime,timestamp,event_properties,uuid",
    "fields[metric]": "name",
    "fields[profile]": "id",
    "page[size]": String(pageSize),
    ...(page !== null && { "page[cursor]": page }),
  };
}

function startOf(day: string): Instant {
  return `${day}T00:00:00.000Z`;
}
