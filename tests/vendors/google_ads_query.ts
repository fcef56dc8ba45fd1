/**
 * GAQL as the simulated Google Ads understands it: fields of five resources, date
 * ranges, equality and lists. Rows come as flat maps by field and leave nested, in
 * camel case, zeros left out, whole numbers as text and doubles now and then with
 * an exponent.
 *
 * @see https://developers.google.com/google-ads/api/docs/query/grammar, read on 2026-11-26
 * @module
 */
import { addDays, type Day } from "../../core/domain/day.ts";
import { decimalFromMicros } from "../../core/domain/money.ts";

/** A value of a field; doubles are micros of themselves, so that sums stay exact. */
export type Value = string | bigint | boolean | { readonly double: bigint };

/** A row: values by field, such as `campaign.id`. */
export type Row = ReadonlyMap<string, Value>;

/** A question, read. */
export interface Query {
  readonly fields: readonly string[];
  readonly resource: string;
  /** Days in `segments.date`, half-open; null if there is no condition on it. */
  readonly range: { readonly from: Day; readonly until: Day } | null;
  /** Texts that each field must be one of. */
  readonly equals: ReadonlyMap<string, readonly string[]>;
}

/** A question that cannot be answered: kind and code of the vendor's error. */
export class QueryFault extends Error {
  constructor(readonly kind: string, readonly code: string, message: string) {
    super(message);
  }
}

const METRICS = [
  "metrics.impressions",
  "metrics.clicks",
  "metrics.cost_micros",
  "metrics.conversions",
  "metrics.conversions_value",
];
const CAMPAIGN = [
  "campaign.id",
  "campaign.name",
  "campaign.status",
  "campaign.advertising_channel_type",
];
const BUDGET = [
  "campaign_budget.resource_name",
  "campaign_budget.amount_micros",
  "campaign_budget.explicitly_shared",
  "campaign_budget.reference_count",
  "campaign_budget.period",
];
const AD = ["ad_group.id", "ad_group.name", "ad_group_ad.ad.id"];

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  customer: ["customer.id", "customer.currency_code", "customer.time_zone"],
  "currency_constant": [
    "currency_constant.code",
    "currency_constant.billable_unit_micros",
  ],
  "conversion_action": [
    "conversion_action.id",
    "conversion_action.status",
    "conversion_action.include_in_conversions_metric",
    "conversion_action.click_through_lookback_window_days",
    "conversion_action.view_through_lookback_window_days",
  ],
  campaign: [...CAMPAIGN, ...BUDGET, "segments.date", ...METRICS],
  "ad_group_ad": [...CAMPAIGN, ...AD, "segments.date", ...METRICS],
};

const QUERY =
  /^SELECT (?<select>.+?) FROM (?<from>\w+)(?: WHERE (?<where>.+))?$/;
const CONDITION =
  /^(?<field>[\w.]+) (?:BETWEEN '(?<from>[\d-]+)' AND '(?<last>[\d-]+)'|IN \((?<list>[^)]+)\)|= (?<one>\S+))(?: AND |$)/;

/**
 * Reads a question.
 *
 * @param text GAQL.
 * @returns The question.
 * @throws {QueryFault} As the vendor names it.
 */
export function parseQuery(text: string): Query {
  const { select, from = "", where } = QUERY.exec(text.trim())?.groups ?? {};
  if (select === undefined) {
    throw new QueryFault("queryError", "EXPECTED_SELECT", "no SELECT or FROM");
  }
  const known = FIELDS[from];
  if (!known) {
    throw new QueryFault(
      "queryError",
      "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE",
      `Error in ${from}: it is not a valid resource name.`,
    );
  }
  const fields = select.split(",").map((field) => field.trim());
  const conditions = parseConditions(where ?? "");
  for (const field of [...fields, ...conditions.map(({ field }) => field)]) {
    if (known.includes(field)) continue;
    throw new QueryFault(
      "queryError",
      "UNRECOGNIZED_FIELD",
      `Unrecognized field in the query: '${field}'.`,
    );
  }
  const range = conditions.find(({ from }) => from !== undefined);
  if (fields.includes("segments.date") && !range) {
    throw new QueryFault(
      "queryError",
      "EXPECTED_FILTERS_ON_DATE_RANGE",
      "Missing filters on date related fields.",
    );
  }
  return {
    fields,
    resource: from,
    range: range ? readRange(range) : null,
    equals: new Map(
      conditions.flatMap(({ field, values }) =>
        values ? [[field, values] as const] : []
      ),
    ),
  };
}

