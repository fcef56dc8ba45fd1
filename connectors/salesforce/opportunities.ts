/**
 * Opportunities that have changed, page by page.
 *
 * They are asked for in order of `SystemModstamp`, the deleted ones too. A
 * transaction may run for ten minutes and is stamped before it can be seen, so each
 * sync begins ten minutes before the last stamp that was read. Pages follow one
 * another by the server's locator; a sync that was broken off asks anew from the
 * last record, for locators end.
 *
 * @see https://developer.salesforce.com/docs/platform/api-rest/guide/resources-queryall.html, read on 2026-11-26
 * @module
 */
import {
  EngineError,
  type Lent,
  mapRecords,
  type Metrics,
  microsFromDecimal,
  type Page,
  parseInstant,
  type PerformanceSignal,
  type PullScope,
  RecordFault,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";

/** Path of the API's version. */
const DATA = "/services/data/v66.0";
const OVERLAP_MS = 600_000;
const FIELDS = [
  "Id",
  "Amount",
  "CampaignId",
  "CloseDate",
  "IsDeleted",
  "IsWon",
  "SystemModstamp",
] as const;

const Id = z.string().regex(/^[a-zA-Z0-9]{15,18}$/);

/** The org's facts. */
export const Organization = z.object({ id: Id, zone: z.string() });

/** The org's facts. */
export type Organization = z.infer<typeof Organization>;

const Opportunity = z.object({
  Id,
  Amount: z.number().nullish(),
  CampaignId: Id.nullish(),
  CloseDate: z.iso.date(),
  CurrencyIsoCode: z.string().optional(),
  IsDeleted: z.boolean(),
  IsWon: z.boolean(),
});

const Stamped = z.looseObject({
  Id,
  SystemModstamp: z.string().transform((text) => parseInstant(text)),
});

const Answer = z.object({
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.unknown()),
});

/** A stamp, and the last record that was read of it; no id before any was. */
const Place = z.object({ stamp: z.iso.datetime(), id: Id.nullable() });

type Place = z.infer<typeof Place>;

/** Pulls opportunities. */
export async function* pullOpportunities(
  scope: PullScope<Config>,
): AsyncGenerator<Page> {
  const { config, range, report } = scope;
  const organization = await readOrganization(scope);
  let place = scope.cursor === null
    ? null
    : Place.parse(JSON.parse(scope.cursor));
  let count = 0;
  let path = `${DATA}/queryAll?q=${
    encodeURIComponent(question(place, config))
  }`;
  while (true) {
    const { done, records, nextRecordsUrl = "" } = await ask(scope, path);
    place = furthest(records, place);
    const read = readOpportunities(records, organization, config);
    report(`${count += records.length} opportunities`, null);
    yield {
      signals: read.signals.filter((signal) =>
        signal.grain === "event" || range === null ||
        (signal.day >= range.from && signal.day < range.until)
      ),
      rejects: read.rejects,
      ...(done ? end(place) : { cursor: JSON.stringify(place) }),
    };
    if (done) return;
    path = nextRecordsUrl;
  }
}

/**
 * Reads opportunities.
 *
 * @param records As the API tells them.
 * @param organization Id and zone of the org.
 * @param config Its currency, if it has one.
 * @returns One row each, and rejects that can be read again.
 */
export function readOpportunities(
  records: readonly unknown[],
  organization: Organization,
  { currency }: Config,
): ReturnType<typeof mapRecords> {
  return mapRecords(
    records,
    (record) => [toRow(record, organization, currency)],
    JSON.stringify(organization),
  );
}

function toRow(
  record: unknown,
  { id: account, zone }: Organization,
  orgCurrency: string | undefined,
): PerformanceSignal {
  const { Id: id, CloseDate: day, CampaignId: campaign, ...rest } = Opportunity
    .parse(record);
  const currency = rest.CurrencyIsoCode ?? orgCurrency;
  if (currency === undefined) {
    throw new RecordFault("currency_missing", "neither it nor the org has one");
  }
  return {
    grain: "performance",
    report: "opportunities_won",
    level: "account",
    entities: { account, ...(campaign && { campaign }) },
    day,
    periodDays: 1,
    zone,
    currency,
    breakdowns: {},
    attribution: "",
    metrics: rest.IsWon && !rest.IsDeleted ? worth(rest.Amount) : nothing(),
    record: `opportunity:${id}`,
  };
}

function nothing(): Metrics {
  return { conversions_millionths: 0n, conversion_value_micros: 0n };
}

function worth(amount: number | null | undefined): Metrics {
  return {
    conversions_millionths: 1_000_000n,
    ...(amount !== null && amount !== undefined && {
      conversion_value_micros: microsFromDecimal(String(amount)),
    }),
  };
}

async function readOrganization(scope: Lent<Config>): Promise<Organization> {
  const q = "SELECT Id, TimeZoneSidKey FROM Organization";
  const { records } = await ask(
    scope,
    `${DATA}/query?q=${encodeURIComponent(q)}`,
  );
  const { Id: id, TimeZoneSidKey: zone } = z.object({
    Id,
    TimeZoneSidKey: z.string(),
  }).parse(records[0]);
  return { id, zone };
}

function question(place: Place | null, { currency }: Config): string {
  const fields = currency === undefined
    ? [...FIELDS, "CurrencyIsoCode"]
    : FIELDS;
  const where = place === null
    ? ""
    : place.id === null
    ? ` WHERE SystemModstamp >= ${place.stamp}`
    : ` WHERE SystemModstamp > ${place.stamp} OR (SystemModstamp = ${place.stamp} AND Id > '${place.id}')`;
  return `SELECT ${fields.join(", ")} FROM Opportunity${where} ` +
    "ORDER BY SystemModstamp, Id";
}

/** Asks a path of the org's own host, and of no other. */
async function ask(
  { config: { instanceHost }, http }: Pick<Lent<Config>, "config" | "http">,
  path: string,
): Promise<z.infer<typeof Answer>> {
  if (!path.startsWith(`${DATA}/`)) {
    throw new EngineError(
      "source_inconsistent",
      `Cannot read on at "${instanceHost}": the next page is not among its paths`,
    );
  }
  const url = `https://${instanceHost}${path}`;
  return Answer.parse(await http.json(url, { signedIn: true }));
}

function furthest(
  records: readonly unknown[],
  before: Place | null,
): Place | null {
  return records.reduce<Place | null>((most, record) => {
    const read = Stamped.safeParse(record).data;
    if (read === undefined) return most;
    const { Id: id, SystemModstamp: stamp } = read;
    const isFurther = most === null || stamp > most.stamp ||
      (stamp === most.stamp && (most.id === null || id > most.id));
    return isFurther ? { stamp, id } : most;
  }, before);
}

function end(place: Place | null): Pick<Page, "cursor" | "resume"> {
  if (place === null) return { cursor: null };
  const stamp = place.id === null
    ? place.stamp
    : parseInstant(Date.parse(place.stamp) - OVERLAP_MS);
  return { cursor: null, resume: JSON.stringify({ stamp, id: null }) };
}
