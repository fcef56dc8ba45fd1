/**
 * Files of signature vectors, each as deliveries to the connector whose they are.
 *
 * @module
 */
import hubspot from "../../connectors/hubspot/connector.ts";
import klaviyo from "../../connectors/klaviyo/connector.ts";
import segment from "../../connectors/segment/connector.ts";
import sendgrid from "../../connectors/sendgrid/connector.ts";
import webhook from "../../connectors/webhook/connector.ts";
import type { Connector, Delivery } from "../../plugins/contract.ts";

/** One delivery, and whether its signature holds. */
export interface Case {
  readonly note: string;
  readonly connector: Connector;
  /** Parsed, with the secrets of the vector. */
  readonly config: unknown;
  readonly delivery: Delivery;
  readonly valid: boolean;
  /** Header of the signature. */
  readonly signature: string;
  /** Header of the moment that is signed; null if none is. */
  readonly timestamp: string | null;
}

/** What vectors have in their several shapes. */
type Vector =
  & Readonly<
    Partial<
      Record<
        | ("name" | "version" | "body" | "payload" | "batchBody" | "signedPart")
        | ("id" | "timestamp" | "method" | "uri" | "requestUri" | "url")
        | ("secret" | "clientSecret" | "publicKey" | "key"),
        string
      >
    >
  >
  & {
    readonly signature: string;
    readonly valid?: boolean;
    readonly params?: Readonly<Record<string, string>>;
  };

/** What a file holds. */
interface VectorFile {
  readonly vectors: readonly Vector[];
  /** Moments at which HubSpot's are taken, milliseconds. */
  readonly replay?: {
    readonly cases: readonly {
      readonly now: number;
      readonly accept: boolean;
    }[];
  };
}

/** Makes deliveries of what a file holds. */
export type VectorReader = (file: VectorFile) => readonly Case[];

/** In the place of secrets that are shorter than a configuration takes. */
const PLACEHOLDER = "a-secret-that-is-replaced";
const ANY_TIME = "2026-11-05T12:00:00.000Z";
const MAPPING = {
  signals: [{
    grain: "event",
    eventId: "{id}",
    type: "Seen",
    occurredAt: { at: ANY_TIME },
    entities: {},
  }],
};

/** Readers by the name of the file. */
export const READERS: ReadonlyMap<string, VectorReader> = new Map([
  ["hubspot-signatures.json", readHubspot],
  ["klaviyo-system-webhook.json", each(toKlaviyo)],
  ["mandrill-x-mandrill-signature.json", each(toMandrill)],
  ["mautic-webhook-signature.json", each(toMautic)],
  ["meta-x-hub-signature-256.json", each(toMeta)],
  ["segment-x-signature-hmac-sha1.json", readSegment],
  ["sendgrid-event-webhook-ecdsa.json", each(toSendgrid)],
  ["standard-webhooks.json", each(toStandardWebhook)],
]);

function each(toCase: (vector: Vector) => Case): VectorReader {
  return ({ vectors }) => vectors.map(toCase);
}

/** HubSpot's vectors, and the last of them at the edges of its window. */
function readHubspot({ vectors, replay }: VectorFile): Case[] {
  const cases = vectors.map(toHubspot);
  const last = cases.at(-1);
  const edges = (replay?.cases ?? []).flatMap(({ now, accept }) =>
    last === undefined ? [] : [{
      ...last,
      note: `at ${now}`,
      valid: accept,
      delivery: { ...last.delivery, receivedAt: new Date(now).toISOString() },
    }]
  );
  return [...cases, ...edges];
}

function toHubspot(vector: Vector): Case {
  const { version = "", clientSecret, method, uri, requestUri = uri } = vector;
  const { signature: given, timestamp } = vector;
  const latest = version === "v3";
  const signature = latest ? "x-hubspot-signature-v3" : "x-hubspot-signature";
  const headers = {
    [signature]: given,
    "x-hubspot-signature-version": version,
    ...(timestamp && { "x-hubspot-request-timestamp": timestamp }),
  };
  return {
    note: version,
    connector: hubspot as Connector,
    config: hubspot.config.parse({
      portalId: "62515",
      clientSecret,
      signatureVersion: version,
    }),
    valid: true,
    signature,
    timestamp: latest ? "x-hubspot-request-timestamp" : null,
    delivery: {
      ...send(vector.body, headers, Number(timestamp ?? 0)),
      ...(method !== undefined && { method }),
      ...(requestUri !== undefined && { url: requestUri }),
    },
  };
}

