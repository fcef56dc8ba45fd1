/**
 * Tunes a model of the company in a folder, as `spec.json` there says, and tells how
 * many trials are done, a line each: a process to be killed.
 *
 * @module
 */
import { openCompany, TENANT } from "../company.ts";

const [folder = ""] = Deno.args;
const spec = JSON.parse(await Deno.readTextFile(`${folder}/spec.json`));
const opened = await openCompany({ databaseUrl: null, folder });
await opened.engine.train({
  tenant: TENANT,
  spec,
  by: "ann",
  report: (step, share) => {
    if (!step.startsWith("tuning") || share === null) return;
    const done = Math.round(share * spec.tune.trials);
    Deno.stdout.writeSync(new TextEncoder().encode(`${done}\n`));
  },
});
await opened.close();
