/**
 * A connector that holds to everything, for the kit to be proven on: pages of one
 * day each over HTTP, signed deliveries, and settings in a file.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import {
  type Connector,
  EngineError,
  type EventSignal,
  type Page,
  type PullScope,
  type ReceiveScope,
  type Setting,
} from "../contract.ts";
import type { ConnectorSample } from "./sample.ts";

/** Its configuration. */
export interface Config {
  readonly token: string;
  readonly account: string;
}

const URL_OF = "https://ads.example/v1/events";
/** The secret. */
export const TOKEN = "s3cret-token";
const DAYS = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-02-01"];
const SETTING: Setting = { target: "campaign:1", field: "bid", value: "5" };
const OTHER: Setting = { target: "campaign:2", field: "bid", value: "10" };
/** What is delivered. */
export const BODY = new TextEncoder().encode("an event that came in a body");

/** What it is run on. */
export const SAMPLE: ConnectorSample = {
  config: { token: TOKEN, account: "a-1" },
  range: { from: "2026-01-01", until: "2026-02-01" },
  answer: (_url, { query }) => DAYS[Number(query?.page)],
  delivery: {
    headers: { "x-signature": signatureOf(BODY, TOKEN) },
    body: BODY,
    receivedAt: "2026-01-01T00:00:00.000Z",
  },
  settings: [SETTING, OTHER],
  refused: { target: "campaign:2", field: "bid", value: "much" },
};

/** The connector that passes. */
export const SOUND: Connector<Config> = {
  name: "sound",
  apiVersion: 1,
  about: "A sound connector",
  config: {
    parse(value) {
      const { token, account } = value as Partial<Config>;
      if (typeof token !== "string") throw new TypeError("token must be text");
      if (typeof account !== "string") throw new TypeError("account is wrong");
      return { token, account };
    },
  },
  secrets: ["token"],
  hosts: ["ads.example"],
  emits: ["event"],
  restatesDays: 0,
  pull,
  receive,
  destination: {
    comparesExpected: true,
    rate: { batch: 10, pauseMs: 0 },
    unit: () => Promise.resolve(5n),
    async read({ files }, targets) {
      const kept = JSON.parse(await files.text("kept.json") ?? "{}");
      return targets.map(({ target, field }) => ({
        target,
        field,
        value: kept[`${target} ${field}`] ?? null,
      }));
    },
    async write({ files }, { id, settings }) {
      const kept = JSON.parse(await files.text("kept.json") ?? "{}");
      if (kept[id]) return;
      for (const { target, field, expect, value } of settings) {
        const held = kept[`${target} ${field}`] ?? null;
        if (held !== expect && held !== value) {
          throw new EngineError("change_drifted", "Cannot write: it moved");
        }
        if (Number(value) % 5 !== 0) {
          throw new EngineError("request_invalid", "Cannot write: no five");
        }
        kept[`${target} ${field}`] = value;
      }
      await files.write("kept.json", JSON.stringify({ ...kept, [id]: true }));
    },
  },
};

/** Its pages. */
export async function* pull(scope: PullScope<Config>): AsyncGenerator<Page> {
  const { http, cursor, range, config: { token } } = scope;
  for (let page = Number(cursor ?? 0); page < DAYS.length; page++) {
    const query = { page: String(page) };
    const day = String(await http.json(URL_OF, { query, bearer: token }));
    const inside = !range || (day >= range.from && day < range.until);
    const next = page + 1 < DAYS.length ? String(page + 1) : null;
    yield { signals: inside ? [eventOn(day)] : [], cursor: next };
  }
}

/** Its receipt. */
export function receive({ config, delivery }: ReceiveScope<Config>) {
  const { headers, body } = delivery;
  if (headers["x-signature"] !== signatureOf(body, config.token)) {
    throw new EngineError("signature_invalid", "Cannot accept delivery");
  }
  return { signals: [eventOn("2026-01-01")], rejects: [] };
}

function signatureOf(body: Uint8Array, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** One of its events. */
export function eventOn(day: string): EventSignal {
  return {
    grain: "event",
    eventId: `e-${day}`,
    type: "Email Opened",
    occurredAt: `${day}T08:00:00.000Z`,
    entities: { subject: "s-1" },
    valueMicros: null,
    currency: null,
    properties: {},
  };
}
