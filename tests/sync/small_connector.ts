/**
 * The connector of Small Ads: a report of campaigns' days by device, and a pull of
 * events. Its two readers of records can be replaced by broken ones.
 *
 * @module
 */
import * as z from "zod";
import {
  type Connector,
  type EventSignal,
  type Lent,
  mapRecords,
  type Metrics,
  microsFromDecimal,
  type Records,
  type ReportRow,
  scaledFromDecimal,
  type SliceScope,
} from "@moe/plugin";
import { type CallLimit, QUALITIES } from "../../core/domain/source.ts";
import { CAP } from "./small_ads.ts";

const API = "https://api.small.example";

const Account = z.object({
  id: z.string(),
  zone: z.string(),
  currency: z.string(),
  settlesDays: z.int(),
  attribution: z.string(),
});
const Measures = z.object({
  clicks: z.int(),
  cents: z.int(),
  conversions: z.string(),
});
const Row = Measures.extend({
  day: z.string(),
  campaign: z.string().min(1),
  device: z.string(),
});
const Page = z.object({
  items: z.array(z.unknown()),
  next: z.string().nullable(),
  end: z.string(),
  quality: z.array(z.enum(QUALITIES)).optional(),
  cut: z.boolean().optional(),
});
const Happened = z.object({
  id: z.string(),
  at: z.iso.datetime({ precision: 3 }),
  person: z.string(),
});

/** What can be chosen of the connector. */
export interface SmallChoices {
  readonly sliceDays?: number;
  readonly historyDays?: number;
  readonly recordCap?: number | null;
  readonly limits?: readonly CallLimit[];
  /** Calls that a slice takes, as declared. */
  readonly callsPerSlice?: number;
  /** Reads a row; the sound one unless given. */
  toRow?(record: unknown): ReportRow;
  /** Reads an event; the sound one unless given. */
  toEvent?(record: unknown): EventSignal;
  /** Leaves the events alone. */
  readonly reportsOnly?: boolean;
}

/** Makes the connector. */
export function smallConnector(choices: SmallChoices = {}): Connector {
  const { toRow = readRow, toEvent = readEvent, reportsOnly } = choices;
  return {
    name: "small_ads",
    apiVersion: 1,
    about: "Campaigns' days and events of Small Ads",
    config: z.object({}),
    secrets: [],
    hosts: ["api.small.example"],
    emits: reportsOnly ? ["performance"] : ["performance", "event"],
    restatesDays: 3,
    ...(choices.limits && { limits: choices.limits }),
    account: async (scope) => Account.parse(await ask(scope, "/account", {})),
    reports: [{
      name: "campaign_daily",
      level: "campaign",
      dimensions: ["device"],
      sliceDays: choices.sliceDays ?? 3,
      historyDays: choices.historyDays ?? null,
      recordCap: choices.recordCap === undefined ? CAP : choices.recordCap,
      callsPerSlice: choices.callsPerSlice ?? 1,
      read: readReport,
      toRows: (record) => [toRow(record)],
      totals: async (scope) =>
        measure(Measures.parse(await ask(scope, "/totals", daysOf(scope)))),
      shards: async (scope) =>
        z.array(z.string()).parse(
          await ask(scope, "/campaigns", daysOf(scope)),
        ),
    }],
    ...(!reportsOnly && {
      async *pull({ cursor, ...lent }) {
        let page: string | null = cursor ?? "0";
        while (page !== null) {
          const told: z.infer<typeof Page> = Page.parse(
            await ask(lent, "/events", { page }),
          );
          page = told.next;
          const read = mapRecords(told.items, (record) => [toEvent(record)]);
          yield { ...read, cursor: page, resume: told.end };
        }
      },
      reread: ({ original }) =>
        mapRecords([JSON.parse(original)], (record) => [toEvent(record)]),
    }),
  };
}

async function* readReport(
  scope: SliceScope<unknown>,
): AsyncGenerator<Records> {
  const { shard } = scope;
  let page: string | null = "0";
  while (page !== null) {
    const told: z.infer<typeof Page> = Page.parse(
      await ask(scope, "/report", {
        ...daysOf(scope),
        ...(shard !== null && { campaign: shard }),
        page,
      }),
    );
    page = told.next;
    const { items: records, quality = [], cut = false } = told;
    yield { records, quality, truncated: cut };
  }
}

function daysOf({ range: { from, until } }: SliceScope<unknown>) {
  return { from, until };
}

function ask(
  { http }: Pick<Lent<unknown>, "http">,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<unknown> {
  return http.json(`${API}${path}`, { query });
}

/** Reads a row soundly. */
export function readRow(record: unknown): ReportRow {
  const { day, campaign, device, ...measures } = Row.parse(record);
  return {
    day,
    entities: { channel: "social", campaign },
    breakdowns: { device },
    metrics: measure(measures),
  };
}

/** Reads an event soundly. */
export function readEvent(record: unknown): EventSignal {
  const { id, at, person } = Happened.parse(record);
  return {
    grain: "event",
    eventId: id,
    type: "Email Opened",
    occurredAt: at,
    entities: { subject: person },
    valueMicros: null,
    currency: null,
    properties: {},
  };
}

function measure(
  { clicks, cents, conversions }: z.infer<typeof Measures>,
): Metrics {
  return {
    clicks: BigInt(clicks),
    spend_micros: microsFromDecimal(`${cents}e-2`),
    conversions_millionths: scaledFromDecimal(conversions, 6),
  };
}
