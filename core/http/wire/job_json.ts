/**
 * Work in the background on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { JOB_NAMES, type JobRun } from "../../ports/jobs.ts";
import { instantField } from "./fields.ts";

/** Name of a job. */
export const jobNameField = z.enum(JOB_NAMES);

/** The latest run of what is done one at a time. */
export const jobRunSchema = z.object({
  run_id: z.string(),
  job: jobNameField,
  subject: z.string().openapi({
    description:
      "What it is of within the tenant; `*` for a run that only asks for those of all",
  }),
  state: z.enum(["queued", "running", "lost", "done", "failed", "cancelled"])
    .openapi({
      description: "`lost`: its node is silent; another goes on with it",
    }),
  attempt: z.int().nonnegative(),
  node: z.string().nullable(),
  since: instantField.nullable(),
  ended_at: instantField.nullable(),
  next_try_at: instantField.nullable(),
  succeeded_at: instantField.nullable(),
  share: z.number().min(0).max(1).nullable(),
  text: z.string().nullable(),
  error: z.string().nullable().openapi({ description: "Code of the failure" }),
});

/** Writes a run for the wire. */
export function jobRunToJson(run: JobRun): z.infer<typeof jobRunSchema> {
  const { id, job, subject, state, attempt, node, since, share, text, error } =
    run;
  return {
    run_id: id,
    ...{ job, subject, state, attempt, node, since },
    ended_at: run.endedAt,
    next_try_at: run.nextTryAt,
    succeeded_at: run.succeededAt,
    ...{ share, text, error },
  };
}
