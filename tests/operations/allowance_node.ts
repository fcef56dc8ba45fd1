/**
 * A node that spends an allowance as fast as it may until it is told to stop, or killed:
 * `allowance_node.ts DATABASE_URL MOST SECONDS`. Each line of its output names the window
 * that one was spent in.
 *
 * @module
 */
import { createAllotments } from "../../core/http/load/allotments.ts";
import { createAllowanceBook } from "../../core/store/allowance_book.ts";
import { openPostgres } from "../../core/store/postgres.ts";

const [url = "", most, seconds] = Deno.args;
const window = {
  ...{ tenant: "acme", allowance: "tenant-decisions" },
  ...{ most: Number(most), seconds: Number(seconds) },
};
const allotments = createAllotments(createAllowanceBook(openPostgres(url)));
const encoder = new TextEncoder();
const words = new TextDecoder();

/** Written out before it counts as done, so that no kill hides one. */
async function spend(): Promise<void> {
  const start = await allotments.spend(window);
  if (start !== null) Deno.stdout.writeSync(encoder.encode(`${start}\n`));
  else await new Promise((wake) => setTimeout(wake, 5));
}

let isStopping = false;
(async () => {
  for await (const chunk of Deno.stdin.readable) {
    isStopping = words.decode(chunk).startsWith("stop");
  }
})();
while (!isStopping) {
  await Promise.all(Array.from({ length: 8 }, spend));
  await new Promise((wake) => setTimeout(wake, 2));
}
await allotments.close();
Deno.exit(0);
