/**
 * Open routes: is it alive, is it ready, what does it measure, how is it spoken to.
 *
 * They show names and numbers: of the engine itself, of sources and of views; nothing
 * that those tell.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { formatFor } from "../../telemetry/exposition.ts";
import { json, type OpenEndpoint, type Stage } from "./endpoint.ts";

/** Parts without which the engine is ready, and what it means that one is named. */
const MISSED: Readonly<Record<string, string>> = {
  "plugin:": "a plugin was left out at start",
  "features:": "a view is held back, as its values are not as expected",
  "source:": "a source fell silent or changed a unit",
  "log:": "decisions wait on the disk, or records for a checkpoint",
  "wall": "the second wall between tenants does not stand",
  "breaker:": "a dependency is not asked, as it did not answer",
  "job:": "a job did not end well when it should have",
  "certificate": "the certificate is about to end",
  "policies":
    "policies do not hold: those before stay in force, or their tenant is stopped",
};
/** While the log spools, decisions are taken without the database. */
const SPOOLING = "log:spooling";

const healthSchema = z.object({
  status: z.enum(["ready", "degraded", "unready"]),
  version: z.string(),
  degraded: z.array(z.string()).openapi({
    description:
      `Parts that do not answer, and those that it is ready without: ${
        Object.entries(MISSED).map(([part, means]) => `\`${part}\` ${means}`)
          .join("; ")
      }. The log says why`,
  }),
}).openapi("Readiness");

const text = z.string();

/** Whether the process answers at all. */
export const alive: OpenEndpoint = {
  method: "get",
  path: "/healthz",
  tag: "Operation",
  summary: "Whether the process is alive",
  scope: null,
  answers: [{
    status: 200,
    about: "It is",
    schema: z.object({ status: z.literal("alive"), version: z.string() }),
  }],
  failures: [],
  answer: ({ version }) => json({ status: "alive", version }),
};

/** Whether it can serve. */
export const ready: OpenEndpoint = {
  method: "get",
  path: "/readyz",
  tag: "Operation",
  summary: "Whether every part answers, and which do not",
  about:
    "A plugin that was left out, a view that is held back as its values are not as expected, and a source that fell silent or changed a unit degrade the engine, which is ready without them.",
  scope: null,
  answers: [
    { status: 200, about: "Ready, or degraded", schema: healthSchema },
    { status: 503, about: "A part does not answer", schema: healthSchema },
  ],
  failures: [],
  async answer({ engine, version }: Stage) {
    const degraded = Object.entries(await engine.health())
      .filter(([, wrong]) => wrong !== null).map(([name]) => name).sort();
    const missed = degraded.includes(SPOOLING)
      ? [...Object.keys(MISSED), "database"]
      : Object.keys(MISSED);
    const unready = degraded.some((name) =>
      !missed.some((part) => name.startsWith(part))
    );
    const status = unready
      ? "unready"
      : degraded.length > 0
      ? "degraded"
      : "ready";
    return json({ status, version, degraded }, unready ? 503 : 200);
  },
};

/** Prometheus. */
export const metricsPage: OpenEndpoint = {
  method: "get",
  path: "/metrics",
  tag: "Operation",
  summary: "Metrics for Prometheus",
  scope: null,
  answers: [{
    status: 200,
    about: "Prometheus' text format, or OpenMetrics to who accepts it",
    type: "text/plain",
    schema: text,
  }],
  failures: [],
  async answer({ metrics }, accept) {
    const format = formatFor(accept);
    const text = await metrics.print(format);
    return { status: 200, text, type: format.type };
  },
};
