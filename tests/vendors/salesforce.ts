/**
 * Salesforce, simulated: refresh tokens that are used once where rotation is on, SOQL
 * over `query` and `queryAll` with locators, the header of calls used, and errors as
 * lists.
 *
 * Documented and kept: pages may be smaller than asked, the locator of a `queryAll`
 * has `query` in its path, a column that an org does not have is an error, and a limit
 * of requests at one time is refused without saying how long.
 *
 * @see https://developer.salesforce.com/docs/platform/api-rest/guide/resources-queryall.html, read on 2026-11-26
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import type { Fault, Vendor } from "../../plugins/conformance/vendor.ts";
import { createGate, createShuffle, type Gate, jsonAnswer } from "./gate.ts";
import {
  createSalesforceRecords,
  isSince,
  type Opportunity,
  ORGANIZATION,
  parseSoql,
  type SalesforceRecords,
  type Soql,
} from "./salesforce_records.ts";

/** What can be chosen of it. */
export interface SalesforcePlan {
  readonly clock: Clock;
  /** Whether each refresh token is used once. */
  readonly rotates?: boolean;
  /** Whether the org has one currency, so that records do not name theirs. */
  readonly oneCurrency?: boolean;
}

/** The simulated vendor. */
export interface SalesforceVendor extends Vendor {
  readonly records: SalesforceRecords;
  /** Forgets all locators, as the real one does after a while. */
  forgetLocators(): void;
}

const CONFIG = {
  instanceHost: "acme.my.salesforce.com",
  clientId: "3MVG9-made-up-consumer-key",
  clientSecret: "1955279925675241571-made-up",
  refreshToken: "5Aep861-made-up-refresh-token",
};
const VERSION = "v66.0";
const SESSION_SECONDS = 7200;
const PAGE = 3;
const CALLS = 5000;
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Organization: ["Id", "TimeZoneSidKey"],
  Opportunity: [
    "Id",
    "Amount",
    "CampaignId",
    "CloseDate",
    "CurrencyIsoCode",
    "IsDeleted",
    "IsWon",
    "Name",
    "SystemModstamp",
  ],
};

interface Desk extends Required<SalesforcePlan> {
  readonly records: SalesforceRecords;
  readonly gate: Gate;
  /** When each session ends, milliseconds. */
  readonly sessions: Map<string, number>;
  /** Refresh tokens that hold. */
  readonly refreshTokens: Set<string>;
  /** What is left of each query, by locator. */
  readonly locators: Map<string, readonly unknown[]>;
  shuffle<T>(items: readonly T[]): T[];
}

/** Makes the vendor. */
export function createSalesforceVendor(plan: SalesforcePlan): SalesforceVendor {
  const { clock, oneCurrency = false } = plan;
  const desk: Desk = {
    rotates: false,
    oneCurrency,
    ...plan,
    records: createSalesforceRecords(clock),
    gate: createGate(clock, []),
    sessions: new Map(),
    refreshTokens: new Set([CONFIG.refreshToken]),
    locators: new Map(),
    shuffle: createShuffle(),
  };
  return {
    config: oneCurrency ? { ...CONFIG, currency: "EUR" } : CONFIG,
    faults: [
      "throttled_body",
      "token_expired",
      "duplicated_page",
      "reordered",
      "restated",
      "vanished",
    ],
    records: desk.records,
    forgetLocators: () => desk.locators.clear(),
    answer: (request) => answer(request, desk),
    play: (fault) => play(fault, desk),
    expectedRows: ({ from, until }) =>
      desk.records.expectedRows()
        .filter(({ day }) => day >= from && day < until),
    expectedEvents: () => [],
    ledger: () => desk.gate.ledger(),
  };
}

function play(fault: Fault | null, { records, gate }: Desk): void {
  const [first = "", second = "", third = ""] = records.won();
  if (fault === "restated") {
    records.edit(first, { Amount: "1500.0", CloseDate: "2026-11-03" });
    records.edit(second, { CampaignId: "7015g000000ZZZdAAO" });
  }
  if (fault === "vanished") {
    records.edit(second, { IsDeleted: true });
    records.edit(third, { IsWon: false });
  }
  gate.play(fault);
}

async function answer(request: Request, desk: Desk): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/services/oauth2/token") return await signIn(request, desk);
  const refused = refuse(request, desk);
  if (refused) return refused;
  const [, resource = "", locator] =
    new RegExp(`^/services/data/${VERSION}/(query|queryAll)(?:/([\\w-]+))?/?$`)
      .exec(pathname) ?? [];
  if (request.method !== "GET" || resource === "") {
    return problem(404, "NOT_FOUND", "The requested resource does not exist");
  }
  if (locator !== undefined) return readOn(locator, desk);
  const text = searchParams.get("q") ?? "";
  const query = parseSoql(text);
  if (!query) return problem(400, "MALFORMED_QUERY", "unexpected token");
  return run(query, resource === "queryAll", desk);
}

