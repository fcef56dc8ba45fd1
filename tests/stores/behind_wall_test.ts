/**
 * Every port keeps its promises also behind the wall between tenants, where a statement
 * has no rows but its tenant's. Asked there by one tenant for what belongs to another,
 * with its name and ids, it answers as if there were nothing, and changes nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Stores } from "../../core/ports/stores.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { CASES } from "./all_cases.ts";
import type { Case } from "./cases.ts";
import { allowanceCases } from "./allowance_cases.ts";
import { dataKeyCases } from "./data_key_cases.ts";
import { leaseCases } from "./lease_cases.ts";
import { limitCases } from "./limit_cases.ts";
import { quotaCases } from "./quota_cases.ts";
import { streamCases } from "./stream_cases.ts";
import { streamFollowCases } from "./stream_follow_cases.ts";
import { type Call, callAgain, recordCalls } from "./recorded_calls.ts";

/** Of what serves all tenants, and is asked as the owner whoever asks. */
const CASES_OF_THE_OWNER: ReadonlySet<Case> = new Set([
  ...[...allowanceCases, ...dataKeyCases, ...leaseCases, ...limitCases],
  ...[...quotaCases, ...streamCases, ...streamFollowCases],
]);

/** Promises about two tenants, which the wall does not let one statement reach. */
const OF_SEVERAL: ReadonlySet<string> = new Set([
  "two tenants with equal keys never meet",
  "an entity is forgotten in every view, others stay",
  "counts of comparisons add up by view and day",
  "statistics of kept values are those of a plain computation",
  "appended records form one chain per tenant, in order",
  "a known key answers what was answered first, and appends nothing",
  "many at once neither fork a chain nor answer a key twice",
  "a plan comes back as made, and its key keeps the first",
  "nothing is applied any more once its rollback has begun",
  "budgets are kept as they were put, by tenant",
  "what runs everywhere is the last move of each subject of each scope",
  "of old checkpoints the last of each day stays, and what anchors need",
]);

/** Ports of what is no tenant's, or is asked as the owner whoever asks. */
const PORTS_OF_THE_OWNER: ReadonlySet<keyof Stores> = new Set([
  ...["guards", "stream", "leases", "jobs", "quota", "limits"] as const,
  ...["dataKeys", "allowances", "policies"] as const,
]);

/** Online features are in another store, whose keys begin with the tenant. */
const ELSEWHERE: ReadonlySet<keyof Stores> = new Set(["online"]);

/** What serves several tenants by itself, and never tells one of another. */
const OWN_WAY: ReadonlySet<string> = new Set([
  ...["signals.write", "log.append", "budgets.terms"],
  ...["governance.scopes", "governance.everyPointer"],
  // Contents are anybody's who knows their hash.
  ...["governance.load", "governance.findAltered"],
]);

Deno.test({
  ...needingPostgres("every port keeps its promises behind the wall"),
  fn: async (t) => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    await sql.query("create database bare");
    const bareUrl = server.url.replace(/\/postgres$/, "/bare");
    const [full, bare] = [await open(server.url), await open(bareUrl)];
    try {
      const calls = await keepPromises(t, full.stores);
      await t.step("none tells or changes what is another's", async () => {
        const asked = foreign(calls);
        const met = new Set(asked.map(nameOf)).size;
        assert.ok(met >= 60, `${met} methods are met`);
        const before = await dump(sql);
        for (const call of asked) await probe(call, full.stores, bare.stores);
        assert.deepEqual(await dump(sql), before);
      });
    } finally {
      await Promise.all([full.close(), bare.close(), sql.close()]);
      await server.stop();
    }
  },
});

/** Keeps each promise in a tenant of its own; what was asked for it. */
async function keepPromises(
  t: Deno.TestContext,
  stores: Stores,
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const recorded = recordCalls(stores, calls);
  for (const [place, one] of CASES.entries()) {
    const across = CASES_OF_THE_OWNER.has(one) || OF_SEVERAL.has(one.name);
    if (across) continue;
    const tenant = `tenant-${place}`;
    await t.step(
      one.name,
      () => stores.actFor(tenant, () => one.run(recorded, tenant)),
    );
  }
  return calls;
}

/** A rival is told what it would be told if nobody had anything. */
async function probe(call: Call, full: Stores, bare: Stores): Promise<void> {
  const ask = (stores: Stores) =>
    stores.actFor("rival", () => callAgain(stores, call));
  assert.deepEqual(await ask(full), await ask(bare), nameOf(call));
}

function foreign(calls: readonly Call[]): readonly Call[] {
  return calls.filter((call) =>
    !PORTS_OF_THE_OWNER.has(call.port) && !ELSEWHERE.has(call.port) &&
    !OWN_WAY.has(nameOf(call)) && !isOfDeployment(call)
  );
}

/** Changes of the deployment are asked for as the owner, which takes `govern`. */
function isOfDeployment({ port, args }: Call): boolean {
  return port === "governance" && args[0] === null;
}

function nameOf({ port, method }: Call): string {
  return `${port}.${method}`;
}

async function open(databaseUrl: string) {
  const dataFolder = await Deno.makeTempDir({ prefix: "foreign_" });
  const stores = await openStores({
    ...{ databaseUrl, dataFolder, clock: systemClock },
  });
  return {
    stores,
    close: async () => {
      await stores.close();
      await Deno.remove(dataFolder, { recursive: true });
    },
  };
}

/** A hash of each table's rows. */
async function dump(sql: Sql): Promise<Readonly<Record<string, unknown>>> {
  const tables = await sql.query<{ name: string }>(
    `select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`,
  );
  const hashes: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await sql.query<{ hash: string }>(
      `select md5(string_agg(t::text, '' order by t::text)) as hash
      from "${name}" t where tenant <> 'rival'`,
    );
    hashes[name] = row?.hash;
  }
  return hashes;
}
