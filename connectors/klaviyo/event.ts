/**
 * One event of Klaviyo's to one event.
 *
 * An e-mail of a flow is known by the flow (`$flow`, the campaign) and its message
 * (`$message`, the ad); one of a campaign by its message alone. What an order is
 * credited to is in `$attribution`. Values are decimal, in the currency that the
 * event names, if it does.
 *
 * @see https://developers.klaviyo.com/en/reference/get_events, read on 2026-11-26
 * @module
 */
import {
  type EntityIds,
  type EventSignal,
  type Instant,
  isCurrency,
  microsFromDecimal,
  parseInstant,
  RecordFault,
  type Scalar,
} from "@moe/plugin";
import * as z from "zod";
import { channelOf, typeOf } from "./metric_names.ts";

const Members = z.record(z.string(), z.unknown());
const Related = z.object({ data: z.object({ id: z.string() }).nullish() })
  .nullish();

const Event = z.object({
  id: z.string(),
  /** Name of the metric, or topic of the webhook. */
  metric: z.string(),
  attributes: z.object({
    datetime: z.string().nullish(),
    timestamp: z.int().nullish(),
    ["event_properties"]: Members.nullish(),
  }),
  relationships: z.object({ profile: Related, metric: Related }).nullish(),
});

const Relations = z.object({ relationships: z.object({ metric: Related }) });

const Attributes = z.looseObject({ ["event_properties"]: Members });

const Metric = z.object({
  type: z.literal("metric"),
  id: z.string(),
  attributes: z.object({ name: z.string() }),
});

type Members = z.infer<typeof Members>;

/** Letters of properties that tell who a person is, or hold what somebody typed. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...["name", "firstname", "lastname", "fullname", "customername"],
  ...["address", "street", "zip", "zipcode", "postalcode", "birthday"],
  ...["messagebody", "body", "reviewcontent", "reviewauthor"],
]);

/**
 * Makes a record that can be read alone: an event, its metric's name beside it, of
 * its properties what is kept.
 *
 * @param event As the vendor tells it.
 * @param included What came with it.
 * @param otherwise Name of the metric where none came.
 * @returns The record.
 */
export function toRecord(
  event: Readonly<Record<string, unknown>>,
  included: readonly unknown[],
  otherwise?: string,
): Readonly<Record<string, unknown>> {
  const id = Relations.safeParse(event).data?.relationships.metric?.data?.id;
  const metric = included.map((one) => Metric.safeParse(one).data)
    .find((one) => one !== undefined && one.id === id);
  const attributes = Attributes.safeParse(event.attributes).data;
  return {
    ...event,
    ...(attributes && {
      attributes: {
        ...attributes,
        ["event_properties"]: keepProperties(attributes.event_properties),
      },
    }),
    metric: metric?.attributes.name ?? otherwise,
  };
}

/** Plain values, lists, and what an order is credited to; `$extra` nests an order. */
function keepProperties(properties: Members): Members {
  return Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => {
      if (LEFT_OUT.has(name.toLowerCase().replaceAll(/[^a-z]/g, ""))) {
        return false;
      }
      return name === "$attribution" || Array.isArray(value) || isScalar(value);
    }),
  );
}

/**
 * Reads an event.
 *
 * @param record The event with the name of its metric.
 * @param fallback Currency of values that name none.
 * @returns The event.
 * @throws {Error} If it makes no sense.
 */
export function toEvent(
  record: unknown,
  fallback: string | undefined,
): EventSignal {
  const { id, metric, attributes, relationships } = Event.parse(record);
  const properties = attributes.event_properties ?? {};
  const subject = relationships?.profile?.data?.id;
  return {
    grain: "event",
    eventId: id,
    type: typeOf(metric),
    occurredAt: toInstant(attributes),
    entities: {
      ...toCampaign(properties),
      ...channelOf(metric),
      ...(subject && { subject }),
    },
    ...toValue(properties, fallback),
    properties: toProperties(properties),
  };
}

/** Written with a `T` or with a space. */
function toInstant(
  { datetime, timestamp }: z.infer<typeof Event>["attributes"],
): Instant {
  if (datetime) return parseInstant(datetime.trim().replace(" ", "T"));
  if (timestamp) return parseInstant(timestamp * 1000);
  throw new RecordFault("time_missing", "attributes.datetime is absent");
}

function toCampaign(properties: Members): EntityIds {
  const credited = Members.safeParse(properties.$attribution).data ?? {};
  const flow = textOf(properties.$flow) ?? textOf(credited.$flow);
  const message = textOf(properties.$message) ?? textOf(credited.$message);
  const campaign = flow ?? message;
  return {
    ...(campaign && { campaign }),
    ...(flow && message && { ad: message }),
  };
}

function toValue(
  properties: Members,
  fallback: string | undefined,
): Pick<EventSignal, "valueMicros" | "currency"> {
  const amount = properties.$value ?? "";
  const valueMicros = amount === "" ? null : microsFromDecimal(String(amount));
  const currency = textOf(properties.$currency_code) ??
    textOf(properties.$value_currency) ??
    textOf(properties.value_currency) ?? fallback;
  if (valueMicros === null) return { valueMicros: null, currency: null };
  if (currency === undefined && valueMicros === 0n) {
    return { valueMicros: null, currency: null };
  }
  if (currency !== undefined && isCurrency(currency)) {
    return { valueMicros, currency };
  }
  throw new RecordFault(
    "currency_missing",
    "$value names no ISO 4217 currency, and none is configured",
  );
}

function toProperties(properties: Members): Readonly<Record<string, Scalar>> {
  const plain: [string, Scalar][] = [];
  for (const [name, value] of Object.entries(properties)) {
    const list = Array.isArray(value);
    for (const [at, item] of (list ? value : [value]).entries()) {
      if (isScalar(item)) plain.push([list ? `${name}.${at}` : name, item]);
    }
  }
  return Object.fromEntries(plain);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== "object";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
