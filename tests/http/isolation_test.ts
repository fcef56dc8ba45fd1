/**
 * Nobody reaches another tenant: every route, asked in every role for what belongs to
 * somebody else, of a real engine on a real Postgres.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import { type App, createApp } from "../../core/http/app.ts";
import type { KeyedEndpoint } from "../../core/http/routes/endpoint.ts";
import {
  ROLE_NAMES,
  ROLES,
  type Scope,
  SCOPES,
} from "../../core/ports/access.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { teach, TENANT } from "../pacing/served_nodes.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { batch, campaignDay, claimOf, keyed } from "../stores/cases.ts";
import { PLAN } from "../stores/record_cases.ts";
import type { Asked } from "./caller.ts";
import { askedOf, KEYED, lineOf } from "./every_route.ts";

/** In all that is the tenant's own, and in nothing that another sends. */
const NEEDLE = "needle";

/** Who calls: another tenant in each role, and with all that a tenant can have. */
const RIVALS: Readonly<Record<string, readonly Scope[]>> = {
  ...Object.fromEntries(ROLE_NAMES.map((role) => [role, ROLES[role]])),
  everything: SCOPES.filter((scope) => scope !== "govern"),
};

Deno.test({
  ...needingPostgres("no route shows or changes what is another tenant's"),
  fn: async () => {
    await withEngine(async ({ app, opened, sql }) => {
      const ids = await fill(app, opened);
      const before = await dump(sql);
      assert.ok(Object.keys(before).length >= 15, Object.keys(before).join());
      for (const [name, scopes] of Object.entries(RIVALS)) {
        const key = await issueKey(opened, {
          ...{ tenant: `rival_${name}`, name, scopes, days: 1, person: true },
        });
        for (const endpoint of BY_EFFECT) {
          await probe(app, endpoint, { key, ids });
        }
        assert.deepEqual(await dump(sql), before, `in the role ${name}`);
      }
    });
  },
});

/** What a rival makes by a name of ours comes last: it is then its own. */
const BY_EFFECT = KEYED.toSorted((one, other) =>
  Number(one.method === "put") - Number(other.method === "put")
);

/** One route, asked by a rival for what is ours. */
async function probe(
  app: App,
  endpoint: KeyedEndpoint,
  { key, ids }: { readonly key: string; readonly ids: Ids },
): Promise<void> {
  const line = lineFor(endpoint, ids);
  const { status, text } = await ask(app, line, { ...askedOf(endpoint), key });
  const said = `${line}: ${status} ${text}`;
  assert.ok(status < 500, said);
  assert.notEqual(status, 401, said);
  assert.doesNotMatch(text, new RegExp(NEEDLE), said);
  const names = endpoint.path.includes("{") && endpoint.method !== "put";
  if (names && !SHARED_NAMES.has(endpoint.path)) {
    assert.ok(status >= 400, said);
  }
}

/** Names that every tenant has of its own. */
const SHARED_NAMES: ReadonlySet<string> = new Set([
  "/features/{view}/{entity}",
  "/features/{view}/{entity}/lineage",
  "/jobs/{job}/run",
  "/models/{name}/looks",
  "/models/{name}/events",
  "/models/{name}/roles",
  "/views/{name}/statistics",
]);

type Ids = Readonly<Record<string, string>>;

function lineFor(endpoint: KeyedEndpoint, ids: Ids): string {
  const [method] = lineOf(endpoint).split(" ");
  const query = lineOf(endpoint).split("?")[1];
  const start = Object.keys(ids).find((path) =>
    endpoint.path.startsWith(path) && path !== "name"
  );
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "id") return ids[start ?? ""] ?? "none_1";
    return NAMES[name] ?? "1";
  });
  return `${method} ${path}${query === undefined ? "" : `?${query}`}`;
}

const NAMES: Ids = {
  ...{ name: "bidder", version: "1", seq: "1", plot: "curves" },
  ...{ view: "campaign_daily", entity: "campaign:c-1", job: "retrain" },
  ...{ connector: "segment", source: "ads" },
};

