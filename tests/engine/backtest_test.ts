/**
 * `moe plans backtest` as a person runs it: on a simulated company, and on a tenant's
 * own log.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { runCommand } from "../../core/commands/run.ts";
import { RESPONSE_SPEC } from "../../core/simulation/specs.ts";
import {
  bringIn,
  environmentOf,
  openCompany,
  TENANT,
  UNTIL,
} from "../company.ts";

interface Told {
  readonly ["judged_by"]: string;
  readonly windows: readonly unknown[];
  readonly results: readonly {
    readonly method: string;
    readonly gain: number;
    readonly interval: readonly [number, number] | null;
    readonly ["effective_days"]: number | null;
  }[];
}

async function run(folder: string, ...args: string[]): Promise<string> {
  const variables = environmentOf({ databaseUrl: null, folder });
  const configuration = readConfiguration((name) => variables[name]);
  const lines: string[] = [];
  const terminal = {
    line: (text: string) => void lines.push(text),
    warn: (text: string) => void lines.push(text),
    progress: () => {},
    done: () => {},
  };
  const code = await runCommand({ configuration, terminal }, [
    ...["plans", "backtest", "--until", UNTIL, ...args],
  ]);
  assert.equal(code, 0, lines.join("\n"));
  return lines.join("\n");
}

async function withFolder(work: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "backtest_" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a simulated company is judged by its truth", () =>
  withFolder(async (folder) => {
    const asked = ["--simulated", "3", "--days", "56", "--refit", "56"];
    const told: Told = JSON.parse(await run(folder, ...asked, "--json"));
    const gain = (method: string) =>
      told.results.find((one) => one.method === method)?.gain ?? NaN;
    assert.equal(told.judged_by, "truth");
    assert.equal(told.windows.length, 8);
    assert.ok(gain("engine") > gain("proportional"));
    assert.ok(gain("engine") >= gain("greedy"));
    assert.ok(gain("engine") > 0.9 * gain("best"));
    const text = await run(folder, ...asked, "--plots", `${folder}/plots`);
    assert.match(text, /engine .* \+\d+\.\d\d %/);
    const svg = await Deno.readTextFile(`${folder}/plots/backtest_gain.svg`);
    assert.match(svg, /^<svg /);
  }));

Deno.test("a tenant's log is judged by what it holds", () =>
  withFolder(async (folder) => {
    const opened = await openCompany({ databaseUrl: null, folder });
    try {
      await bringIn(opened, folder, 100);
      const record = await opened.engine.train({
        tenant: TENANT,
        spec: { ...RESPONSE_SPEC, params: { starts: 2 } },
        by: "ada",
        report: () => {},
      });
      await opened.engine.models.review(TENANT, record, {
        ...{ by: "grace", approve: true, reason: "a test" },
        at: opened.clock.now(),
      });
    } finally {
      await opened.close();
    }
    const asked = ["--tenant", TENANT, "--days", "56", "--refit", "56"];
    const told: Told = JSON.parse(await run(folder, ...asked, "--json"));
    const engine = told.results.find(({ method }) => method === "engine");
    assert.equal(told.judged_by, "log");
    const [low, high] = engine?.interval ?? [NaN, NaN];
    assert.ok(low < (engine?.gain ?? NaN) && (engine?.gain ?? NaN) < high);
    assert.ok((engine?.effective_days ?? 0) > 0);
    assert.match(await run(folder, ...asked), /judged by the log/);
  }));
