/**
 * Two processes that change the same, one of them killed, and somebody who changes the
 * audit log: what is in force follows from what is written down, or it is found out.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createGovernanceStore } from "../../core/store/change_store.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { testDatabases } from "./databases.ts";
import {
  bringIntoForce,
  openChanges,
  SUBJECT,
  TENANT,
} from "./governance_node.ts";

/** Changes that both processes bring into force before one of them is killed. */
const ENOUGH = 10;
/** A process that brings nothing into force for so long is stuck. */
const LONGEST_MS = 30_000;

Deno.test({
  ...needingPostgres(
    "two processes put changes into force one after the other, and none is half there when one is killed",
  ),
  fn: async () => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    try {
      await migrate(sql);
      const nodes = ["ann", "bob"].map((name) => startNode(server.url, name));
      await Promise.all(nodes.map(({ enough }) => enough));
      nodes[0]?.child.kill("SIGKILL");
      await nodes[0]?.ended;
      nodes[1]?.child.kill("SIGKILL");
      await nodes[1]?.ended;
      const said = nodes.flatMap(({ ids }) => ids);
      assert.ok(said.length >= 2 * ENOUGH);
      await assertSound(sql, said);
    } finally {
      await sql.close();
      await server.stop();
    }
  },
});

/** Everything that was said to be in force was, each on top of the one before. */
async function assertSound(sql: Sql, said: readonly string[]): Promise<void> {
  const changes = openChanges(sql);
  assert.deepEqual(await changes.verify(TENANT), []);
  const moves = await createGovernanceStore(sql).moves(TENANT, SUBJECT);
  const moved = new Set(moves.map(({ change }) => change));
  assert.deepEqual(said.filter((id) => !moved.has(id)), []);
  const all = await changes.list(TENANT);
  const byId = new Map(all.map((change) => [change.id, change]));
  for (const [place, { change, content }] of moves.entries()) {
    const { base, state } = byId.get(change ?? "") ?? {};
    assert.equal(base, moves[place - 1]?.content ?? null);
    assert.equal(state, place === moves.length - 1 ? "active" : "superseded");
    assert.ok(content);
  }
  const active = all.filter(({ state }) => state === "active");
  assert.equal(active.length, 1);
}

function startNode(url: string, name: string) {
  const script = new URL("./governance_node.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "-q", "--allow-read", "--allow-env"],
      ...["--allow-net=127.0.0.1", "--allow-sys", script, url, name],
    ],
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LONGEST_MS),
  }).spawn();
  const ids: string[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const ended = (async () => {
    const lines = child.stdout.pipeThrough(new TextDecoderStream());
    let text = "";
    for await (const part of lines) {
      const whole = (text + part).split("\n");
      text = whole.pop() ?? "";
      ids.push(...whole);
      if (ids.length >= ENOUGH) resolve();
    }
    resolve();
    await child.status;
  })();
  return { child, ids, enough, ended };
}

/** What somebody who owns the database may do, and where it shows. */
const TAMPERED = [
  {
    note: "a record is changed",
    statement:
      `update audit_event set record = replace(record, '"by":"rae"', '"by":"eve"')
       where record like '%"act":"approve"%' and seq < 8`,
    found: "changed",
  },
  {
    note: "a record is taken out",
    statement: "delete from audit_event where seq = 3",
    found: "removed",
  },
  {
    note: "the end is cut off",
    statement: "delete from audit_event where seq > 4",
    found: "unlogged",
  },
  {
    note: "a change is moved by hand",
    statement: `update change_request set document = (replace(document::text,
         '"state":"superseded"', '"state":"active"'))::json`,
    found: "unlogged",
  },
  {
    note: "a change is removed",
    statement:
      "delete from change_request where id = (select min(id) from change_request)",
    found: "removed",
  },
  {
    note: "another content is made active by hand",
    statement:
      `insert into active_pointer select tenant, subject, seq + 5, content, change, trial
       from active_pointer where seq = 1`,
    found: "unlogged",
  },
  {
    note: "a content that ran is changed",
    statement: `update change_content set text = '{"other":true}'`,
    found: "changed",
  },
  {
    note: "a content that ran is removed",
    statement: "delete from change_content",
    found: "removed",
  },
];

testDatabases(
  "whoever changes what was agreed is found out",
  async (sql, t) => {
    const changes = openChanges(sql);
    for (const content of ["one", "two"]) {
      await bringIntoForce(changes, content, "ann");
    }
    assert.deepEqual(await changes.verify(TENANT), []);
    for (const { note, statement, found } of TAMPERED) {
      await t.step(note, async () => {
        const tables = [
          ...["audit_event", "change_request", "active_pointer"],
          "change_content",
        ];
        for (const table of tables) {
          await sql.query(`create table kept_${table} as table ${table}`);
        }
        await sql.query(statement);
        const kinds = (await changes.verify(TENANT)).map(({ kind }) => kind);
        assert.ok(kinds.some((kind) => kind === found), `${kinds}`);
        for (const table of tables) {
          await sql.query(`delete from ${table}`);
          await sql.query(`insert into ${table} table kept_${table}`);
          await sql.query(`drop table kept_${table}`);
        }
        assert.deepEqual(await changes.verify(TENANT), []);
      });
    }
  },
);
