/**
 * A network that loses a connection without a word: statements on it are given up, and
 * those that follow go over another.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openPostgres } from "../../core/store/postgres.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

Deno.test({
  ...needingPostgres("connections that are silent are given up for others"),
  async fn() {
    const server = await startPostgres();
    const network = openNetwork(new URL(server.url));
    const beside = openPostgres(network.url);
    const sql = openPostgres(network.url, {
      ...{ pool: 1, statementMs: 200, silent: beside.reconnect },
    });
    try {
      await Promise.all([sql.query("select 1"), beside.query("select 1")]);
      network.loseAll();
      const lost = beside.query("select 1");
      const inside = sql.transaction(async (tx) => {
        await tx.query("select 1");
      });
      await Promise.all(
        [sql.query("select 1"), inside, lost].map((failing) =>
          assert.rejects(failing, { code: "store_unavailable" })
        ),
      );
      for (const one of [sql, beside]) {
        assert.deepEqual(await one.values("select 1"), [[1]]);
        await one.transaction((tx) => tx.query("select 1"));
      }
      await assert.rejects(sql.query("select pg_sleep(5)"), {
        code: "store_unavailable",
      });
    } finally {
      await Promise.all([sql.close(), beside.close()]);
      network.close();
      await server.stop();
    }
  },
});

/** A way to a server that can lose its connections, and tells neither end. */
function openNetwork(to: URL) {
  const lines: { isLost: boolean }[] = [];
  const open = new Set<Deno.Conn>();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  async function carry(
    from: Deno.Conn,
    other: Deno.Conn,
    line: { readonly isLost: boolean },
  ) {
    const buffer = new Uint8Array(65_536);
    try {
      for (let size; (size = await from.read(buffer)) !== null;) {
        if (line.isLost) continue;
        await other.write(buffer.subarray(0, size));
      }
    } catch {
      // Either end is gone, and so is the other then.
    }
    for (const one of [from, other]) if (open.delete(one)) one.close();
  }
  (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({
        ...{ hostname: to.hostname, port: Number(to.port) },
      });
      const line = { isLost: false };
      lines.push(line);
      open.add(near).add(far);
      carry(near, far, line);
      carry(far, near, line);
    }
  })();
  const url = new URL(to);
  url.port = `${listener.addr.port}`;
  return {
    url: url.href,
    loseAll: () => lines.forEach((line) => line.isLost = true),
    close: () => listener.close(),
  };
}