/** Gives the tenant one of everything; ids by how their paths begin. */
async function fill(app: App, opened: Opened): Promise<Ids> {
  const { stores } = opened;
  await teach(stores);
  await stores.plans.create(TENANT, { ...PLAN, createdBy: NEEDLE }, null);
  const day = keyed(campaignDay("2026-01-30", 5n, {
    entities: { account: "a-1", channel: "search", campaign: NEEDLE },
  }));
  await stores.signals.write(batch(TENANT, {
    ...{ performance: [day], claims: [claimOf(day)] },
    rejects: [{ reason: "odd", original: NEEDLE, detail: NEEDLE }],
  }));
  const grant = { tenant: TENANT, scopes: SCOPES, days: 1, person: true };
  const key = await issueKey(opened, { ...grant, name: NEEDLE });
  const make = async (line: string, body: unknown) => {
    const told = await ask(app, line, { key, body });
    assert.ok(told.status < 300, `${line}: ${told.status} ${told.text}`);
    return JSON.parse(told.text);
  };
  const reason = `because of the ${NEEDLE}`;
  const decision = await make("POST /optimization/score", {
    context: { model: "bidder", campaign: NEEDLE, channel: "display" },
    features: { "request.value": 5_000_000 },
  });
  const change = await make("POST /changes", {
    ...exampleOf("/changes"),
    ...{ title: NEEDLE, reason },
  });
  await make("POST /switches", {
    ...{ ["switch_id"]: "probe", stops: { channel: NEEDLE }, reason },
  });
  await make("PUT /optimization/budgets/probe", {
    ...exampleOf("/optimization/budgets/{id}"),
  });
  await make("POST /views", exampleOf("/views"));
  await make("POST /erasures", { subjects: ["s-1"] });
  const made = await make("POST /keys", { name: NEEDLE, role: "service" });
  return {
    "/decisions": decision.decision_id,
    "/changes": change.change_id,
    "/docs/changes": change.change_id,
    "/switches": "probe",
    "/keys": made.key_id,
    "/optimization/budgets": "probe",
    "/optimization/plans": PLAN.id,
  };
}

function exampleOf(path: string): Readonly<Record<string, unknown>> {
  const found = KEYED.find((endpoint) =>
    endpoint.path === path && endpoint.example !== undefined
  );
  return found?.example as Readonly<Record<string, unknown>>;
}

async function ask(app: App, line: string, asked: Asked) {
  const [method = "GET", path = "/"] = line.split(" ");
  const { key, body, raw, headers } = asked;
  const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
  const response = await app.request(path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      "x-deadline-ms": "60000",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(sent === null ? {} : { body: sent }),
  });
  return { status: response.status, text: await response.text() };
}

/** A hash of the tenant's rows in each table that has some. */
async function dump(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const tables = await sql.query<{ name: string }>(`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p') order by 1`);
  const rows: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await sql.query<{ hash: string | null }>(
      `select md5(string_agg(r, '' order by r)) as hash
      from (select t::text as r from "${name}" t where tenant = $1) all_rows`,
      [TENANT],
    );
    if (row?.hash) rows[name] = row.hash;
  }
  return rows;
}

async function withEngine(
  work: (ground: {
    readonly app: App;
    readonly opened: Opened;
    readonly sql: Sql;
  }) => Promise<void>,
): Promise<void> {
  const server = await startPostgres();
  const folder = await Deno.makeTempDir({ prefix: "isolated_" });
  const variables: Record<string, string> = {
    DATABASE_URL: server.url,
    MOE_DATA: folder,
    MOE_IDENTITY_KEY: "5a".repeat(32),
  };
  const opened = await openEngine(readConfiguration((name) => variables[name]));
  const sql = openPostgres(server.url);
  try {
    const app = createApp(opened.engine, { version: "1" });
    await work({ app, opened, sql });
  } finally {
    await sql.close();
    await opened.close();
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}
