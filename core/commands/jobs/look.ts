/**
 * `moe jobs`, `moe jobs run` and `moe jobs cancel`: work in the background.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import {
  ALL_TENANTS,
  isJobName,
  JOB_NAMES,
  type JobName,
  type JobRun,
  SPREAD,
} from "../../ports/jobs.ts";
import { type Command, textOption } from "../command.ts";
import { withEngine } from "../open.ts";
import { tenantOption } from "../option.ts";
import { printTable } from "../terminal.ts";

/** Characters of a bar of progress. */
const BAR = 10;

const TENANT = { tenant: "of one tenant; of all unless given" } as const;

/** Lists the latest runs. */
export const jobs: Command = {
  name: "jobs",
  about:
    "work in the background: where it runs, how far it is, what it came to",
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = options.tenant === undefined
        ? undefined
        : tenantOption(options);
      printRuns(await engine.jobs.list(tenant)).forEach(scope.terminal.line);
      return 0;
    }),
};

/** Asks for a run. */
export const jobsRun: Command = {
  name: "jobs run",
  about: "have a job run now, by a server that runs",
  operands: ["NAME"],
  options: TENANT,
  run: (scope, [name = ""], options) => {
    const job = jobOperand(name);
    return withEngine(scope, async ({ engine }) => {
      const tenant = textOption(options, "tenant", ALL_TENANTS);
      if (tenant !== ALL_TENANTS) tenantOption(options);
      const id = await engine.jobs.ask({ job, tenant, subject: SPREAD });
      if (id === null) {
        scope.terminal.warn(`${job} is asked for already`);
        return 1;
      }
      scope.terminal.line(`asked for ${job}: ${id}`);
      return 0;
    });
  },
};

/** Ends a run. */
export const jobsCancel: Command = {
  name: "jobs cancel",
  about: "end a run, and try it no more",
  operands: ["ID"],
  options: {},
  run: (scope, [id = ""]) =>
    withEngine(scope, async ({ engine }) => {
      if (await engine.jobs.cancel(id)) {
        scope.terminal.line(`cancelled ${id}`);
        return 0;
      }
      scope.terminal.warn(`there is no run ${id} that could be ended`);
      return 1;
    }),
};

function jobOperand(name: string): JobName {
  if (isJobName(name)) return name;
  throw new EngineError(
    "request_invalid",
    `Cannot run job "${name}": there is none of that name; ${
      suggestName(name, JOB_NAMES)
    }`,
  );
}

/**
 * Prints runs as a table.
 *
 * @param runs The latest of each flight.
 * @returns Lines.
 */
export function printRuns(runs: readonly JobRun[]): string[] {
  const headings = ["job", "tenant", "of", "state", "node", "progress"];
  return printTable(
    [...headings, "next try", "last success", "error", "id"]
      .map((heading) => ({ heading })),
    runs.map((run) => [
      run.job,
      run.tenant === ALL_TENANTS ? "all" : run.tenant,
      run.subject,
      run.state,
      run.node ?? "",
      progressOf(run),
      run.nextTryAt ?? "",
      run.succeededAt ?? "",
      run.error ?? "",
      run.id,
    ]),
  );
}

function progressOf({ share, text }: JobRun): string {
  if (share === null) return text ?? "";
  const done = Math.round(share * BAR);
  const bar = "█".repeat(done) + "░".repeat(BAR - done);
  return `${bar} ${Math.floor(share * 100)}% ${text ?? ""}`.trimEnd();
}