function toKlaviyo(vector: Vector): Case {
  const { name = "", secret, timestamp = "", valid = true } = vector;
  const headers = {
    "klaviyo-signature": vector.signature,
    "klaviyo-timestamp": timestamp,
  };
  return {
    note: name,
    connector: klaviyo as Connector,
    config: klaviyo.config.parse({ webhookSecret: secret }),
    valid,
    signature: "klaviyo-signature",
    timestamp: "klaviyo-timestamp",
    delivery: send(vector.body, headers, Date.parse(timestamp)),
  };
}

function toSendgrid(vector: Vector): Case {
  const { name = "", publicKey, timestamp = "", valid = true } = vector;
  const signature = "x-twilio-email-event-webhook-signature";
  const moment = "x-twilio-email-event-webhook-timestamp";
  const headers = { [signature]: vector.signature, [moment]: timestamp };
  // One that is to be refused says "timestamp" in its place.
  const at = 1000 * (Number(timestamp) || 1_600_112_502);
  return {
    note: name,
    connector: sendgrid as Connector,
    config: sendgrid.config.parse({ publicKey }),
    valid,
    signature,
    timestamp: moment,
    delivery: send(vector.payload, headers, at),
  };
}

/** Segment signs the first message of a batch alone, so no batch is valid. */
function readSegment({ vectors }: VectorFile): Case[] {
  return vectors.flatMap((vector) => {
    const { secret: sharedSecret, body, signedPart, batchBody } = vector;
    const common = {
      connector: segment as Connector,
      config: {
        ...segment.config.parse({ sharedSecret: PLACEHOLDER }),
        sharedSecret,
      },
      signature: "x-signature",
      timestamp: null,
    };
    const headers = { "x-signature": vector.signature };
    const one = send(body ?? signedPart, headers);
    const batch = send(batchBody, headers);
    return [
      { ...common, note: "one message", valid: true, delivery: one },
      ...(batchBody === undefined
        ? []
        : [{ ...common, note: "a batch", valid: false, delivery: batch }]),
    ];
  });
}

function toMandrill({ key, url = "", params, signature }: Vector): Case {
  const headers = { "x-mandrill-signature": signature };
  const form = String(new URLSearchParams({ ...params }));
  return {
    ...ofWebhook("mandrill", key),
    signature: "x-mandrill-signature",
    delivery: { ...send(form, headers), url },
  };
}

function toMautic({ secret, body, signature }: Vector): Case {
  return {
    ...ofWebhook("mautic", secret),
    signature: "webhook-signature",
    delivery: send(body, { "webhook-signature": signature }),
  };
}

function toMeta({ secret, body, signature }: Vector): Case {
  return {
    ...ofWebhook("x_hub_signature_256", secret),
    signature: "x-hub-signature-256",
    delivery: send(body, { "x-hub-signature-256": signature }),
  };
}

function toStandardWebhook(vector: Vector): Case {
  const { secret, id = "", timestamp = "", body, signature } = vector;
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signature,
  };
  return {
    ...ofWebhook("standard_webhooks", secret),
    signature: "webhook-signature",
    timestamp: "webhook-timestamp",
    delivery: send(body, headers, 1000 * Number(timestamp)),
  };
}

function ofWebhook(scheme: string, secret: string | undefined) {
  const config = webhook.config.parse({
    scheme,
    secret: PLACEHOLDER,
    mapping: MAPPING,
  });
  return {
    note: scheme,
    connector: webhook as Connector,
    config: { ...config, receiving: { ...config.receiving, secret } },
    valid: true,
    timestamp: null,
  };
}

function send(
  body = "",
  headers: Readonly<Record<string, string>>,
  at = Date.parse(ANY_TIME),
): Delivery {
  return {
    headers,
    body: new TextEncoder().encode(body),
    receivedAt: new Date(at).toISOString(),
  };
}
