/**
 * HubSpot, simulated: OAuth tokens of half an hour, the search of deals with its
 * limits, the list of archived deals, quota headers, signed pushes, and the webhooks
 * journal, which takes tokens of the app and no others.
 *
 * Documented and kept: one sort and ten thousand results a search, no quota headers
 * on searches, a 429 that names its policy, and a 477 with `retry-after` while an
 * account is moved. A search never fails within a 200 and is never cut in silence:
 * a page beyond its end is refused.
 *
 * @see https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm
 * @see https://developers.hubspot.com/docs/api-reference/error-handling, read on 2026-11-26
 * @module
 */
import { createHmac } from "node:crypto";
import type { Clock } from "../../core/ports/clock.ts";
import type { Fault, Vendor } from "../../plugins/conformance/vendor.ts";
import type { Delivery } from "../../plugins/contract.ts";
import { createGate, createShuffle, jsonAnswer } from "./gate.ts";
import { createHubspotDeals, type HubspotDeals } from "./hubspot_deals.ts";
import {
  createHubspotJournal,
  type HubspotJournal,
  JOURNAL_PATH,
  STORAGE_HOST,
  STORAGE_PATH,
} from "./hubspot_journal.ts";
import {
  counted,
  type HubspotPages,
  list,
  problem,
  search,
} from "./hubspot_pages.ts";

/** The simulated vendor. */
export interface HubspotVendor extends Vendor {
  readonly deals: HubspotDeals;
  readonly journal: HubspotJournal;
  /** Makes a signed push of events, as it would be sent now. */
  push(events: readonly unknown[], url?: string): Delivery;
}

const CONFIG = {
  portalId: "62515",
  accessToken: "pat-na1-made-up-private-app-token",
  clientId: "7fff1e36-2d40-4ae1-bbb1-5266d59564fb",
  clientSecret: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
  previousClientSecret: "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
  refreshToken: "na1-made-up-refresh-token",
  journal: { hosts: [STORAGE_HOST] },
};
const TOKEN_SECONDS = 1800;

interface Desk extends HubspotPages {
  readonly clock: Clock;
  readonly journal: HubspotJournal;
  /** When each access token of the account ends, milliseconds. */
  readonly tokens: Map<string, number>;
  /** When each token of the app ends, milliseconds. */
  readonly appTokens: Map<string, number>;
}

/** Makes the vendor. */
export function createHubspotVendor(
  { clock }: { readonly clock: Clock },
): HubspotVendor {
  const deals = createHubspotDeals(clock, CONFIG.portalId);
  const gate = createGate(clock, [
    { scope: "account", calls: 100, perSeconds: 10 },
    { scope: "endpoint", calls: 5, perSeconds: 1, path: "/search" },
  ]);
  const shuffle = createShuffle();
  const { portalId } = CONFIG;
  const journal = createHubspotJournal({ clock, gate, portalId, shuffle });
  const desk: Desk = {
    clock,
    deals,
    journal,
    gate,
    tokens: new Map(),
    appTokens: new Map(),
    shuffle,
  };
  return {
    config: CONFIG,
    faults: [
      "throttled_header",
      "throttled_body",
      "token_expired",
      "duplicated_page",
      "reordered",
      "truncated",
      "restated",
      "vanished",
    ],
    deals,
    journal,
    answer: (request) => answer(request, desk),
    play: (fault) => play(fault, desk),
    push: (events, url = "https://moe.example/hooks/hubspot") =>
      signPush(events, { url, now: clock.now() }),
    expectedRows: ({ from, until }) =>
      deals.expectedRows().filter(({ day }) => day >= from && day < until),
    expectedEvents: () => journal.expectedEvents(),
    ledger: () => gate.ledger(),
  };
}

function play(fault: Fault | null, { deals, gate }: Desk): void {
  const [first = "", second = "", third = ""] = deals.won();
  if (fault === "restated") {
    deals.edit(second, { amount: "1500", closedate: "2026-11-04T20:00:00Z" });
    deals.edit(third, { hs_campaign: "winter-sale" });
  }
  if (fault === "vanished") {
    deals.archive(first);
    deals.merge(second, third);
  }
  gate.play(fault);
}

async function answer(request: Request, desk: Desk): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname.startsWith(STORAGE_PATH)) return desk.journal.file(request);
  if (pathname === "/oauth/2026-03/token") return await renew(request, desk);
  const refused = refuse(request, pathname, desk);
  if (refused) return refused;
  if (pathname.startsWith(JOURNAL_PATH)) {
    return desk.journal.answer(pathname, searchParams);
  }
  if (pathname === "/account-info/2026-03/details") return details();
  if (pathname === "/crm/objects/2026-03/deals") {
    return list(searchParams, desk);
  }
  const isSearch = pathname === "/crm/objects/2026-03/deals/search" &&
    request.method === "POST";
  return isSearch
    ? search(await request.json(), desk)
    : problem(404, "OBJECT_NOT_FOUND", "resource not found");
}

