/**
 * What Prometheus reads of work in the background: attempts by how they ended, how long
 * they took, and when each job last ended well.
 *
 * @module
 */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Instant } from "../../domain/day.ts";

/** Bounds of the duration's buckets, seconds: a look takes less than one, a training hours. */
const SECONDS = [0.1, 1, 10, 60, 300, 1800, 3600, 14_400];

/** How an attempt at a job went. */
export interface JobMeasured {
  /** Name of the job. */
  readonly job: string;
  /** How it ended: done, failed, handed_back or lost. */
  readonly outcome: string;
  /** How long it took. */
  readonly seconds: number;
}

/** What is asked of jobs when they are printed. */
export interface JobUse {
  /** The latest run of every flight. */
  list(): Promise<
    readonly {
      /** Name of the job. */
      readonly job: string;
      /** When it last ended well; null if it never did. */
      readonly succeededAt: Instant | null;
    }[]
  >;
}

/** Counts attempts, and renews what is asked of the queue. */
export interface JobMetrics {
  /** Counts an attempt. */
  job(measured: JobMeasured): void;
  /** Reads when each job last ended well, on whichever node; as it was while that is away. */
  renewJobs(jobs: JobUse): Promise<void>;
}

/**
 * Registers the metrics of jobs.
 *
 * @param registry Where.
 * @returns What counts.
 */
export function registerJobs(registry: Registry): JobMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: "moe_jobs_total",
    help: "Attempts at jobs, by how they ended",
    labelNames: ["job", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "moe_job_duration_seconds",
    help: "How long an attempt at a job took",
    labelNames: ["job"],
    buckets: SECONDS,
    registers,
  });
  const success = new Gauge({
    name: "moe_job_last_success_timestamp_seconds",
    help: "When a job last ended well, on whichever node",
    labelNames: ["job"],
    registers,
  });
  return {
    job: ({ job, outcome, seconds }) => {
      attempts.labels(job, outcome).inc();
      duration.labels(job).observe(seconds);
    },
    renewJobs: async (jobs) => {
      const latest = new Map<string, number>();
      const runs = await jobs.list().catch(() => null);
      if (runs === null) return;
      for (const { job, succeededAt } of runs) {
        if (succeededAt === null) continue;
        const seconds = Date.parse(succeededAt) / 1000;
        latest.set(job, Math.max(latest.get(job) ?? 0, seconds));
      }
      success.reset();
      for (const [job, at] of latest) success.labels(job).set(at);
    },
  };
}
