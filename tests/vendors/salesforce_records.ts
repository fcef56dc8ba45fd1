/**
 * The opportunities of a simulated Salesforce org, and how SOQL finds them.
 *
 * Stamps have whole seconds, so records that were loaded together share one. Large
 * amounts are printed with an exponent.
 *
 * @module
 */
import { microsFromDecimal } from "../../core/domain/money.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExpectedRow } from "../../plugins/conformance/vendor.ts";

/** An opportunity, with members as SOQL names them. */
export interface Opportunity {
  readonly Id: string;
  /** Number as it is printed; null if there is none. */
  readonly Amount: string | null;
  readonly CampaignId: string | null;
  readonly CloseDate: string;
  readonly CurrencyIsoCode: string;
  readonly IsDeleted: boolean;
  readonly IsWon: boolean;
  readonly Name: string;
  /** ISO 8601 in UTC. */
  readonly SystemModstamp: string;
}

/** The opportunities of an org. */
export interface SalesforceRecords {
  /** All, deleted ones too, in order of stamp and id. */
  all(): readonly Opportunity[];
  /** Changes members, and the stamp. */
  edit(id: string, members: Partial<Opportunity>): void;
  /** Ids of won ones, in order. */
  won(): readonly string[];
  expectedRows(): readonly ExpectedRow[];
}

/** A SOQL query that this org understands. */
export interface Soql {
  readonly fields: readonly string[];
  readonly from: string;
  /** Lowest stamp; with an id, records of that stamp begin after it. */
  readonly since:
    | { readonly stamp: string; readonly after: string | null }
    | null;
}

type Plan = readonly [
  day: string,
  amount: string | null,
  more?: Partial<Opportunity>,
];

/** Id of the org. */
export const ORGANIZATION = "00D5g000004XyzAEAS";
const SPRING = "7015g000000ABCdAAO";
const PLANS: readonly Plan[] = [
  ["2026-10-21", "1250.5"],
  ["2026-10-25", "1.25E7", { CampaignId: SPRING }],
  ["2026-11-01", "99.99"],
  ["2026-11-02", "800.0", { IsWon: false }],
  ["2026-11-05", null, { CampaignId: SPRING }],
  ["2026-11-08", "310.07", { CurrencyIsoCode: "USD" }],
  ["2026-11-10", "0.01"],
  ["2026-11-12", "5000.0", { IsDeleted: true }],
  ["2027-01-31", "9000.0", { IsWon: false }],
  ["2026-11-14", "1.0E-2"],
];
const MEMBERS = /^[A-Za-z]+$/;
const QUERY =
  /^SELECT ([\w, ]+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY SystemModstamp, Id)?$/;
const STAMP = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)`;
const SINCE = new RegExp(`^SystemModstamp >= ${STAMP}$`);
const AFTER = new RegExp(
  `^SystemModstamp > ${STAMP} OR \\(SystemModstamp = \\1 AND Id > '(\\w{15,18})'\\)$`,
);

/** Makes the org's opportunities. */
export function createSalesforceRecords(clock: Clock): SalesforceRecords {
  const records = new Map(PLANS.map((plan, at) => {
    const record = makeRecord(plan, at);
    return [record.Id, record];
  }));
  const all = () =>
    [...records.values()].sort((left, right) =>
      sortKey(left) < sortKey(right) ? -1 : 1
    );
  const won = () => all().filter(({ IsWon, IsDeleted }) => IsWon && !IsDeleted);
  return {
    all,
    edit(id, members) {
      const record = records.get(id);
      if (!record) throw new RangeError(`Cannot find opportunity "${id}"`);
      const SystemModstamp = wholeSecond(clock.now());
      records.set(id, { ...record, ...members, SystemModstamp });
    },
    won: () => won().map(({ Id }) => Id),
    expectedRows: () => won().map(expectRow),
  };
}

/**
 * Reads a query.
 *
 * @param text SOQL.
 * @returns The query; null if this org does not understand it.
 */
export function parseSoql(text: string): Soql | null {
  const [, fields = "", from = "", where] = QUERY.exec(text) ?? [];
  const names = fields.split(",").map((name) => name.trim());
  if (!names.every((name) => MEMBERS.test(name))) return null;
  if (where === undefined) return { fields: names, from, since: null };
  const [, stamp, after = null] = AFTER.exec(where) ?? SINCE.exec(where) ?? [];
  return stamp === undefined
    ? null
    : { fields: names, from, since: { stamp, after } };
}

/** Whether a record is what a query asks for. */
export function isSince(
  { Id, SystemModstamp }: Opportunity,
  since: Soql["since"],
): boolean {
  if (since === null || SystemModstamp > since.stamp) return true;
  return SystemModstamp === since.stamp &&
    (since.after === null || Id > since.after);
}

function makeRecord([day, amount, more]: Plan, at: number): Opportunity {
  return {
    // Neither the order of making nor that of numbers is the order of ids.
    Id: `0065g00000${"XbAzYcZaBy"[at]}QwErtAA`,
    Amount: amount,
    CampaignId: null,
    CloseDate: day,
    CurrencyIsoCode: "EUR",
    IsDeleted: false,
    IsWon: true,
    Name: "Ann Example – renewal",
    SystemModstamp: at < 7
      ? "2026-11-15T08:00:00.000Z"
      : `2026-11-15T09:0${at}:00.000Z`,
    ...more,
  };
}

function sortKey({ SystemModstamp, Id }: Opportunity): string {
  return `${SystemModstamp} ${Id}`;
}

function wholeSecond(at: string): string {
  return `${at.slice(0, 19)}.000Z`;
}

function expectRow(
  { CloseDate, CampaignId, Amount }: Opportunity,
): ExpectedRow {
  return {
    report: "opportunities_won",
    day: CloseDate,
    entities: {
      account: ORGANIZATION,
      ...(CampaignId !== null && { campaign: CampaignId }),
    },
    breakdowns: {},
    metrics: {
      conversions_millionths: 1_000_000n,
      ...(Amount !== null && {
        conversion_value_micros: microsFromDecimal(Amount),
      }),
    },
  };
}
