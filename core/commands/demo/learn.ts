/**
 * Models are trained, and a second person lets them serve.
 *
 * @module
 */
import { type ModelRecord, printModelRef } from "../../domain/score.ts";
import {
  CLICK_SPEC,
  EMAIL_SPEC,
  RESPONSE_SPEC,
} from "../../simulation/specs.ts";
import { printTable } from "../terminal.ts";
import { announce, type Stage, TENANT } from "./stage.ts";

const SPECS = [EMAIL_SPEC, CLICK_SPEC, RESPONSE_SPEC];

/** Trains all three models and has them approved. */
export async function learn(stage: Stage): Promise<void> {
  announce(stage, "Models, trained by ada and approved by grace");
  const { opened: { engine }, terminal } = stage;
  const records: ModelRecord[] = [];
  for (const spec of SPECS) {
    const record = await engine.train({
      tenant: TENANT,
      spec,
      by: "ada",
      report: terminal.progress,
    });
    const { name, version } = record;
    await stage.call("approver", {
      path: `/models/${name}/${version}/approve`,
      body: {},
    });
    records.push(record);
  }
  printTable(
    [
      { heading: "model" },
      { heading: "family" },
      { heading: "learnt from", numeric: true },
      { heading: "on held-out data" },
    ],
    records.map((record) => [
      printModelRef(record),
      record.family,
      String(record.lineage.rows),
      printMetrics(record.metrics),
    ]),
  ).forEach(terminal.line);
}

function printMetrics(metrics: ModelRecord["metrics"]): string {
  const shown = [
    "auc",
    "logloss",
    "baseline_logloss",
    "r2",
    "mape",
    "baseline_mape",
  ]
    .filter((name) => metrics[name] !== undefined);
  return shown.map((name) => `${name} ${metrics[name]?.toFixed(3)}`).join("  ");
}
