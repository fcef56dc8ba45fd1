/**
 * A real engine on its embedded stores that a test attacks: a tenant with one of
 * everything, and keys of every role.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import type { AccessEntry } from "../../core/http/access_log.ts";
import { type App, createApp } from "../../core/http/app.ts";
import { ROLE_NAMES, ROLES, SCOPES } from "../../core/ports/access.ts";
import { TENANT } from "../pacing/served_nodes.ts";
import { PEOPLE } from "./desk.ts";
import { createKnown, type Known } from "./known_values.ts";
import { setScene, SITE } from "./scene.ts";

/** Decisions are not hurried: what is attacked is what is done, not when. */
const DEADLINE_MS = 60_000;

/** An engine under attack. */
export interface Target extends AsyncDisposable {
  readonly app: App;
  readonly opened: Opened;
  /** Keys by what they may do; those of {@link PEOPLE} may all. */
  readonly keys: Readonly<Record<string, string>>;
  /** Lines of the access log so far. */
  readonly logged: AccessEntry[];
  /** What answers told, but for the ids of the keys. */
  readonly known: Known;
  /** A name that nothing has yet. */
  fresh(prefix: string): string;
  /** Sends a request, and learns from its answer. */
  send(path: string, init: RequestInit): Promise<Seen>;
  /** What is answered to a caller: the problem, where it is refused. */
  ask(line: string, asked?: AskedOf): Promise<Answer>;
}

/** A caller and a body; `everything` and none unless given. */
export interface AskedOf {
  readonly by?: string;
  readonly body?: unknown;
}

// deno-lint-ignore no-explicit-any -- tests look into answers of any shape
export type Answer = Readonly<Record<string, any>>;

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
  const configuration = readConfiguration((name) => variables[name]);
  const opened = await openEngine(configuration, [{ tenant: TENANT, ...SITE }]);
  const keys = await makeKeys(opened);
  const own = Object.values(keys).flatMap((text) => text.split("_")[1] ?? []);
  const attacked = attack(opened, { keys, known: createKnown(own) });
  const target: Target = {
    ...{ ...attacked, opened, keys },
    [Symbol.asyncDispose]: async () => {
      await opened.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
  await setScene(target, folder);
  return target;
}

/** Sends requests to an engine. */
function attack(
  { engine }: Opened,
  { keys, known }: Pick<Target, "keys" | "known">,
): Pick<Target, "app" | "ask" | "fresh" | "known" | "logged" | "send"> {
  const logged: AccessEntry[] = [];
  let names = 0;
  const app = createApp(engine, {
    ...{ version: "1", deadlineMs: DEADLINE_MS },
    log: (entry) => logged.push(entry),
  });
  const send: Target["send"] = async (path, init) => {
    const response = await app.request(
      new Request(new URL(path, "http://localhost"), init),
    );
    const { status, headers } = response;
    const text = await response.text();
    if (status < 300) known.learn(text);
    return { status, headers, text };
  };
  return {
    ...{ app, known, logged, send },
    fresh: (prefix) => `${prefix}_${names++}`,
    async ask(line, { by = "everything", body } = {}) {
      const [method = "", path = ""] = line.split(" ");
      const { status, headers, text } = await send(path, {
        method,
        headers: {
          authorization: `Bearer ${keys[by]}`,
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      assert.ok(status < 500, `${line}: ${status} ${text}`);
      const isJson = /json/.test(headers.get("content-type") ?? "");
      return isJson ? JSON.parse(text) : {};
    },
  };
}

async function makeKeys(opened: Opened): Promise<Record<string, string>> {
  const grants = {
    ...Object.fromEntries(ROLE_NAMES.map((role) => [role, ROLES[role]])),
    ...Object.fromEntries(PEOPLE.map((name) => [name, SCOPES])),
  };
  const groups = ["growth-finance"];
  const keys: Record<string, string> = {};
  for (const [name, scopes] of Object.entries(grants)) {
    keys[name] = await issueKey(opened, {
      ...{ tenant: TENANT, name, scopes, days: 1, person: true },
      groups,
    });
  }
  return keys;
}
