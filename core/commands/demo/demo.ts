/**
 * `moe demo`: the main job from end to end, on a simulated company whose truth is
 * known. Then it keeps serving; with `--once` it exits, 0 when all went well.
 *
 * @module
 */
import { SCOPES } from "../../ports/access.ts";
import { LOCK_FILE, lockFolder } from "../../store/folder_lock.ts";
import type { Command, CommandScope } from "../command.ts";
import { issueKey } from "../keys.ts";
import { type Opened, openEngine } from "../open.ts";
import { wholeNumberOption } from "../option.ts";
import { listen } from "../listen.ts";
import { hearStop } from "../serve.ts";
import { bringIn, SITE_SECRET } from "./bring_in.ts";
import { compareTruth, verifyDecisions } from "./compare_truth.ts";
import { learn } from "./learn.ts";
import { planWeek } from "./plan_week.ts";
import { announce, createCaller, type Stage, TENANT } from "./stage.ts";
import { takeDecisions } from "./take_decisions.ts";
import { makeWorld } from "./world.ts";

const GRANT = { tenant: TENANT, scopes: SCOPES, days: 30 };
const ACTS = [
  bringIn,
  learn,
  takeDecisions,
  planWeek,
  compareTruth,
  verifyDecisions,
];

/** The demonstration. */
export const demo: Command = {
  name: "demo",
  about: "the main job on simulated data with known truth, then serve",
  operands: [],
  options: {
    "once!": "exit when done",
    port: "port; any free one with --once, else MOE_PORT or 8080",
  },
  async run(scope, _operands, options) {
    const started = performance.now();
    const port = wholeNumberOption(options, "port", {
      otherwise: options.once ? 0 : scope.configuration.port,
      least: 0,
      most: 65_535,
    });
    const configuration = {
      ...scope.configuration,
      dataFolder: `${scope.configuration.dataFolder}/demo`,
      // What it shows does not depend on how fast the machine is.
      deadlineMs: 10_000,
    };
    await clearFolder(configuration.dataFolder);
    const own = { ...scope, configuration };
    const opened = await openEngine(configuration, [{
      tenant: TENANT,
      source: "site",
      connector: "segment",
      config: { secret: SITE_SECRET },
    }]);
    const server = await listen(own, opened, { port, quiet: true });
    try {
      const { stage, key } = await openStage(own, opened, server.url);
      for (const act of ACTS) await act(stage);
      announce(stage, "Done");
      scope.terminal.line(
        `${((performance.now() - started) / 1000).toFixed(1)} s in all`,
      );
      if (!options.once) {
        using stop = hearStop();
        tellHowToGoOn(scope, server.url, key);
        await stop.told;
      }
      return 0;
    } finally {
      await server.stop();
    }
  },
};

async function openStage(
  { configuration, terminal }: CommandScope,
  opened: Opened,
  url: string,
): Promise<{ stage: Stage; key: string }> {
  terminal.progress("simulating two years of a company", null);
  const world = await makeWorld(
    `${configuration.dataFolder}/sources`,
    opened.clock.now(),
  );
  const keys = {
    systems: await issueKey(opened, { ...GRANT, name: "ada" }),
    approver: await issueKey(opened, { ...GRANT, name: "grace" }),
  };
  const call = createCaller(url, keys);
  return { stage: { terminal, opened, world, call }, key: keys.systems };
}

function tellHowToGoOn(
  { terminal, configuration: { dataFolder } }: CommandScope,
  url: string,
  key: string,
): void {
  terminal.line("");
  terminal.line(`serving on ${url}; the interface is described at ${url}/docs`);
  terminal.line(`export MOE_KEY=${key}`);
  terminal.line("Ctrl-C stops; then every command can look at what is left:");
  terminal.line(
    `  MOE_DATA=${dataFolder}/demo deno task moe verify-log --tenant ${TENANT}`,
  );
}

/**
 * Empties the folder of an earlier demonstration.
 *
 * @throws {EngineError} `store_locked` if that one is still running.
 */
async function clearFolder(folder: string): Promise<void> {
  using _lock = await lockFolder(folder);
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== LOCK_FILE) {
      await Deno.remove(`${folder}/${name}`, { recursive: true });
    }
  }
}
