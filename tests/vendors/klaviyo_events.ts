/**
 * What happened on a simulated Klaviyo account, and how Klaviyo writes it.
 *
 * @see https://developers.klaviyo.com/en/reference/get_events, read on 2026-11-26
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type { EventQuestion } from "./klaviyo_question.ts";

/** One event, as it is. */
export interface KlaviyoEvent {
  readonly id: string;
  readonly at: Instant;
  readonly metric: KlaviyoMetric;
  readonly profile: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A metric with its webhook's topic and Segment's name. */
export interface KlaviyoMetric {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly type: string;
}

const FIRST_MS = Date.parse("2026-02-01T00:00:07Z");
const STEP_MS = 60_661_000;
const PER_STEP = 3;
const MINUTE_MS = 60_000;
const AHEAD: Instant = "2026-12-24T00:00:00.000Z";
const PEOPLE = 9;
const FIRST_ORDER = 9_007_199_254_740_993n;

const METRICS: readonly KlaviyoMetric[] = [
  ["Received Email", "received_email", "Email Delivered"],
  ["Opened Email", "opened_email", "Email Opened"],
  ["Clicked Email", "clicked_email", "Email Link Clicked"],
  ["Placed Order", "placed_order", "Order Completed"],
  ["Bounced Email", "bounced_email", "Email Bounced"],
  ["Marked Email as Spam", "marked_email_as_spam", "Email Marked as Spam"],
  ["Unsubscribed from Email Marketing", "unsubscribed_from_email_marketing"],
  ["Sent SMS", "sent_sms", "Sent SMS"],
].map(([name = "", topic, type = "Unsubscribed"], at) => ({
  id: `Met${at}${at}`,
  name,
  topic: `event:klaviyo.${topic}`,
  type,
}));

/**
 * Lists the events that are known at a moment, by when they happened, then by id.
 *
 * @param now The moment.
 * @returns Three events for each step since the account began, two of them at once
 * and one 20 minutes later; every seventh becomes known half an hour late; one lies
 * ahead.
 */
export function listEvents(now: Instant): readonly KlaviyoEvent[] {
  const nowMs = Date.parse(now);
  const count = Math.max(0, Math.ceil((nowMs - FIRST_MS) / STEP_MS)) *
    PER_STEP;
  const past = Array.from({ length: count }, (_, at) => makeEvent(at))
    .filter(({ at }, index) =>
      Date.parse(at) + (index % 7 === 3 ? 30 : 1) * MINUTE_MS <= nowMs
    );
  return [...past, { ...makeEvent(1), id: "4FDzzzzzzzz", at: AHEAD }];
}

function makeEvent(at: number): KlaviyoEvent {
  const metric = METRICS[(at * 3) % METRICS.length] ?? METRICS[0];
  if (metric === undefined) {
    throw new RangeError("Cannot make event: no metric");
  }
  return {
    id: `4FD${at.toString(36).padStart(8, "0")}`,
    at: new Date(happenedMs(at)).toISOString(),
    metric,
    profile: `01GDDKASAP8TKDDA2GRZDSVP${at % PEOPLE}H`,
    properties: metric.name === "Placed Order"
      ? makeOrder(at)
      : makeMessage(at, metric.name),
  };
}

function happenedMs(at: number): number {
  const laterMs = at % PER_STEP === 2 ? 20 * MINUTE_MS : 0;
  return FIRST_MS + Math.floor(at / PER_STEP) * STEP_MS + laterMs;
}

function makeMessage(at: number, name: string): Record<string, unknown> {
  return {
    Subject: "Ready? – Größer, 50 % off",
    "Campaign Name": `Newsletter ${at % 4}`,
    "$message": `01H7F525FKR31P27Y7PNGVBB${at % 4}K`,
    ...(at % 3 === 0 && { "$flow": `Flow${at % 2}` }),
    "$event_id": `01H7F525FKR31P27Y7PNGVBB${at % 4}K:${FIRST_ORDER}${at}`,
    "$ESP": 0,
    "$group_ids": ["V7adxq"],
    "$attribution": { "$send_ts": 0, "$attributed_event_id": "" },
    ...(name.endsWith("SMS")
      ? { "To Number": "+15005550006", "Message Body": "Hi Sarah" }
      : { "Recipient Email Address": `sarah.${at % PEOPLE}@example.com` }),
  };
}

function makeOrder(at: number): Record<string, unknown> {
  return {
    "$event_id": raw(String(FIRST_ORDER + BigInt(at))),
    "$value": raw(`${at}.25E1`),
    ...(at % 2 === 0 && { "$currency_code": "USD" }),
    Items: ["Blue Shirt", "Sneaker"],
    "$extra": { billing: { first_name: "Sarah", address1: "89 E 42nd St" } },
    "$attribution": {
      "$message": "01H7F525FKR31P27Y7PNGVBB1K",
      "$flow": "Flow1",
      "$attributed_event_id": "4FD00000001",
    },
  };
}

/** A number that is printed as it stands. */
function raw(number: string): string {
  return `@raw:${number}`;
}

/** Prints JSON with numbers that JavaScript has not. */
export function printExact(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"@raw:([^"]+)"/g, "$1");
}