interface Condition {
  readonly field: string;
  readonly from?: string | undefined;
  readonly last?: string | undefined;
  readonly values?: readonly string[] | undefined;
}

function parseConditions(where: string): Condition[] {
  const conditions: Condition[] = [];
  for (let rest = where; rest !== "";) {
    const match = CONDITION.exec(rest);
    if (!match?.groups) {
      throw new QueryFault("queryError", "UNEXPECTED_INPUT", "WHERE is odd");
    }
    const { field = "", from, last, list, one } = match.groups;
    const values = (list ?? one)?.split(",").map((text) =>
      text.trim().replace(/^'(.*)'$/, "$1")
    );
    conditions.push({ field, from, last, values });
    rest = rest.slice(match[0].length);
  }
  return conditions;
}

function readRange(
  { from = "", last = "" }: Condition,
): { readonly from: Day; readonly until: Day } {
  if (last < from) {
    throw new QueryFault(
      "dateRangeError",
      "START_DATE_AFTER_END_DATE",
      "The start date was after the end date.",
    );
  }
  return { from, until: addDays(last, 1) };
}

/** Whether a row fulfils the conditions on other fields than the date. */
export function fulfils(row: Row, { equals }: Query): boolean {
  return [...equals].every(([field, values]) =>
    values.some((value) =>
      value.toLowerCase() === String(row.get(field) ?? "").toLowerCase()
    )
  );
}

/** Whether any metric that the question selects is not zero; such rows alone come. */
export function hasDelivery(row: Row, { fields }: Query): boolean {
  const metrics = fields.filter((field) => field.startsWith("metrics."));
  return metrics.length === 0 ||
    metrics.some((field) => !isZero(row.get(field)));
}

/** Adds up the metrics of rows. */
export function sumRows(rows: readonly Row[]): Row {
  const sums = new Map<string, Value>();
  for (const row of rows) {
    for (const [field, value] of row) {
      if (!field.startsWith("metrics.")) continue;
      const before = sums.get(field);
      if (typeof value === "bigint") {
        sums.set(field, (typeof before === "bigint" ? before : 0n) + value);
      } else if (typeof value === "object") {
        const known = typeof before === "object" ? before.double : 0n;
        sums.set(field, { double: known + value.double });
      }
    }
  }
  return sums;
}

/**
 * Nests a row as it is sent.
 *
 * @param row Values by field.
 * @param fields Fields that were selected.
 * @returns A record for {@link printJson}.
 */
export function nestRow(
  row: Row,
  fields: readonly string[],
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const field of fields) {
    const value = row.get(field);
    if (value === undefined || isZero(value)) continue;
    const path = field.split(".").map(camelCase);
    const last = path.pop() ?? "";
    let inner = record;
    for (const name of path) {
      inner = (inner[name] ??= {}) as Record<string, unknown>;
    }
    inner[last] = typeof value === "bigint"
      ? String(value)
      : typeof value === "object"
      ? `#${printDouble(value.double)}`
      : value;
  }
  return record;
}

/** Prints JSON in which texts that begin with `#` are numbers as they are written. */
export function printJson(body: unknown): string {
  return JSON.stringify(body).replace(/"#([-\d.E]+)"/g, "$1");
}

/** Names the selected fields as a field mask. */
export function printMask(fields: readonly string[]): string {
  return fields.map((field) => field.split(".").map(camelCase).join("."))
    .join(",");
}

function isZero(value: Value | undefined): boolean {
  if (typeof value === "object") return value.double === 0n;
  return value === undefined || value === 0n || value === false;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Every third double has an exponent, as Java prints them. */
function printDouble(millionths: bigint): string {
  return millionths % 3n === 0n
    ? `${millionths}.0E-6`
    : decimalFromMicros(millionths);
}
