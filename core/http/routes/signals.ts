/**
 * What comes in: pushed deliveries, and what they amounted to.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { isDay } from "../../domain/day.ts";
import {
  dayField,
  instantField,
  limitField,
  nameField,
} from "../wire/fields.ts";
import {
  countsSchema,
  countsToJson,
  deadLetterSchema,
  deadLetterToJson,
  performanceSchema,
  performanceToJson,
  receiptSchema,
  receiptToJson,
} from "../wire/signal_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";

const DEFAULT_LIMIT = 100;
const KEPT_BACK = new Set(["cookie", "proxy-authorization"]);
/** Credentials that are ours, however the header is written. */
const OURS = /^Bearer\b|\bmoe_[0-9a-f]{16}_/i;

/** Takes a delivery. */
export const webhook = defineEndpoint({
  method: "post",
  path: "/webhooks/{connector}/{source}",
  act: false,
  tag: "Signals",
  summary: "Take a delivery that a source pushed",
  about:
    "The connector verifies the sender's signature over the body as it came. A key says whose source it is; without one, the source is the only one of that name and connector. Signals are durable when this answers; events known by their id are counted as duplicates, so a delivery may be sent again.",
  scope: "ingest",
  params: z.strictObject({
    connector: nameField.openapi({ example: "segment" }),
    source: nameField,
  }),
  body: "raw",
  answers: [{ status: 200, about: "What it changed", schema: receiptSchema }],
  failures: [
    "body_invalid",
    "connector_failed",
    "not_found",
    "request_invalid",
    "signature_invalid",
  ],
  tenantWithoutKey: ({ connector = "", source = "" }, { engine }) =>
    engine.tenantOf(connector, source),
  async run({ key, params, body, raw }, { engine, metrics }) {
    const { headers, url } = raw;
    const report = await engine.receive({
      tenant: key.tenant,
      ...params,
      delivery: {
        headers: plainHeaders(headers),
        body,
        receivedAt: engine.clock.now(),
        method: "POST",
        url: calledUrl(url, headers),
      },
    });
    metrics.received("performance", report.inserted + report.restated);
    metrics.received("event", report.events);
    metrics.received("duplicate", report.duplicates);
    metrics.received("rejected", report.rejected.length);
    metrics.received("erased", report.erased ?? 0);
    return json(receiptToJson(report));
  },
});

/** Without cookies, and without keys of ours. */
function plainHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name, value]) =>
      !KEPT_BACK.has(name) &&
      !(name === "authorization" && OURS.test(value))
    ),
  );
}

/** The address as the sender saw it, before any proxy; signatures may cover it. */
function calledUrl(url: string, headers: Headers): string {
  const called = new URL(url);
  const first = (name: string) => headers.get(name)?.split(",")[0]?.trim();
  const scheme = first("x-forwarded-proto") || called.protocol.slice(0, -1);
  const host = first("x-forwarded-host") || first("host") || called.host;
  return `${scheme}://${host}${called.pathname}${called.search}`;
}

/** Counts signals. */
export const signalCounts = defineEndpoint({
  method: "get",
  path: "/signals/counts",
  tag: "Signals",
  summary: "Count what each source has brought",
  scope: "read",
  answers: [{
    status: 200,
    about: "Counts by source",
    schema: z.object({ sources: z.array(countsSchema) }),
  }],
  failures: [],
  async run({ key }, { engine }) {
    const counts = await engine.signals.count(key.tenant);
    return json({ sources: counts.map(countsToJson) });
  },
});

const afterField = z.string().refine(
  (text) => /^.{10}\/[0-9a-f]{64}$/.test(text) && isDay(text.slice(0, 10)),
  "expected the `next` of the page before",
);

function parseAfter(
  after: string | undefined,
): { readonly day: string; readonly rowKey: string } | null {
  const [day, rowKey] = after?.split("/") ?? [];
  return day && rowKey ? { day, rowKey } : null;
}

/** Reads totals as they are known, or were. */
export const performance = defineEndpoint({
  method: "get",
  path: "/signals/performance",
  tag: "Signals",
  summary:
    "Read totals of a source, as they are known or were known at a moment",
  about:
    "A total is told with its revision, when it was observed, and how far it may still move: provisional, settling or final.",
  scope: "read",
  query: z.strictObject({
    source: nameField,
    report: nameField.optional(),
    from: dayField,
    until: dayField,
    as_of: instantField.optional().openapi({
      description: "Moment of the knowledge; now unless given",
    }),
    limit: limitField,
    after: afterField.optional().openapi({
      description: "`next` of the page before",
    }),
  }),
  answers: [{
    status: 200,
    about: "The totals, by day",
    schema: z.object({
      performance: z.array(performanceSchema),
      next: z.string().nullable().openapi({
        description: "Where the next page begins; null at the end",
      }),
    }),
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const { source, report = null, from, until } = query;
    const limit = Number(query.limit ?? DEFAULT_LIMIT);
    const rows = await engine.signals.performance({
      tenant: key.tenant,
      source,
      report,
      range: { from, until },
      knownAt: query.as_of ?? null,
      limit,
      after: parseAfter(query.after),
    });
    const last = rows.length < limit ? undefined : rows.at(-1);
    return json({
      performance: rows.map(performanceToJson),
      next: last ? `${last.signal.day}/${last.rowKey}` : null,
    });
  },
});

/** Lists dead letters. */
export const deadLetters = defineEndpoint({
  method: "get",
  path: "/dead-letters",
  tag: "Signals",
  summary: "List records that could not become signals",
  about:
    "With their original text, so only for those who may bring signals in.",
  scope: "ingest",
  query: z.strictObject({
    source: nameField.optional(),
    reason: nameField.optional(),
    limit: limitField,
  }),
  answers: [{
    status: 200,
    about: "Dead letters",
    schema: z.object({ dead_letters: z.array(deadLetterSchema) }),
  }],
  failures: [],
  async run({ key, query }, { engine }) {
    const { source, reason } = query;
    const letters = await engine.signals.listDeadLetters(key.tenant, {
      ...(source === undefined ? {} : { source }),
      ...(reason === undefined ? {} : { reason }),
      limit: Number(query.limit ?? DEFAULT_LIMIT),
    });
    return json({ ["dead_letters"]: letters.map(deadLetterToJson) });
  },
});
