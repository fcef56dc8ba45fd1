/**
 * The write side: changes are sent to an address of the operator's, signed by the
 * rules of Standard Webhooks, and values are asked for by the same kind of request.
 * README.md beside this file says what is sent and what is to be answered.
 *
 * A change has its id for `webhook-id`, also when it is sent again, so that a receiver
 * which remembers ids does nothing twice.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read on 2026-11-26
 * @module
 */
import {
  type Destination,
  digest,
  EngineError,
  type HttpCall,
  type Lent,
  type Setting,
  type SettingChange,
} from "@moe/plugin";
import * as z from "zod";
import type { Config, Sending } from "./config.ts";
import { sign } from "./signature.ts";

const SCHEMA_VERSION = 1;
const MAX_OPERATIONS = 10_000;
const BATCH = 500;

const Text = z.string().max(1000);

/** What became of each operation; those that are not named were written. */
const WriteAnswer = z.object({
  operations: z.array(z.object({
    key: z.string(),
    state: z.enum(["written", "refused", "drifted"]),
    reason: z.string().regex(/^[a-z0-9_]{1,64}$/).optional().catch(undefined),
  })).default([]),
});

const ReadAnswer = z.object({
  settings: z.array(
    z.object({ target: Text, field: Text, value: Text.nullable() }),
  ),
});

/** Sends changes and asks for values. */
export const changes: Destination<Config> = {
  comparesExpected: true,
  rate: { batch: BATCH, pauseMs: 0 },
  unit: ({ config }) => Promise.resolve(BigInt(config.unitMicros)),
  read,
  write,
};

async function read(
  scope: Lent<Config>,
  targets: readonly Omit<Setting, "value">[],
): Promise<Setting[]> {
  const { readUrl } = demandSending(scope);
  const asked = targets.map(({ target, field }) => ({ target, field }));
  const answer = await post(scope, readUrl, {
    id: `read_${digest([scope.now, asked]).slice(0, 32)}`,
    safe: true,
    body: { type: "settings.read", targets: asked },
  });
  const { settings } = parseAnswer(ReadAnswer, answer);
  const values = new Map(
    settings.map(({ target, field, value }) => [`${target} ${field}`, value]),
  );
  return asked.map(({ target, field }) => {
    const value = values.get(`${target} ${field}`);
    if (value !== undefined) return { target, field, value };
    throw inconsistent(`it does not answer for "${target}"`);
  });
}

async function write(
  scope: Lent<Config>,
  { id, settings }: SettingChange,
): Promise<void> {
  const { changesUrl } = demandSending(scope);
  if (settings.length > MAX_OPERATIONS) {
    throw new EngineError(
      "request_invalid",
      `Cannot send change "${id}": it has more than ${MAX_OPERATIONS} operations`,
    );
  }
  const answer = await post(scope, changesUrl, {
    id,
    safe: false,
    body: {
      type: "settings.write",
      ["change_id"]: id,
      operations: settings.map(({ key, target, field, expect, value }) => ({
        ...{ key, target, field, expect, value },
      })),
    },
  });
  const { operations } = parseAnswer(WriteAnswer, answer);
  demandWritten(id, settings, operations);
}

function demandWritten(
  id: string,
  settings: SettingChange["settings"],
  operations: z.infer<typeof WriteAnswer>["operations"],
): void {
  const targets = new Map(settings.map(({ key, target }) => [key, target]));
  for (const wanted of ["drifted", "refused"] as const) {
    const found = operations.filter(({ state }) => state === wanted);
    const [first] = found;
    if (!first) continue;
    const target = targets.get(first.key);
    if (!target) throw inconsistent("it names an operation that was not sent");
    throw new EngineError(
      wanted === "drifted" ? "change_drifted" : "source_refused",
      `Cannot write change "${id}": the receiver says that "${target}" is ${wanted}${
        first.reason === undefined ? "" : ` (${first.reason})`
      }`,
      { facts: { target, [wanted]: found.length } },
    );
  }
}

interface Sent {
  /** Identifies the message; the same when it is sent again. */
  readonly id: string;
  /** Whether it only reads. */
  readonly safe: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(
  scope: Lent<Config>,
  url: string,
  { id, safe, body: content }: Sent,
): Promise<string> {
  const body = { ["schema_version"]: SCHEMA_VERSION, ...content };
  const named = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(Date.parse(scope.now) / 1000)),
  };
  const signed = {
    headers: named,
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
  const signatures = demandSending(scope).signingSecrets.map((secret) =>
    sign("standard_webhooks", secret, signed)
  );
  const headers = { ...named, "webhook-signature": signatures.join(" ") };
  const call: HttpCall = { method: "POST", headers, body, safe };
  return await scope.http.text(url, call);
}

/** Where changes go, or a refusal if nobody said. */
function demandSending({ config }: Lent<Config>): Sending {
  if (config.sending) return config.sending;
  throw new EngineError(
    "configuration_invalid",
    `Cannot send changes: "changesUrl" is missing`,
  );
}

/** An answer without a body says that all was written. */
function parseAnswer<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(text === "" ? {} : JSON.parse(text));
  } catch {
    throw inconsistent("its answer is not as it should be");
  }
}

function inconsistent(reason: string): EngineError {
  return new EngineError(
    "source_inconsistent",
    `Cannot understand receiver of changes: ${reason}`,
  );
}