/**
 * Prints a page.
 *
 * @param page Its events.
 * @param question What was asked, which says how much is told of each.
 * @param links Addresses of this page and the next.
 * @returns A compound document.
 */
export function printPage(
  page: readonly KlaviyoEvent[],
  { include, fields }: EventQuestion,
  links: Readonly<Record<string, string | null>>,
): string {
  const metrics = new Map(page.map(({ metric }) => [metric.id, metric]));
  const people = new Set(page.map(({ profile }) => profile));
  return printExact({
    data: page.map((event) => toResource(event, fields.event)),
    included: [
      ...(include.includes("metric") ? metrics.values() : [])
        .map((metric) => toMetric(metric, fields.metric)),
      ...[...(include.includes("profile") ? people : [])]
        .map((id) => toProfile(id, fields.profile)),
    ],
    links,
  });
}

/** An event as the vendor writes it; moments with a `T` or with a space. */
export function toResource(
  { id, at, metric, profile, properties }: KlaviyoEvent,
  wanted?: readonly string[],
): Record<string, unknown> {
  const spaced = Date.parse(at) % 2000 === 0;
  const self = `https://a.klaviyo.com/api/events/${id}`;
  return {
    type: "event",
    id,
    attributes: pick({
      timestamp: Date.parse(at) / 1000,
      ["event_properties"]: properties,
      datetime: at.replace("T", spaced ? " " : "T").replace(".000Z", "+00:00"),
      uuid: `96150200-374e-11ee-8001-${id.toLowerCase().padStart(12, "0")}`,
    }, wanted),
    relationships: {
      profile: relation(self, { type: "profile", id: profile }),
      metric: relation(self, { type: "metric", id: metric.id }),
      attributions: { data: [] },
    },
    links: { self },
  };
}

function relation(
  self: string,
  data: { readonly type: string; readonly id: string },
): Record<string, unknown> {
  const links = {
    self: `${self}/relationships/${data.type}`,
    related: `${self}/${data.type}`,
  };
  return { data, links };
}

function toMetric(
  { id, name }: KlaviyoMetric,
  wanted?: readonly string[],
): Record<string, unknown> {
  const integration = { object: "integration", id: "0eMvjm", name: "Klaviyo" };
  return {
    type: "metric",
    id,
    attributes: pick({ name, integration }, wanted),
    links: { self: `https://a.klaviyo.com/api/metrics/${id}` },
  };
}

function toProfile(
  id: string,
  wanted?: readonly string[],
): Record<string, unknown> {
  const attributes = {
    email: `sarah.${id}@example.com`,
    ["first_name"]: "Sarah",
    ["last_name"]: "Mason",
  };
  return {
    type: "profile",
    id,
    attributes: pick(attributes, wanted),
    links: { self: `https://a.klaviyo.com/api/profiles/${id}` },
  };
}

function pick(
  attributes: Readonly<Record<string, unknown>>,
  wanted?: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) =>
      wanted === undefined || wanted.includes(name)
    ),
  );
}
