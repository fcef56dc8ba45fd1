/**
 * Deliveries of any sender that signs them in one of four ways, their records read
 * as a mapping says; README.md beside this file and in `connectors/mapping/`.
 *
 * Each record is kept or refused by itself, and a refused one is kept with what its
 * delivery said, so that it can be read again alone.
 *
 * @module
 */
import {
  defineConnector,
  EngineError,
  type Receipt,
  type ReceiveScope,
  type RereadScope,
} from "@moe/plugin";
import * as z from "zod";
import { parseContent, parseJson } from "./content.ts";
import {
  openMapping,
  parseRecordMapping,
  type RecordMapping,
} from "./mapping.ts";
import { readRecords } from "./read_records.ts";
import { findAt, findRecords, isPath } from "./records.ts";
import { SCHEMES, verifySignature } from "./signature.ts";

const MAX_BODY_BYTES = 1_048_576;
const MAX_RECORDS = 10_000;

const Secret = z.string().min(16);

const Settings = z.strictObject({
  /** How the sender signs. */
  scheme: z.enum(SCHEMES),
  secret: Secret,
  /** The secret before, accepted while the sender changes over. */
  previousSecret: Secret.optional(),
  /** Address that Mandrill has, where it is not the one that is called. */
  url: z.url().optional(),
  /** Path to the records. */
  records: z.string().max(200).refine(isPath, {
    error: "expected names with dots between them, * for each",
  }).optional(),
  mapping: z.unknown(),
});

type Config = Omit<z.infer<typeof Settings>, "mapping"> & {
  readonly mapping: RecordMapping;
};

/** What is kept beside a refused record. */
const Context = z.object({
  facts: z.record(z.string(), z.string()),
  lacks: z.array(z.string()).optional(),
});

export default defineConnector<Config>({
  name: "webhook",
  apiVersion: 1,
  about: "Signed deliveries of any sender, mapped to events and totals",
  config: {
    parse(value) {
      const { mapping, ...settings } = Settings.parse(value);
      const { scheme } = settings;
      return { ...settings, mapping: parseRecordMapping(mapping, scheme) };
    },
  },
  secrets: ["secret", "previousSecret"],
  hosts: [],
  emits: ["performance", "event"],
  restatesDays: 0,
  receive,
  reread,
});

function receive({ config, delivery }: ReceiveScope<Config>): Receipt {
  const { headers, body, receivedAt } = delivery;
  if (body.length > MAX_BODY_BYTES) throw tooLarge(`${MAX_BODY_BYTES} bytes`);
  verifySignature(delivery, config);
  const found = findRecords(parseContent(config.scheme, body), config);
  if (found.length > MAX_RECORDS) throw tooLarge(`${MAX_RECORDS} records`);
  const id = headers["webhook-id"];
  const facts = {
    ["received_at"]: receivedAt,
    ...(config.scheme === "standard_webhooks" && id !== undefined && { id }),
  };
  return readRecords(found, facts, openMapping(config.mapping, config.scheme));
}

function reread(
  { config, original, context, receivedAt }: RereadScope<Config>,
): Receipt {
  const { facts, lacks } = context === ""
    ? { facts: { ["received_at"]: receivedAt } }
    : Context.parse(JSON.parse(context));
  let value: unknown;
  try {
    value = parseJson(original);
  } catch {
    const reason = "record_malformed";
    const detail = "the record was not kept whole, or never was JSON";
    return { signals: [], rejects: [{ reason, detail, original, context }] };
  }
  const found = lacks === undefined ? [{ value }] : findAt(value, lacks);
  return readRecords(found, facts, openMapping(config.mapping, config.scheme));
}

function tooLarge(bound: string): EngineError {
  return new EngineError(
    "body_too_large",
    `Cannot accept delivery: more than ${bound}; send it in parts`,
  );
}
