/**
 * A budget that two processes spend at once on a Postgres server, one of them killed:
 * every bid that went out is paid for in full, and all of them together never exceed it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createBudgetBook } from "../../core/store/budget_store.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { termsOf } from "./budget_cases.ts";
import { BID_MICROS, BUDGET, TENANT } from "./budget_node.ts";

const CAP_MICROS = 2_000_000;

/** A process that spends, and what it has bid so far. */
interface Spender {
  readonly bids: string[];
  /** Resolves once it has bid so often. */
  reached(bids: number): Promise<void>;
  kill(): void;
  readonly ended: Promise<void>;
}

Deno.test({
  ...needingPostgres(
    "two processes spend a budget to its cap and not beyond, and one that is killed costs what it held",
  ),
  fn: async (t) => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    const book = createBudgetBook(sql);
    try {
      await migrate(sql);
      const put = async () => {
        await sql.query("delete from paced_budget");
        const terms = { ...termsOf(BUDGET), capMicros: CAP_MICROS };
        await book.create(TENANT, terms);
      };
      await t.step("both live", async () => {
        await put();
        const nodes = [spend(server.url), spend(server.url)];
        for (const { ended } of nodes) await ended;
        const bids = nodes.flatMap(({ bids }) => bids);
        assert.equal(new Set(bids).size, bids.length);
        const spent = bids.length * BID_MICROS;
        assert.ok(spent <= CAP_MICROS && spent > 0.99 * CAP_MICROS, `${spent}`);
        assert.ok(nodes.every(({ bids }) => bids.length > 50));
      });
      await t.step("one is killed", async () => {
        await put();
        const [one, two] = [spend(server.url), spend(server.url)];
        await one.reached(200);
        one.kill();
        for (const { ended } of [one, two]) await ended;
        const spent = (one.bids.length + two.bids.length) * BID_MICROS;
        assert.ok(spent <= CAP_MICROS && spent > 0.4 * CAP_MICROS, `${spent}`);
        const kept = await book.find(TENANT, BUDGET);
        const granted = (bids: readonly string[]) => {
          const id = bids[0]?.split(" ")[0];
          const slice = kept?.account?.slices.find((slice) => slice.id === id);
          return slice?.grantedMicros ?? 0;
        };
        assert.ok(granted(one.bids) >= one.bids.length * BID_MICROS);
        assert.ok(granted(two.bids) >= two.bids.length * BID_MICROS);
        assert.ok(granted(one.bids) + granted(two.bids) <= CAP_MICROS);
      });
    } finally {
      await sql.close();
      await server.stop();
    }
  },
});

function spend(url: string): Spender {
  const script = new URL("./budget_node.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "-q", "--allow-read", "--allow-write"],
      ...["--allow-env", "--allow-net", "--allow-sys", script, url],
    ],
    stdout: "piped",
  }).spawn();
  const bids: string[] = [];
  const waiting: { readonly bids: number; readonly wake: () => void }[] = [];
  const reading = (async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of child.stdout) {
      const lines = (text + decoder.decode(chunk)).split("\n");
      text = lines.pop() ?? "";
      bids.push(...lines);
      for (const { bids: wanted, wake } of waiting) {
        if (bids.length >= wanted) wake();
      }
    }
  })();
  return {
    bids,
    reached: (wanted) =>
      new Promise((wake) => waiting.push({ bids: wanted, wake })),
    kill: () => child.kill("SIGKILL"),
    ended: (async () => {
      await Promise.all([child.status, reading]);
    })(),
  };
}
