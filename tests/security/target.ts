/**
 * A real engine on its embedded stores that a test attacks: a tenant with one of
 * everything, and keys of every role.
 *
 * @module
 */
import { readConfiguration } from "../../core/commands/configuration.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import type { AccessEntry } from "../../core/http/access_log.ts";
import { type App, createApp } from "../../core/http/app.ts";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { ROLE_NAMES, ROLES, SCOPES } from "../../core/ports/access.ts";
import { PLAN } from "../stores/record_cases.ts";
import { askedOf, lineOf } from "../http/every_route.ts";
import { teach, TENANT } from "../pacing/served_nodes.ts";

/** Ids as the engine gives them, wherever an answer has them. */
const IDS = /"(?:\w+_)?id":"([\w-]{1,100})"/g;
const MOST_IDS = 200;
/** Decisions are not hurried: what is attacked is what is done, not when. */
const DEADLINE_MS = 60_000;
/** What takes away what others need comes last, or not at all. */
const UNDOING = /(?:revoke|withdraw|reject|rollback|erasures|switches)/;

/** An engine under attack. */
export interface Target extends AsyncDisposable {
  readonly app: App;
  readonly opened: Opened;
  /** Keys by what they may do; `everything` may all. */
  readonly keys: Readonly<Record<string, string>>;
  /** Lines of the access log so far. */
  readonly logged: AccessEntry[];
  /** Ids that answers had, but for those of the keys. */
  readonly ids: readonly string[];
  /** Sends a request, and learns the ids of its answer. */
  send(path: string, init: RequestInit): Promise<Seen>;
}

/** An answer. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Opens an engine with one of everything. */
export async function openTarget(): Promise<Target> {
  const folder = await Deno.makeTempDir({ prefix: "attacked_" });
  const variables: Readonly<Record<string, string>> = {
    MOE_DATA: folder,
    MOE_IDENTITY_KEY: "5c".repeat(32),
  };
  const opened = await openEngine(readConfiguration((name) => variables[name]));
  const logged: AccessEntry[] = [];
  const app = createApp(opened.engine, {
    ...{ version: "1", deadlineMs: DEADLINE_MS },
    log: (entry) => logged.push(entry),
  });
  const keys = await makeKeys(opened);
  const own = new Set(Object.values(keys).map((text) => text.split("_")[1]));
  const ids: string[] = [];
  const target: Target = {
    ...{ app, opened, keys, logged, ids },
    async send(path, init) {
      const response = await app.request(
        new Request(new URL(path, "http://localhost"), init),
      );
      const { status, headers } = response;
      const text = await response.text();
      if (status < 300) {
        for (const [, id = ""] of text.slice(0, 20_000).matchAll(IDS)) {
          if (ids.length < MOST_IDS && !own.has(id) && !ids.includes(id)) {
            ids.push(id);
          }
        }
      }
      return { status, headers, text };
    },
    [Symbol.asyncDispose]: async () => {
      await opened.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
  await teach(opened.stores);
  await opened.stores.plans.create(TENANT, PLAN, null);
  ids.push(PLAN.id);
  await fill(target);
  return target;
}

async function makeKeys(opened: Opened): Promise<Record<string, string>> {
  const grants = {
    ...Object.fromEntries(ROLE_NAMES.map((role) => [role, ROLES[role]])),
    everything: SCOPES,
  };
  const keys: Record<string, string> = {};
  for (const [name, scopes] of Object.entries(grants)) {
    keys[name] = await issueKey(opened, {
      ...{ tenant: TENANT, name, scopes, days: 1, person: true },
    });
  }
  return keys;
}

/** Asks every writing route for what its documentation shows. */
async function fill({ send, keys }: Target): Promise<void> {
  const writing = ENDPOINTS.filter((endpoint) =>
    endpoint.method !== "get" && !UNDOING.test(endpoint.path)
  );
  for (const [index, endpoint] of writing.entries()) {
    const [method = "", path = ""] = lineOf(endpoint).split(" ");
    const { body = endpoint.example } = askedOf(endpoint);
    await send(path, {
      method,
      headers: {
        authorization: `Bearer ${keys.everything}`,
        "content-type": "application/json",
        "idempotency-key": `fill-${index}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  await send("/optimization/score", {
    method: "POST",
    headers: {
      authorization: `Bearer ${keys.everything}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      context: { model: "bidder", campaign: "c-1", channel: "display" },
      features: { "request.value": 5_000_000 },
    }),
  });
}
