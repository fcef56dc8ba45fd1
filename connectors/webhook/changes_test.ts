/**
 * Changes that are sent: the kit on a receiver, and what is special about signatures,
 * answers and addresses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError, type HttpCall, type Setting } from "@moe/plugin";
import {
  changeOver,
  openVendor,
  recordHttp,
  rememberFiles,
  testConnector,
  toWrites,
} from "@moe/plugin/test";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import { createWebhookReceiver } from "../../tests/vendors/webhook_receiver.ts";
import connector from "./connector.ts";
import { deliver, MAPPING, ORDER, SECRETS } from "./fixtures/sender.ts";

const NOW = "2026-11-26T12:00:00.000Z";
const FIELD = "budget_micros_per_day";
const TV: Setting = { target: "channel:tv", field: FIELD, value: "5000000" };
const RADIO: Setting = { ...TV, target: "channel:rädio “1”", value: "700" };
const ROTATED = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=";
const { config: SENDING } = createWebhookReceiver({ clock: manualClock(NOW) });
const RECEIVING = {
  scheme: "standard_webhooks",
  ...SECRETS,
  mapping: MAPPING,
};
const BOTH = { ...SENDING, previousSigningSecret: ROTATED, ...RECEIVING };

testConnector({ ...connector, name: "webhook_both_ways" }, {
  config: BOTH,
  now: NOW,
  vendor: (clock) => ({ ...createWebhookReceiver({ clock }), config: BOTH }),
  delivery: deliver("standard_webhooks", [ORDER]),
  settings: [TV, RADIO],
  refused: { ...RADIO, value: "10000000001" },
});

function open(
  secrets?: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
) {
  const { destination } = connector;
  assert.ok(destination);
  const run = openVendor(connector, {
    now: NOW,
    vendor(clock) {
      const receiver = createWebhookReceiver({
        clock,
        ...(secrets && { secrets }),
      });
      return { ...receiver, config: { ...SENDING, ...config } };
    },
  });
  const change = (id: string, settings: readonly Setting[]) =>
    changeOver(destination, run.lent, { id, settings });
  return { ...run, destination, change };
}

Deno.test("webhook: a lost reply is not sent again, and is found out by reading", async () => {
  const { vendor, lent, destination, change, calls } = open();
  const one = await change("c-1", [TV]);
  vendor.mishaps.loseReply();
  const before = calls.length;
  await assert.rejects(destination.write(lent, one), {
    code: "source_unavailable",
  });
  assert.equal(calls.length, before + 1);
  assert.deepEqual(await destination.read(lent, [TV]), [TV]);
  await destination.write(lent, one);
  assert.equal(vendor.changes(), 1);
});

Deno.test("webhook: what drifted is left alone with all that came with it", async () => {
  const { vendor, lent, destination, change } = open();
  await destination.write(lent, await change("c-1", [TV, RADIO]));
  const next = await change("c-2", [
    { ...RADIO, value: "9" },
    { ...TV, value: "9" },
  ]);
  vendor.mishaps.drift(TV.target, "77");
  await assert.rejects(destination.write(lent, next), {
    code: "change_drifted",
    facts: { target: TV.target, drifted: 1 },
  });
  assert.equal(vendor.mishaps.held(RADIO.target), RADIO.value);
});

Deno.test("webhook: what is refused is named, and the rest is held", async () => {
  const { vendor, lent, destination, change } = open();
  vendor.mishaps.refuse(RADIO.target);
  const both = await change("c-1", [RADIO, TV]);
  await assert.rejects(destination.write(lent, both), {
    code: "source_refused",
    message: /"channel:rädio “1”" is refused \(not_allowed\)/,
  });
  assert.equal(vendor.mishaps.held(TV.target), TV.value);
  vendor.mishaps.accept(RADIO.target);
  await destination.write(lent, both);
  assert.equal(vendor.mishaps.held(RADIO.target), RADIO.value);
});

Deno.test.each([
  { note: "only the new secret", secrets: [ROTATED] },
  { note: "only the secret before", secrets: [String(SENDING.signingSecret)] },
])(
  "webhook: while secrets change over, a receiver that has $note takes it",
  async ({ secrets }) => {
    const { lent, destination, change } = open(secrets, {
      signingSecret: ROTATED,
      previousSigningSecret: SENDING.signingSecret,
    });
    await destination.write(lent, await change("c-1", [TV]));
    assert.deepEqual(await destination.read(lent, [TV]), [TV]);
  },
);

Deno.test("webhook: a receiver with another secret takes nothing", async () => {
  const { lent, destination } = open([ROTATED]);
  const settings = toWrites([TV]);
  await assert.rejects(destination.write(lent, { id: "c-1", settings }), {
    code: "source_refused",
  });
});

Deno.test.each([
  { note: "no JSON", answer: "<html>" },
  { note: "a list", answer: "[]" },
  { note: "a key that was not sent", answer: written("other", "refused") },
  { note: "a state that nobody knows", answer: written("k", "perhaps") },
])(
  "webhook: an answer with $note is not taken for done",
  async ({ answer }) => {
    const { lent, destination } = open();
    const http = recordHttp(() => answer);
    const settings = toWrites([TV]);
    await assert.rejects(
      destination.write({ ...lent, http }, { id: "c-1", settings }),
      { code: "source_inconsistent" },
    );
  },
);

function written(key: string, state: string): string {
  return JSON.stringify({ operations: [{ key, state }] });
}

Deno.test("webhook: an answer without a body says that all was written", async () => {
  const { lent, destination } = open();
  const http = recordHttp(() => "");
  const settings = toWrites([TV]);
  await destination.write({ ...lent, http }, { id: "c-1", settings });
});

Deno.test("webhook: a receiver's words do not get into an error", async () => {
  const { lent, destination } = open();
  const [one] = toWrites([TV]);
  assert.ok(one);
  const answer = { key: one.key, state: "refused", reason: "ann@example.com" };
  const http = recordHttp(() => JSON.stringify({ operations: [answer] }));
  await assert.rejects(
    destination.write({ ...lent, http }, { id: "c-1", settings: [one] }),
    (error) => error instanceof EngineError && !error.message.includes("ann@"),
  );
});

Deno.test("webhook: a value that the receiver does not tell is not taken for none", async () => {
  const { lent, destination } = open();
  const http = recordHttp(() => JSON.stringify({ settings: [] }));
  await assert.rejects(destination.read({ ...lent, http }, [TV]), {
    code: "source_inconsistent",
  });
});

Deno.test.each([
  { note: "plain http", changesUrl: "http://budgets.example/" },
  { note: "a password", changesUrl: "https://me:pw@budgets.example/" },
  { note: "another scheme", changesUrl: "file:///etc/passwd" },
])("webhook: an address with $note is refused", ({ changesUrl }) => {
  assert.throws(
    () => connector.config.parse({ ...SENDING, changesUrl }),
    /changesUrl/,
  );
});

Deno.test.each([
  { given: SENDING, hosts: ["budgets.example", "budgets.example"] },
  {
    given: {
      ...SENDING,
      changesUrl: "http://127.0.0.1:9/",
      readUrl: undefined,
    },
    hosts: ["127.0.0.1", "127.0.0.1"],
  },
  { given: RECEIVING, hosts: [] },
])("webhook: it calls $hosts and nobody else", ({ given, hosts }) => {
  const config = connector.config.parse(given);
  assert.deepEqual(connector.configuredHosts?.(config), hosts);
});

Deno.test.each([
  { note: "to receive and to send", given: {}, missing: /scheme/ },
  {
    note: "to send with",
    given: { ...SENDING, signingSecret: undefined },
    missing: /signingSecret/,
  },
  {
    note: "to read deliveries by, beside sending,",
    given: { ...BOTH, mapping: undefined },
    missing: /mapping/,
  },
])("webhook: a configuration with nothing $note is refused", (row) => {
  assert.throws(() => connector.config.parse(row.given), row.missing);
});

Deno.test("webhook: a source that only sends takes no delivery", () => {
  const config = connector.config.parse(SENDING);
  assert.throws(
    () =>
      connector.receive?.({
        config,
        delivery: deliver("standard_webhooks", [ORDER]),
      }),
    { code: "signature_invalid" },
  );
});

Deno.test("webhook: the receiver in the README takes a change once, and tells drift", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", import.meta.url));
  const [, source = ""] = /```ts\n(.+?)```/s.exec(readme) ?? [];
  const { createReceiver } = await import(
    `data:application/typescript,${encodeURIComponent(source)}`
  );
  const held = new Map<string, string>();
  const secret = String(SENDING.signingSecret);
  const answer: (request: Request) => Promise<Response> = createReceiver(
    secret,
    held,
  );
  const { destination } = connector;
  assert.ok(destination);
  const scope = {
    config: connector.config.parse(SENDING),
    files: rememberFiles(),
    now: new Date().toISOString(),
    http: {
      json: () => Promise.reject(new Error("not asked")),
      text: async (url: string, { headers = {}, body }: HttpCall = {}) => {
        const request = { method: "POST", headers, body: JSON.stringify(body) };
        const response = await answer(new Request(url, request));
        assert.ok(response.ok, `it answered ${response.status}`);
        return await response.text();
      },
    },
  };
  const given = { id: "c-1", settings: [TV, RADIO] };
  const change = await changeOver(destination, scope, given);
  await destination.write(scope, change);
  held.set(`${TV.target} ${FIELD}`, "77");
  await destination.write(scope, change);
  assert.equal(held.get(`${TV.target} ${FIELD}`), "77");
  await assert.rejects(destination.write(scope, { ...change, id: "c-2" }), {
    code: "change_drifted",
  });
  const old = { ...scope, now: NOW.replace("2026", "2020") };
  await assert.rejects(destination.read(old, [TV]), /it answered 401/);
});
