/**
 * A node that carries out the change set of `job.json` in a folder, writes to files in
 * it, and prints a line for each step that is kept, to be killed. Its arguments are the
 * database's URL, the folder and the direction.
 *
 * @module
 */
import { recordHttp } from "@moe/plugin/test";
import connector from "../../connectors/file/connector.ts";
import { openDestination } from "../../core/plans/destinations/destination.ts";
import { executeChanges } from "../../core/plans/changes/execute.ts";
import type { PlanDestination } from "../../core/ports/changes.ts";
import { lendFiles } from "../../core/signals/lend/files.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";

/** Opens the files of a folder. */
export function openFiles(folder: string): PlanDestination {
  return openDestination(connector, { folder }, () => ({
    files: lendFiles([folder]),
    http: recordHttp(undefined),
    now: systemClock.now(),
  }));
}

if (import.meta.main) {
  const [databaseUrl = "", folder = "", direction] = Deno.args;
  const stores = await openStores({
    databaseUrl,
    dataFolder: folder,
    clock: systemClock,
  });
  const tell = (line: string) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const { done, stopped } = await executeChanges({
    tenant: "acme",
    changeSet: JSON.parse(await Deno.readTextFile(`${folder}/job.json`)),
    direction: direction === "rollback" ? "rollback" : "apply",
    destination: openFiles(`${folder}/budgets`),
    journal: stores.changes,
    clock: systemClock,
    sleep: (ms) => new Promise((later) => setTimeout(later, ms)),
    progress: (steps) => tell(`${steps.length} ${steps[0]?.state}`),
  });
  await stores.close();
  tell(done ? "done" : `stopped ${stopped?.code}`);
}
