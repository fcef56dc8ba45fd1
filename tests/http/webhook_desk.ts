/**
 * Two tenants whose sources take deliveries, behind the HTTP interface of a real
 * engine.
 *
 * @module
 */
import { readConfiguration } from "../../core/commands/configuration.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import type { AccessEntry } from "../../core/http/access_log.ts";
import { createApp } from "../../core/http/app.ts";
import type { Scope } from "../../core/ports/access.ts";
import { createSendgridWebhook } from "../vendors/sendgrid_webhook.ts";
import type { Told } from "./caller.ts";
import { type Push, SECRETS, SENDGRID } from "./pushed.ts";

/** Secrets that were in use before, and still are. */
export const BEFORE = {
  writeKey: "write-key-of-last-year",
  clientSecret: "client-secret-of-last-year",
  webhookSecret: "webhook-secret-of-last-year",
  sendgrid: createSendgridWebhook(),
} as const;

/** Write keys of the source that both tenants have by one name. */
export const SHARED = {
  acme: "write-key-of-acme's-shared",
  rival: "write-key-of-rival's-shared",
} as const;

const CONFIGS = {
  segment: {
    writeKey: SECRETS.writeKey,
    previousWriteKey: BEFORE.writeKey,
    currency: "EUR",
  },
  sendgrid: {
    publicKey: SENDGRID.publicKey,
    previousPublicKey: BEFORE.sendgrid.publicKey,
  },
  hubspot: {
    portalId: "62515",
    clientSecret: SECRETS.clientSecret,
    previousClientSecret: BEFORE.clientSecret,
  },
  klaviyo: {
    webhookSecret: SECRETS.webhookSecret,
    previousWebhookSecret: BEFORE.webhookSecret,
    currency: "EUR",
  },
} as const;

/** The interface, and who may use it. */
export interface WebhookDesk {
  readonly opened: Opened;
  readonly logged: AccessEntry[];
  /** Delivers; with a key of ours, or headers of a proxy, where they are given. */
  push(push: Push, also?: Also): Promise<Told>;
  /** Makes a key. */
  grant(tenant: string, scopes: readonly Scope[]): Promise<string>;
  /** How many events and dead letters a source has brought. */
  count(tenant: string, source: string): Promise<readonly [number, number]>;
}

/** What is sent beside a delivery. */
export interface Also {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the server is called, if not at `http://localhost`. */
  readonly origin?: string;
}

/** Opens the desk, and closes it after the work. */
export async function withWebhooks(
  work: (desk: WebhookDesk) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "webhooks_" });
  const variables: Readonly<Record<string, string>> = { MOE_DATA: folder };
  const opened = await openEngine(
    readConfiguration((name) => variables[name]),
    [
      ...Object.entries(CONFIGS).map(([name, config]) => ({
        tenant: "acme",
        source: name,
        connector: name,
        config,
      })),
      ...Object.entries(SHARED).map(([tenant, writeKey]) => ({
        tenant,
        source: "shared",
        connector: "segment",
        config: { writeKey },
      })),
    ],
  );
  try {
    await work(openDesk(opened));
  } finally {
    await opened.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function openDesk(opened: Opened): WebhookDesk {
  const logged: AccessEntry[] = [];
  const app = createApp(opened.engine, {
    version: "1.0.0",
    log: (entry) => logged.push(entry),
  });
  return {
    opened,
    logged,
    push: async ({ path, body, headers }, also = {}) => {
      const { key, origin = "http://localhost" } = also;
      const response = await app.request(`${origin}${path}`, {
        method: "POST",
        body,
        headers: {
          ...headers,
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...also.headers,
        },
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: JSON.parse(text),
      };
    },
    grant: (tenant, scopes) =>
      issueKey(opened, { tenant, name: "sender", scopes, days: 1 }),
    count: async (tenant, source) => {
      const counts = (await opened.stores.signals.count(tenant))
        .find((one) => one.source === source);
      const letters = Object.values(counts?.deadLetters ?? {})
        .reduce((sum, one) => sum + one, 0);
      return [counts?.events ?? 0, letters];
    },
  };
}