function refuse(
  request: Request,
  path: string,
  { clock, gate, tokens, appTokens }: Desk,
): Response | null {
  const isJournal = path.startsWith(JOURNAL_PATH);
  const isSearch = path.endsWith("/search");
  const tooEarly = gate.enter(path);
  if (tooEarly) return limit(isSearch ? "SECONDLY" : "TEN_SECONDLY_ROLLING");
  if (gate.plays("throttled_header")) {
    gate.close(30);
    return jsonAnswer({ status: "error", message: "migration in progress" }, {
      status: 477,
      headers: { "retry-after": "30" },
    });
  }
  if (gate.plays("throttled_body")) {
    gate.close(10);
    return limit("TEN_SECONDLY_ROLLING");
  }
  const taken = isJournal ? appTokens : tokens;
  if (gate.plays("token_expired")) taken.clear();
  const token = request.headers.get("authorization")?.slice("Bearer ".length);
  const ends = taken.get(token ?? "") ?? 0;
  const isPrivate = token === CONFIG.accessToken && !isJournal;
  return isPrivate || Date.parse(clock.now()) < ends
    ? null
    : problem(401, "EXPIRED_AUTHENTICATION", "The OAuth token used expired");
}

async function renew(request: Request, desk: Desk): Promise<Response> {
  const form = new URLSearchParams(await request.text());
  const isApp = request.method === "POST" &&
    form.get("client_id") === CONFIG.clientId &&
    form.get("client_secret") === CONFIG.clientSecret;
  const grant = isApp ? form.get("grant_type") : null;
  if (grant === "client_credentials") return signInApp(form, desk);
  const good = grant === "refresh_token" &&
    form.get("refresh_token") === CONFIG.refreshToken;
  if (!good) {
    return jsonAnswer({
      status: "BAD_REFRESH_TOKEN",
      message: "missing or invalid refresh token",
      error: "invalid_grant",
    }, { status: 400 });
  }
  const now = Date.parse(desk.clock.now());
  const token = `access-${now}-${desk.tokens.size}`;
  desk.tokens.set(token, now + TOKEN_SECONDS * 1000);
  return jsonAnswer({
    token_type: "bearer",
    access_token: token,
    refresh_token: CONFIG.refreshToken,
    expires_in: TOKEN_SECONDS,
    hub_id: Number(CONFIG.portalId),
  });
}

/** No refresh token comes with it. */
function signInApp(form: URLSearchParams, desk: Desk): Response {
  const scopes = form.get("scope")?.split(" ") ?? [];
  if (!scopes.includes("developer.webhooks_journal.read")) {
    return problem(403, "MISSING_SCOPES", "the app lacks a scope");
  }
  const now = Date.parse(desk.clock.now());
  const token = `app-${now}-${desk.appTokens.size}`;
  desk.appTokens.set(token, now + TOKEN_SECONDS * 1000);
  return jsonAnswer({
    token_type: "bearer",
    token_use: "client_credentials",
    access_token: token,
    expires_in: TOKEN_SECONDS,
  });
}

function details(): Response {
  return counted({
    portalId: Number(CONFIG.portalId),
    accountType: "STANDARD",
    timeZone: "US/Eastern",
    companyCurrency: "USD",
    additionalCurrencies: ["EUR"],
    utcOffset: "-05:00",
    utcOffsetMilliseconds: -18_000_000,
    uiDomain: "app.hubspot.com",
    dataHostingLocation: "na1",
  });
}

function limit(policyName: string): Response {
  return jsonAnswer({
    status: "error",
    message: "You have reached your limit.",
    errorType: "RATE_LIMIT",
    correlationId: "6828d000-3d2f-4701-8d90-b21e53b0d005",
    policyName,
  }, { status: 429 });
}

function signPush(
  events: readonly unknown[],
  { url, now }: { readonly url: string; readonly now: string },
): Delivery {
  const text = JSON.stringify(events);
  const timestamp = String(Date.parse(now));
  return {
    method: "POST",
    url,
    receivedAt: now,
    body: new TextEncoder().encode(text),
    headers: {
      "content-type": "application/json",
      "x-hubspot-request-timestamp": timestamp,
      "x-hubspot-signature-v3": createHmac("sha256", CONFIG.clientSecret)
        .update(`POST${url}${text}${timestamp}`).digest("base64"),
    },
  };
}