function refuse(request: Request, desk: Desk): Response | null {
  const { gate, sessions, clock } = desk;
  gate.enter(new URL(request.url).pathname);
  if (gate.plays("throttled_body")) {
    const message = "ConcurrentPerOrgLongTxn Limit exceeded.";
    return problem(403, "REQUEST_LIMIT_EXCEEDED", message);
  }
  if (gate.plays("token_expired")) sessions.clear();
  const session = request.headers.get("authorization")?.slice("Bearer ".length);
  const ends = sessions.get(session ?? "") ?? 0;
  return Date.parse(clock.now()) < ends
    ? null
    : problem(401, "INVALID_SESSION_ID", "Session expired or invalid");
}

async function signIn(request: Request, desk: Desk): Promise<Response> {
  const form = new URLSearchParams(await request.text());
  const used = form.get("refresh_token") ?? "";
  const isApp = form.get("grant_type") === "refresh_token" &&
    form.get("client_id") === CONFIG.clientId &&
    form.get("client_secret") === CONFIG.clientSecret;
  if (!isApp || !desk.refreshTokens.has(used)) {
    return jsonAnswer({
      error: isApp ? "invalid_grant" : "invalid_client",
      error_description: isApp
        ? "expired access/refresh token"
        : "invalid client credentials",
    }, { status: 400 });
  }
  const now = Date.parse(desk.clock.now());
  const session = `00D5g!${now}.${desk.sessions.size}`;
  desk.sessions.set(session, now + SESSION_SECONDS * 1000);
  const next = `5Aep861-next-${desk.sessions.size}-${now}`;
  if (desk.rotates) {
    desk.refreshTokens.clear();
    desk.refreshTokens.add(next);
  }
  return jsonAnswer({
    access_token: session,
    ...(desk.rotates && { refresh_token: next }),
    instance_url: `https://${CONFIG.instanceHost}`,
    id: `https://login.salesforce.com/id/${ORGANIZATION}/0055g00000AAAAAAA0`,
    token_type: "Bearer",
    issued_at: String(now),
  });
}

function run(query: Soql, withDeleted: boolean, desk: Desk): Response {
  const { from, fields, since } = query;
  const columns = (COLUMNS[from] ?? []).filter((name) =>
    !desk.oneCurrency || name !== "CurrencyIsoCode"
  );
  if (columns.length === 0) {
    const message = `sObject type '${from}' is not supported.`;
    return problem(400, "INVALID_TYPE", message);
  }
  const unknown = fields.find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    const message = `No such column '${unknown}' on entity '${from}'.`;
    return problem(400, "INVALID_FIELD", message);
  }
  const found = from === "Organization"
    ? [{ Id: ORGANIZATION, TimeZoneSidKey: "America/Los_Angeles" }]
    : desk.records.all().filter((record) =>
      (withDeleted || !record.IsDeleted) && isSince(record, since)
    ).map(toWire);
  return page(found.map((record) => tell(record, query)), desk);
}

function readOn(locator: string, desk: Desk): Response {
  const rest = desk.locators.get(locator);
  return rest
    ? page(rest, desk)
    : problem(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
}

function page(records: readonly unknown[], desk: Desk): Response {
  const { gate, shuffle, locators } = desk;
  const rest = records.slice(PAGE);
  const locator = `01g5g00000aBcDeAAK-${locators.size + 1}`;
  if (rest.length > 0) locators.set(locator, rest);
  const told = records.slice(0, PAGE);
  const twice = told.length > 1 && gate.plays("duplicated_page");
  const arranged = gate.plays("reordered") ? shuffle(told) : told;
  const body = JSON.stringify({
    totalSize: records.length,
    done: rest.length === 0,
    ...(rest.length > 0 && {
      nextRecordsUrl: `/services/data/${VERSION}/query/${locator}`,
    }),
    records: twice ? [...arranged, ...arranged] : arranged,
  });
  return counted(body.replaceAll(/"number:([^"]+)"/g, "$1"), desk);
}

/** Members as they are on the wire; numbers are marked, to be printed as they are. */
function toWire(record: Opportunity): Readonly<Record<string, unknown>> {
  const { Amount, SystemModstamp } = record;
  return {
    ...record,
    Amount: Amount === null ? null : `number:${Amount}`,
    SystemModstamp: SystemModstamp.replace("Z", "+0000"),
  };
}

function tell(
  record: Readonly<Record<string, unknown>>,
  { from, fields }: Soql,
): Readonly<Record<string, unknown>> {
  const url = `/services/data/${VERSION}/sobjects/${from}/${record.Id}`;
  return {
    attributes: { type: from, url },
    ...Object.fromEntries(fields.map((name) => [name, record[name]])),
  };
}

function counted(body: string, { gate }: Desk): Response {
  const used = `api-usage=${gate.ledger().calls}/${CALLS}`;
  return jsonAnswer(body, { headers: { "sforce-limit-info": used } });
}

function problem(status: number, errorCode: string, message: string): Response {
  return jsonAnswer([{ message, errorCode }], { status });
}
