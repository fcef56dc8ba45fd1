/**
 * Open routes: is it alive, is it ready, what does it measure, how is it spoken to.
 *
 * They show names and numbers: of the engine itself, of sources and of views; nothing
 * that those tell.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { METRICS_TYPE } from "../metrics.ts";
import { json, type OpenEndpoint, type Stage } from "./endpoint.ts";

/** Parts without which the engine is ready. */
const MISSED = ["plugin:", "features:", "source:"];

const healthSchema = z.object({
  status: z.enum(["ready", "degraded", "unready"]),
  version: z.string(),
  degraded: z.array(z.string()).openapi({
    description:
      "Parts and plugins that do not answer, views that are held back, sources that are not as usual; the log says why",
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
    const unready = degraded.some((name) =>
      !MISSED.some((part) => name.startsWith(part))
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
    about: "Prometheus' text format",
    type: "text/plain",
    schema: text,
  }],
  failures: [],
  answer: async ({ metrics }) => ({
    status: 200,
    text: await metrics.print(),
    type: METRICS_TYPE,
  }),
};
