/**
 * An engine whose every source tells of one person: what it keeps, tells and logs,
 * to be searched.
 *
 * @module
 */
import { readConfiguration } from "../../core/commands/configuration.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import { runCommand } from "../../core/commands/run.ts";
import type { AccessEntry } from "../../core/http/access_log.ts";
import { type App, createApp } from "../../core/http/app.ts";
import { SCOPES } from "../../core/ports/access.ts";
import type { StreamMessage } from "../../core/ports/stream.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { drain } from "../stores/stream_reader.ts";
import {
  answerAsVendors,
  MAPPING,
  printCsv,
  printMessages,
} from "./planted_sources.ts";
import { type Push, SECRETS, SENDGRID } from "../http/pushed.ts";

/** Whose sources they are. */
export const TENANT = "acme";

const KEY = "5b".repeat(32);

/** A data folder with sources, and the vendors that they ask. */
export interface PlantedFolder extends AsyncDisposable {
  readonly folder: string;
  /** Writes the sources anew; `currency` is that of values which name none. */
  configure(currency?: string): Promise<void>;
  open(): Promise<Opened>;
  /** Runs a command in this process; what it printed. */
  run(...args: readonly string[]): Promise<string>;
}

/** Makes the folder. */
export async function plantFolder(now: string): Promise<PlantedFolder> {
  const folder = await Deno.makeTempDir({ prefix: "privacy_" });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    answerAsVendors(now),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const data = `${folder}/data`;
  const variables: Readonly<Record<string, string>> = {
    MOE_DATA: data,
    MOE_SOURCES: `${folder}/sources.json`,
    MOE_IDENTITY_KEY: KEY,
  };
  const configuration = readConfiguration((name) => variables[name]);
  await writeInputs(folder, now);
  return {
    folder: data,
    configure: (currency) =>
      Deno.writeTextFile(
        `${folder}/sources.json`,
        JSON.stringify(sourcesOf({ folder, origin, currency })),
      ),
    open: () => openEngine(configuration),
    run: async (...args) => {
      const lines: string[] = [];
      const terminal = {
        line: (text: string) => lines.push(text),
        warn: (text: string) => lines.push(text),
        progress: () => {},
        done: () => {},
      };
      await runCommand({ configuration, terminal }, args);
      return lines.join("\n");
    },
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function writeInputs(folder: string, now: string): Promise<void> {
  const inputs: Readonly<Record<string, string>> = {
    "rows.csv": printCsv(now),
    "singer.jsonl": printMessages(
      now,
      (record) => ({ type: "RECORD", stream: "people", record }),
    ),
    "airbyte.jsonl": printMessages(now, (data) => ({
      type: "RECORD",
      record: { stream: "people", data, emitted_at: 0 },
    })),
    ...SECRETS,
  };
  for (const [name, text] of Object.entries(inputs)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
}

function sourcesOf({ folder, origin, currency }: {
  readonly folder: string;
  readonly origin: string;
  readonly currency: string | undefined;
}) {
  const secret = (name: keyof typeof SECRETS) => ({
    file: `${folder}/${name}`,
  });
  const streams = { people: MAPPING };
  const told = currency === undefined ? {} : { currency };
  const configs = {
    segment: { writeKey: secret("writeKey"), ...told },
    sendgrid: { publicKey: SENDGRID.publicKey, apiKey: "SG.key-of-the-mail" },
    hubspot: {
      portalId: "62515",
      accessToken: "token-of-the-crm",
      clientSecret: secret("clientSecret"),
    },
    klaviyo: { webhookSecret: secret("webhookSecret"), apiKey: "pk_of-mail" },
    csv: { file: `${folder}/rows.csv`, mapping: MAPPING },
    singer: { file: `${folder}/singer.jsonl`, streams },
    airbyte: { file: `${folder}/airbyte.jsonl`, streams },
  };
  const hosts = ["api.sendgrid.com", "api.hubapi.com", "a.klaviyo.com"];
  const via = Object.fromEntries(hosts.map((host) => [host, origin]));
  return Object.entries(configs).map(([name, config]) => ({
    tenant: TENANT,
    source: name,
    connector: name,
    config,
    initialDays: 1,
    via,
  }));
}

/** The HTTP interface of an engine, and what it logged. */
export interface Door {
  readonly logged: AccessEntry[];
  push(push: Push): Promise<{ readonly status: number; readonly text: string }>;
  /** Reads as a holder of a key. */
  read(path: string): Promise<string>;
  /** Erases people; the answer. */
  erase(subjects: readonly string[]): Promise<string>;
}

/** Opens the interface. */
export async function openDoor(opened: Opened): Promise<Door> {
  const logged: AccessEntry[] = [];
  const app = createApp(opened.engine, {
    version: "1.0.0",
    log: (entry) => logged.push(entry),
  });
  const grant = { tenant: TENANT, name: "reader", scopes: SCOPES, days: 1 };
  const authorization = `Bearer ${await issueKey(opened, grant)}`;
  return {
    logged,
    push: ({ path, body, headers }) =>
      ask(app, path, { method: "POST", body, headers }),
    read: async (path) =>
      (await ask(app, path, { headers: { authorization } })).text,
    erase: async (subjects) => {
      const body = JSON.stringify({ subjects });
      const headers = { authorization, "content-type": "application/json" };
      const init = { method: "POST", body, headers };
      return (await ask(app, "/erasures", init)).text;
    },
  };
}

async function ask(app: App, path: string, init: RequestInit) {
  const response = await app.request(path, init);
  return { status: response.status, text: await response.text() };
}

/** Every message that waits in the stream. */
export async function readStream(
  { stores }: Pick<Opened, "stores">,
): Promise<StreamMessage[]> {
  const following = { consumer: "privacy", holder: "one", leaseMs: 60_000 };
  return (await drain(stores.stream, following))
    .flatMap(({ messages }) => messages);
}

/** Every row of every table as text, and every key and value beside it. */
export async function dumpFolder(
  { folder }: Pick<PlantedFolder, "folder">,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const dump: Record<string, readonly string[]> = {};
  const sql = await openPglite({ folder: `${folder}/postgres` });
  try {
    const tables = await sql.query<{ name: string }>(
      "select table_name::text as name from information_schema.tables where table_schema = 'public'",
    );
    for (const { name } of tables) {
      const rows = await sql.query<{ row: string }>(
        `select to_jsonb(t)::text as row from "${name}" t`,
      );
      dump[name] = rows.map(({ row }) => row);
    }
  } finally {
    await sql.close();
  }
  using kv = await Deno.openKv(`${folder}/features.kv`);
  const kept = await Array.fromAsync(kv.list({ prefix: [] }));
  dump["features.kv"] = kept.map(({ key, value }) =>
    JSON.stringify([key, value])
  );
  return dump;
}

/** The bytes of every file below a folder. */
export async function* readBytes(
  folder: string,
): AsyncGenerator<{ readonly path: string; readonly text: string }> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* readBytes(path);
    else {
      const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
      yield { path, text };
    }
  }
}
