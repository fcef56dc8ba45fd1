/**
 * What is pulled about a person: rows of a file, messages of a tap and of an Airbyte
 * source, and what vendors answer; good records and broken ones.
 *
 * @module
 */
import { JANE, MEMBERS } from "./planted.ts";

const EVENT = {
  grain: "event",
  eventId: "{id}",
  type: "{type}",
  occurredAt: { column: "at", format: "iso" },
  entities: { subject: "{person}", campaign: "{campaign}" },
  properties: {
    phone: "phone",
    note: "note",
    count: { column: "count", type: "number" },
  },
};

const TOTAL = {
  grain: "performance",
  report: "campaign_daily",
  level: "campaign",
  entities: { account: "a-1", campaign: "{campaign}" },
  day: { column: "at", format: "iso" },
  zone: "UTC",
  currency: "EUR",
  breakdowns: { audience: "{note}", phone: "{phone}" },
  metrics: { clicks: "count" },
  record: "row:{person}",
};

/** How rows and records are read. */
export const MAPPING = { signals: [EVENT, TOTAL] };

interface Row {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly person: string;
  readonly campaign: string;
  readonly phone: string;
  readonly note: string;
  readonly count: string;
}

function rowsOf(now: string): Row[] {
  const { email, phone, ip } = JANE;
  const row = {
    id: "r-1",
    type: "Email Opened",
    at: now,
    person: ` ${email.toLowerCase()}`,
    campaign: `spring, for ${email}`,
    phone: String(JANE.digits),
    note: MEMBERS.note,
    count: "3",
  };
  return [
    row,
    { ...row, id: email, type: `Called ${phone}`, person: phone, campaign: ip },
    { ...row, id: "r-3", count: email },
    { ...row, id: "r-4", at: `${phone} ${ip}` },
    { ...row, id: "r-5", person: email.repeat(20) },
  ];
}

/** Prints the rows as a file, two malformed lines at its end. */
export function printCsv(now: string): string {
  const rows = rowsOf(now).map((row) =>
    Object.values(row).map((text) => `"${text.replaceAll('"', '""')}"`).join(
      ",",
    )
  );
  const [{ ...first } = {}] = rowsOf(now);
  return [
    Object.keys(first).join(","),
    ...rows,
    `${JANE.email},${JANE.phone},${JANE.ip}`,
    `"${JANE.email},"${JANE.phone}`,
  ].join("\n");
}

/** Prints messages of a protocol, the last cut off. */
export function printMessages(
  now: string,
  wrap: (record: unknown) => unknown,
): string {
  const records = rowsOf(now).map((row) =>
    JSON.stringify(wrap({ ...row, ...MEMBERS, phone: row.phone }))
  );
  const whole = [
    ...records,
    JSON.stringify({ type: JANE.email, ...MEMBERS }),
    JSON.stringify(wrap(JANE.email)),
    `${JANE.email} is no JSON, ${JANE.phone}`,
  ].join("\n");
  return `${whole}\n${records[0]?.slice(0, -30)}`;
}

/** Answers as HubSpot, SendGrid and Klaviyo would. */
export function answerAsVendors(now: string) {
  const { email, phone } = JANE;
  const date = now.slice(0, 10);
  const closed = {
    amount: "10.00",
    closedate: now,
    ["hs_is_closed_won"]: "true",
    ["hs_campaign"]: email,
  };
  const metrics = {
    ...{ processed: 3, delivered: 3, opens: 1, clicks: 0 },
    ...{ bounces: 0, unsubscribes: 0 },
  };
  const bodies: Readonly<Record<string, unknown>> = {
    "/account-info/2026-03/details": {
      portalId: 62515,
      timeZone: "UTC",
      companyCurrency: "EUR",
    },
    "/crm/objects/2026-03/deals/search": {
      results: [
        { id: "101", properties: closed },
        { id: "102", properties: { ...closed, amount: phone, ...MEMBERS } },
        { id: "103", properties: { ...closed, ["hs_campaign"]: phone } },
      ],
    },
    "/crm/objects/2026-03/deals": { results: [] },
    "/v3/user/username": { user_id: 7, username: email },
    "/v3/stats": [{ date, stats: [{ metrics }] }],
    "/v3/categories": [{ category: email }],
    "/v3/categories/stats": [
      { date, stats: [{ type: "category", name: email, metrics }] },
      { date, stats: [{ type: "category", name: phone, metrics: MEMBERS }] },
    ],
    "/v3/categories/stats/sums": {
      date,
      stats: [{ type: "category", name: email, metrics }],
    },
    "/api/events": {
      data: [{
        type: "event",
        id: `pulled-${email}`,
        attributes: { datetime: now, event_properties: MEMBERS },
        relationships: {
          profile: { data: { type: "profile", id: email } },
          metric: { data: { type: "metric", id: "m-1" } },
        },
      }],
      included: [{
        type: "metric",
        id: "m-1",
        attributes: { name: `Called ${phone}` },
      }],
      links: { next: null },
    },
  };
  return (request: Request): Response => {
    const body = bodies[new URL(request.url).pathname];
    return body === undefined
      ? new Response(`nothing for ${email}`, { status: 404 })
      : Response.json(body);
  };
}
