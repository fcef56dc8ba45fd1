/**
 * Jobs of the stub engine: tenant acme has a run that is half done.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import type { Flight, JobRun } from "../../core/ports/jobs.ts";

const HALF_DONE: JobRun = {
  ...{ job: "materialize", tenant: "acme", subject: "" },
  ...{ id: "run_1", state: "running", attempt: 2, node: "node_1" },
  since: "2026-01-31T08:59:00.000Z",
  ...{ endedAt: null, nextTryAt: null, succeededAt: null, error: null },
  ...{ share: 0.5, text: "orders@1: signals" },
};

/** Opens a queue that keeps what is asked for, and answers the same run once. */
export function openJobDesk(): Engine["jobs"] {
  const asked = new Set<string>();
  return {
    list: (tenant = "acme") =>
      Promise.resolve(tenant === "acme" ? [HALF_DONE] : []),
    ask: ({ job, tenant }: Flight) => {
      const key = `${tenant}/${job}`;
      const isNew = !asked.has(key);
      asked.add(key);
      return Promise.resolve(isNew ? `run_of_${key}` : null);
    },
    cancel: () => Promise.resolve(false),
  };
}
