/**
 * Google Analytics 4, simulated: the Data API's reports with their order, paging,
 * totals and token quota; the Admin API's property and attribution settings; and
 * Google's token endpoint for service accounts and refresh tokens.
 *
 * Like the vendor it leaves out members that are zero, says every value as text,
 * and has no order of its own: rows that `orderBys` leaves equal come in any order.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1beta/properties/runReport, read on 2026-11-26
 * @module
 */
import { addDays } from "../../core/domain/day.ts";
import type { Quality } from "../../core/domain/source.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExpectedRow, Vendor } from "../../plugins/conformance/vendor.ts";
import { type AdTruth, createAdTruth, daysOf } from "./ad_truth.ts";
import { answerReport, type ReportState } from "./ga4_report.ts";
import { sumBy, trafficOn } from "./ga4_traffic.ts";
import { createGate, type Gate, jsonAnswer } from "./gate.ts";
import { createGoogleSignIn, type GoogleSignIn } from "./google_sign_in.ts";

const PROPERTY_ID = "314159265";
const READONLY = "https://www.googleapis.com/auth/analytics.readonly";
/** Ten tokens a report of 14,000 an hour for each project and property. */
const REPORTS_PER_HOUR = 1400;
/** Days back of the day that is restated or loses a row. */
const CHANGED_DAYS_AGO = 3;

/** How the property is made. */
export interface Ga4Plan {
  readonly clock: Clock;
  /** What every report says of itself. */
  readonly quality?: readonly Quality[];
  /** Most rows of a page; the vendor's are 250,000. */
  readonly maxRows?: number;
}

/** The simulated vendor, and what a test may do to it. */
export interface Ga4Vendor extends Vendor {
  readonly truth: AdTruth;
}

/** Makes the vendor with one property. */
export function createGa4Vendor(
  { clock, quality = [], maxRows = 7 }: Ga4Plan,
): Ga4Vendor {
  const truth = createAdTruth({
    seed: 4,
    clock,
    zone: "America/New_York",
    currency: "EUR",
    firstDay: "2024-01-01",
    campaigns: 4,
    adsPerCampaign: 1,
    lagDays: 4,
    settlesDays: 30,
    wholeConversions: false,
  });
  const gate = createGate(clock, [
    { scope: "account", calls: REPORTS_PER_HOUR, perSeconds: 3600 },
  ]);
  const signIn = createGoogleSignIn(clock, READONLY);
  const madeAt: number[] = [];
  const report: ReportState = { clock, truth, gate, quality, maxRows, madeAt };
  return {
    truth,
    config: { propertyId: PROPERTY_ID, adMetrics: true, ...signIn.credentials },
    faults: [
      "throttled_body",
      "token_expired",
      "duplicated_page",
      "reordered",
      "restated",
      "vanished",
    ],
    answer: (request) => answer(request, { gate, signIn, truth, report }),
    play(fault) {
      const day = addDays(truth.today(), -CHANGED_DAYS_AGO);
      if (fault === "restated") truth.restate(day, 3n);
      if (fault === "vanished") truth.vanish(day);
      gate.play(fault);
    },
    expectedRows: (range) =>
      daysOf(range).flatMap((day) => expectOn(truth, day)),
    expectedEvents: () => [],
    account: truth,
    ledger: gate.ledger,
  };
}

interface Parts {
  readonly gate: Gate;
  readonly signIn: GoogleSignIn;
  readonly truth: AdTruth;
  readonly report: ReportState;
}

async function answer(
  request: Request,
  { gate, signIn, truth, report }: Parts,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/token") return signIn.grant(request);
  if (gate.plays("token_expired")) signIn.forget();
  if (!signIn.admits(request)) return unauthenticated();
  const resource = /^\/v1(?:alpha|beta)\/properties\/(\d+)/.exec(pathname);
  if (resource?.[1] !== PROPERTY_ID) return forbidden();
  const name = `properties/${PROPERTY_ID}`;
  switch (pathname) {
    case `/v1beta/${name}`:
      return jsonAnswer({
        name,
        propertyType: "PROPERTY_TYPE_ORDINARY",
        displayName: "Shop",
        timeZone: truth.zone,
        currencyCode: truth.currency,
        serviceLevel: "GOOGLE_ANALYTICS_STANDARD",
      });
    case `/v1alpha/${name}/attributionSettings`:
      return jsonAnswer({
        name: `${name}/attributionSettings`,
        acquisitionConversionEventLookbackWindow:
          "ACQUISITION_CONVERSION_EVENT_LOOKBACK_WINDOW_30_DAYS",
        otherConversionEventLookbackWindow:
          "OTHER_CONVERSION_EVENT_LOOKBACK_WINDOW_60_DAYS",
        reportingAttributionModel: "PAID_AND_ORGANIC_CHANNELS_DATA_DRIVEN",
      });
    case `/v1beta/${name}:runReport`:
      return await answerReport(request, report);
    default:
      return new Response("Not Found", { status: 404 });
  }
}

function expectOn(truth: AdTruth, day: string): ExpectedRow[] {
  const traffic = trafficOn(truth, day);
  const account = PROPERTY_ID;
  const byChannel = sumBy(traffic, ({ channel }) => channel);
  return [
    ...byChannel.map(({ channel, attributed, sessions }) => ({
      report: "channel_daily",
      day,
      entities: { account, channel },
      breakdowns: {},
      metrics: { ...attributed, sessions },
    })),
    ...["source_campaign_daily", "attributed_campaign_daily"].flatMap((
      report,
    ) =>
      traffic.map((
        { channel, campaign, sourceMedium, attributed, ...row },
      ) => ({
        report,
        day,
        entities: {
          account,
          channel,
          campaign: campaign.id === "(not set)" ? campaign.name : campaign.id,
        },
        breakdowns: {
          source_medium: sourceMedium,
          campaign_id: campaign.id,
          campaign_name: campaign.name,
        },
        metrics: report === "source_campaign_daily"
          ? { ...attributed, sessions: row.sessions }
          : attributed,
      }))
    ),
  ];
}

function unauthenticated(): Response {
  return jsonAnswer({
    error: {
      code: 401,
      message:
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
      status: "UNAUTHENTICATED",
    },
  }, { status: 401 });
}

function forbidden(): Response {
  return jsonAnswer({
    error: {
      code: 403,
      message:
        "User does not have sufficient permissions for this property. To learn more about Property ID, see https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.",
      status: "PERMISSION_DENIED",
    },
  }, { status: 403 });
}
