/**
 * Calls a URL as the engine does, by a name that stands for the addresses given; a process
 * of its own, so that it can be started with a test's CA and with more of the network.
 * Without `named` the operator did not name the host.
 *
 * @module
 */
import { callerOf } from "../../core/commands/lend.ts";

const [url = "", named, ...addresses] = Deno.args;
const hosts = named === "named" ? [new URL(url).hostname] : [];
const call = callerOf(hosts, () => Promise.resolve(addresses));
const { line, fault } = await call(new Request(url)).then(
  async (response) => ({ line: await response.text(), fault: null }),
  (error) => ({ line: null, fault: `${error.cause ?? error}` }),
);
await Deno.stdout.write(new TextEncoder().encode(line ?? fault ?? ""));
