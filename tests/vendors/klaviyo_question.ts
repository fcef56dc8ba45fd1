/**
 * What a caller asks of the simulated Klaviyo: its query parsed as the
 * specification says, or the documented error. Descending order and filters other
 * than of `datetime` are not simulated.
 *
 * @see https://developers.klaviyo.com/en/reference/api_overview, read on 2026-11-26
 * @module
 */
import { jsonAnswer } from "./gate.ts";

/** What is asked. */
export interface EventQuestion {
  /** Whether an event of this moment is asked for. */
  matches(at: string): boolean;
  /** Place after which the page begins; null for the first page. */
  readonly after: string | null;
  readonly size: number;
  readonly include: readonly string[];
  /** Attributes wanted, by type; all where a type is absent. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/** An error object. */
export interface KlaviyoError {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly source?: Readonly<Record<string, string>>;
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  event: ["datetime", "event_properties", "id", "timestamp", "uuid"],
  metric: ["created", "id", "integration", "name", "updated"],
  profile: ["email", "external_id", "first_name", "id", "last_name"],
};
const INCLUDES = ["attributions", "metric", "profile"];
const SORTS = ["datetime", "timestamp"];
const NAMES: ReadonlySet<string> = new Set([
  ...["filter", "include", "sort", "page[cursor]", "page[size]"],
  ...Object.keys(FIELDS).map((type) => `fields[${type}]`),
]);
const BOUND =
  /^(greater-or-equal|greater-than|less-or-equal|less-than)\(datetime,([^(),]+)\)$/;
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const CURSOR = /^next::datetime::(.+)$/;

/**
 * Parses a query.
 *
 * @param url What is called.
 * @returns The question, or the refusal.
 */
export function parseQuestion({ searchParams }: URL): EventQuestion | Response {
  const wrong = [...searchParams.keys()].find((name) => !NAMES.has(name)) ??
    wrongValue(searchParams);
  if (wrong !== undefined) return refuseParameter(wrong);
  const bounds = parseBounds(searchParams.get("filter") ?? "");
  if (bounds === null) return refuseParameter("filter");
  const cursor = searchParams.get("page[cursor]");
  const after = cursor === null ? null : parseCursor(cursor);
  if (after === undefined) return refuseParameter("page[cursor]");
  return {
    matches: (at) => bounds.every((holds) => holds(Date.parse(at))),
    after,
    size: Number(searchParams.get("page[size]") ?? "200"),
    include: listOf(searchParams.get("include")),
    fields: Object.fromEntries(
      Object.keys(FIELDS).filter((type) => searchParams.has(`fields[${type}]`))
        .map((type) => [type, listOf(searchParams.get(`fields[${type}]`))]),
    ),
  };
}

function wrongValue(given: URLSearchParams): string | undefined {
  const size = given.get("page[size]") ?? "200";
  if (!/^\d{1,4}$/.test(size) || Number(size) < 1 || Number(size) > 1000) {
    return "page[size]";
  }
  if (!SORTS.includes(given.get("sort") ?? "")) return "sort";
  const included = listOf(given.get("include"));
  if (included.some((one) => !INCLUDES.includes(one))) return "include";
  const type = Object.entries(FIELDS).find(([type, names]) =>
    listOf(given.get(`fields[${type}]`)).some((name) => !names.includes(name))
  )?.[0];
  return type && `fields[${type}]`;
}

function listOf(text: string | null): string[] {
  return text === null || text === "" ? [] : text.split(",");
}

type Bound = (ms: number) => boolean;

function parseBounds(filter: string): Bound[] | null {
  if (filter === "") return [];
  const bounds = filter.split(/(?<=\)),/).map(parseBound);
  return bounds.includes(null) ? null : bounds.filter((one) => one !== null);
}

function parseBound(text: string): Bound | null {
  const [, operator, moment = ""] = BOUND.exec(text) ?? [];
  if (!ZONED.test(moment)) return null;
  const at = Date.parse(moment);
  switch (operator) {
    case "greater-or-equal":
      return (ms) => ms >= at;
    case "greater-than":
      return (ms) => ms > at;
    case "less-or-equal":
      return (ms) => ms <= at;
    default:
      return (ms) => ms < at;
  }
}

/** Prints a place as the vendor's opaque cursor. */
export function printCursor(place: string): string {
  return btoa(`next::datetime::${place}`);
}

function parseCursor(cursor: string): string | undefined {
  try {
    return CURSOR.exec(atob(cursor))?.[1];
  } catch {
    return undefined;
  }
}

function refuseParameter(parameter: string): Response {
  return answerError(400, {
    code: "invalid",
    title: "Invalid input.",
    detail: `The value of ${parameter} is not allowed.`,
    source: { parameter },
  });
}

/** Answers with one error object. */
export function answerError(
  status: number,
  error: KlaviyoError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const id = "9d3a0e1c-5b0f-4a57-8f1e-0c1d2e3f4a5b";
  return jsonAnswer({ errors: [{ id, status, ...error }] }, {
    status,
    headers: { "content-type": "application/vnd.api+json", ...headers },
  });
}
