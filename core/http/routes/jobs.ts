/**
 * `/jobs`: work in the background, as far as it is the tenant's.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { SPREAD } from "../../ports/jobs.ts";
import { jobNameField, jobRunSchema, jobRunToJson } from "../wire/job_json.ts";
import { defineEndpoint, json } from "./endpoint.ts";

/** Lists runs. */
export const jobList = defineEndpoint({
  method: "get",
  path: "/jobs",
  tag: "Operation",
  summary: "List the latest run of each job, with its progress",
  scope: "read",
  answers: [{
    status: 200,
    about: "Runs, by job and subject",
    schema: z.object({ jobs: z.array(jobRunSchema) }),
  }],
  failures: [],
  async run({ key }, { engine }) {
    const runs = await engine.jobs.list(key.tenant);
    return json({ jobs: runs.map(jobRunToJson) });
  },
});

/** Asks for a run. */
export const jobRun = defineEndpoint({
  method: "post",
  path: "/jobs/{job}/run",
  tag: "Operation",
  summary: "Have a job run now, for the tenant",
  about:
    "Asks for a run of each subject of the tenant that the job concerns. One that is asked for, running or to be tried again is not asked for twice.",
  scope: "operate",
  idempotency: "optional",
  params: z.strictObject({ job: jobNameField }),
  answers: [{
    status: 200,
    about: "The run that was asked for",
    schema: z.object({
      run_id: z.string().nullable().openapi({
        description: "Null if one was asked for before and has not ended",
      }),
    }),
  }],
  failures: [],
  async run({ key, params }, { engine }) {
    const { tenant } = key;
    const id = await engine.jobs.ask({
      ...{ job: params.job, tenant, subject: SPREAD },
    });
    return json({ run_id: id });
  },
});
