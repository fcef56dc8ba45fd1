/**
 * What people did, as Klaviyo counts it: e-mails delivered, opened and clicked,
 * orders, visits. Asked for page by page, or pushed by its system webhooks; both
 * tell the same event by the same id.
 *
 * Klaviyo sorts by when an event happened, not by when it learnt of it, so each
 * pull begins a little before the latest event of the one before. An event may be
 * dated a year ahead: none is asked for before its time, or it would move the
 * start of the next pull past everything until then. Profiles are asked for by id
 * alone.
 *
 * A revision of the API is served for two years.
 *
 * @see https://developers.klaviyo.com/en/reference/get_events, read on 2026-11-26
 * @see https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling, read on 2026-11-26
 * @module
 */
import {
  defineConnector,
  EngineError,
  type HttpAnswer,
  mapRecords,
  type Outcome,
  type Page,
  type PullScope,
  type QuotaHint,
  type Receipt,
  RecordFault,
  type RereadScope,
  type Signal,
} from "@moe/plugin";
import * as z from "zod";
import { toEvent, toRecord } from "./event.ts";
import { type Place, printResume, toPlace, toQuery } from "./place.ts";
import { readDelivery } from "./webhook.ts";

const REVISION = "2026-07-15";
const EVENTS_URL = "https://a.klaviyo.com/api/events";
const EVENTS_PATH = "/api/events";

const Secret = z.string().min(16).optional();

const Config = z.strictObject({
  /** Private key with the scope `events:read`; needed to pull. */
  apiKey: z.string().min(8).optional(),
  /** Secret of the system webhook; needed to receive. */
  webhookSecret: Secret,
  previousWebhookSecret: Secret,
  /** Currency of values that name none. */
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
  /** First day to pull when no days are asked for; all there is if absent. */
  startDay: z.iso.date().optional(),
  /** Minutes before the latest event at which the next pull begins. */
  overlapMinutes: z.int().min(0).max(10_080).default(60),
  /** Events in a page. */
  pageSize: z.int().min(1).max(1000).default(1000),
}).refine(({ apiKey, webhookSecret }) => apiKey ?? webhookSecret, {
  error: "one of apiKey and webhookSecret must be given",
});

/** Configuration of the connector. */
export type Config = z.infer<typeof Config>;

const EventPage = z.object({
  data: z.array(z.looseObject({})),
  included: z.array(z.unknown()).nullish(),
  links: z.object({ next: z.string().nullish() }),
});

const Errors = z.object({
  errors: z.tuple([
    z.object({
      code: z.string(),
      title: z.string(),
      source: z.object({
        pointer: z.string().nullish(),
        parameter: z.string().nullish(),
      }).nullish(),
    }),
  ], z.unknown()),
});

export default defineConnector<Config>({
  name: "klaviyo",
  apiVersion: 1,
  about: "E-mail, order and site events of people, from Klaviyo",
  vendorApi: { version: REVISION, sunset: "2028-07-15" },
  config: Config,
  secrets: ["apiKey", "webhookSecret", "previousWebhookSecret"],
  hosts: ["a.klaviyo.com"],
  emits: ["event"],
  restatesDays: 0,
  limits: [
    { scope: "endpoint", path: EVENTS_PATH, calls: 350, perSeconds: 1 },
    { scope: "endpoint", path: EVENTS_PATH, calls: 3500, perSeconds: 60 },
  ],
  quotaKeys: ({ apiKey = "" }) => ({ account: apiKey }),
  judge,
  quota,
  pull,
  receive: readDelivery,
  reread,
});

async function* pull(scope: PullScope<Config>): AsyncGenerator<Page> {
  const { config, range } = scope;
  let place: Place | null = toPlace(scope);
  while (place !== null) {
    const { data, included, links } = await readPage(scope, place);
    const records = data.map((event) => toRecord(event, included ?? []));
    const mapped = mapRecords(
      records,
      (record) => [toEvent(record, config.currency)],
    );
    const next: Place = {
      ...place,
      latest: latestOf(mapped.signals, place.latest),
      page: nextPage(links.next ?? null),
    };
    const resume = range === null ? printResume(next, config) : null;
    place = next.page === null ? null : next;
    yield {
      ...mapped,
      cursor: place && JSON.stringify(place),
      ...(place === null && resume !== null && { resume }),
    };
  }
}

async function readPage(
  { config, http }: PullScope<Config>,
  place: Place,
): Promise<z.infer<typeof EventPage>> {
  if (config.apiKey === undefined) {
    throw new EngineError(
      "configuration_invalid",
      'Cannot pull from connector "klaviyo": apiKey is missing',
    );
  }
  const headers = {
    accept: "application/vnd.api+json",
    authorization: `Klaviyo-API-Key ${config.apiKey}`,
    revision: REVISION,
  };
  const query = toQuery(place, config.pageSize);
  return EventPage.parse(await http.json(EVENTS_URL, { query, headers }));
}

function latestOf(
  signals: readonly Signal[],
  before: string | null,
): string | null {
  const times = signals.flatMap((signal) =>
    signal.grain === "event" ? [signal.occurredAt] : []
  );
  return [before ?? "", ...times].sort().at(-1) || null;
}

/** Of the vendor's link only the cursor is taken, so that no link leads elsewhere. */
function nextPage(link: string | null): string | null {
  if (link === null) return null;
  const page = URL.parse(link)?.searchParams.get("page[cursor]");
  if (page) return page;
  throw new EngineError(
    "source_inconsistent",
    'Cannot go on in source "klaviyo": its link to the next page has no cursor',
  );
}

function judge({ status, body }: HttpAnswer): Outcome | null {
  const passing = status === 408 || status === 429 || status >= 500;
  const told = Errors.safeParse(body);
  if (status < 400 || passing || !told.success) return null;
  const [{ code, title, source }] = told.data.errors;
  const where = source?.parameter ?? source?.pointer;
  const reason = `${code}: ${title}${where ? ` (${where})` : ""}`;
  return { kind: "refused", reason };
}

/** The headers tell of the minute's window alone. */
function quota({ headers }: HttpAnswer): readonly QuotaHint[] {
  const remaining = toCount(headers["ratelimit-remaining"]);
  const resetSeconds = toCount(headers["ratelimit-reset"]);
  if (remaining === null) return [];
  return [{ scope: "endpoint", remaining, resetSeconds }];
}

function toCount(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text.trim())
    ? Number(text)
    : null;
}

function reread({ config, original }: RereadScope<Config>): Receipt {
  const { signals, rejects } = mapRecords(
    [original],
    (text) => [toEvent(parseRecord(String(text)), config.currency)],
  );
  return {
    signals,
    rejects: rejects.map((reject) => ({ ...reject, original })),
  };
}

function parseRecord(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordFault("record_malformed", "the record is not JSON");
  }
}
