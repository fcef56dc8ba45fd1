/**
 * Deliveries of any sender that signs them in one of four ways, their records read
 * as a mapping says; and changes sent to a receiver. README.md beside this file and in
 * `connectors/mapping/`.
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
import { changes } from "./changes.ts";
import { type Config, parseConfig, type Receiving } from "./config.ts";
import { openMapping } from "./mapping.ts";
import { readRecords } from "./read_records.ts";
import { findAt, findRecords } from "./records.ts";
import { verifySignature } from "./signature.ts";

const MAX_BODY_BYTES = 1_048_576;
const MAX_RECORDS = 10_000;

/** What is kept beside a refused record. */
const Context = z.object({
  facts: z.record(z.string(), z.string()),
  lacks: z.array(z.string()).optional(),
});

export default defineConnector<Config>({
  name: "webhook",
  apiVersion: 1,
  about: "Signed deliveries of any sender, mapped; changes sent, signed",
  config: { parse: parseConfig },
  secrets: [
    "secret",
    "previousSecret",
    "signingSecret",
    "previousSigningSecret",
  ],
  hosts: [],
  configuredHosts: ({ sending }) =>
    sending
      ? [sending.changesUrl, sending.readUrl].map((url) =>
        new URL(url).hostname
      )
      : [],
  quotaKeys: ({ sending }) => ({ account: sending?.changesUrl ?? "" }),
  emits: ["performance", "event"],
  restatesDays: 0,
  receive,
  reread,
  destination: changes,
});

function receive({ config, delivery }: ReceiveScope<Config>): Receipt {
  const { scheme, mapping, ...terms } = demandReceiving(config);
  const { headers, body, receivedAt } = delivery;
  if (body.length > MAX_BODY_BYTES) throw tooLarge(`${MAX_BODY_BYTES} bytes`);
  verifySignature(delivery, { scheme, ...terms });
  const found = findRecords(parseContent(scheme, body), { scheme, ...terms });
  if (found.length > MAX_RECORDS) throw tooLarge(`${MAX_RECORDS} records`);
  const id = headers["webhook-id"];
  const facts = {
    ["received_at"]: receivedAt,
    ...(scheme === "standard_webhooks" && id !== undefined && { id }),
  };
  return readRecords(found, facts, openMapping(mapping, scheme));
}

/** Without terms nobody can have signed anything. */
function demandReceiving({ receiving }: Config): Receiving {
  if (receiving) return receiving;
  throw new EngineError(
    "signature_invalid",
    "Cannot accept delivery: this source only sends",
  );
}

function reread(
  { config, original, context, receivedAt }: RereadScope<Config>,
): Receipt {
  const { scheme, mapping } = demandReceiving(config);
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
  return readRecords(found, facts, openMapping(mapping, scheme));
}

function tooLarge(bound: string): EngineError {
  return new EngineError(
    "body_too_large",
    `Cannot accept delivery: more than ${bound}; send it in parts`,
  );
}
