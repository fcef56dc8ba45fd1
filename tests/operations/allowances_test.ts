/**
 * Nodes on one Postgres that spend one allowance, are killed and come back: no window
 * admits more than its most, and nearly all of it is admitted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { ROOT } from "../architecture/paths.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

const MOST = 400;
const SECONDS = 1;
const ROUNDS = 3;

interface Node {
  /** Windows of what it spent. */
  readonly spent: Promise<readonly number[]>;
  stop(): Promise<void>;
  kill9(): void;
}

function startNode(url: string): Node {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "-q", "--allow-all"],
      ...["tests/operations/allowance_node.ts", url],
      ...[String(MOST), String(SECONDS)],
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const spent = new Response(child.stdout).text().then((text) =>
    text.split("\n").filter((line) => line !== "").map(Number)
  );
  const telling = child.stdin.getWriter();
  return {
    spent,
    async stop() {
      await telling.write(new TextEncoder().encode("stop"));
      await telling.close();
      await child.status;
    },
    kill9() {
      child.kill("SIGKILL");
      telling.abort().catch(() => {});
    },
  };
}

function later(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

Deno.test({
  ...needingPostgres(
    "nodes that spend one allowance, some of them killed, never exceed it",
  ),
  fn: async () => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    await migrate(sql);
    await sql.close();
    const lasting = [startNode(server.url), startNode(server.url)];
    const killed: Node[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const node = startNode(server.url);
      killed.push(node);
      await later(1200);
      node.kill9();
    }
    await Promise.all(lasting.map((node) => node.stop()));
    const counts = new Map<number, number>();
    for (const node of [...lasting, ...killed]) {
      for (const start of await node.spent) {
        counts.set(start, (counts.get(start) ?? 0) + 1);
      }
    }
    await server.stop();
    const all = [...counts.values()];
    assert.ok(all.length >= 3, `${all.length} windows`);
    assert.ok(all.every((count) => count <= MOST), all.join());
    assert.ok(all.some((count) => count > MOST / 2), all.join());
  },
});
