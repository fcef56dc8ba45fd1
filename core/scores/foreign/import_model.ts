/**
 * Takes a model that was trained elsewhere into the registry: pending, like those that
 * are trained here, with what is said of it and what was tried.
 *
 * @module
 */
import { canonicalJson, digest, sha256 } from "../../domain/canonical.ts";
import type { Instant } from "../../domain/day.ts";
import { NO_EVIDENCE } from "../../domain/evidence.ts";
import type { FeatureView } from "../../domain/feature.ts";
import {
  type ModelRecord,
  type ModelUse,
  printModelRef,
} from "../../domain/score.ts";
import type { ModelRegistry } from "../../ports/models.ts";
import { conformOnnx } from "./conform.ts";
import { type ForeignModel, parseForeignModel } from "./declaration.ts";
import { inspectOnnx } from "./inspect.ts";
import { foreignRefused } from "./refusal.ts";
import { parseSample } from "./sample.ts";

/** A model that is brought. */
export interface ImportJob {
  readonly tenant: string;
  readonly name: string;
  readonly onnx: Uint8Array;
  /** What is said of it: inputs, ports, output. */
  readonly declaration: unknown;
  /** Rows, and the scores that its trainer gave them. */
  readonly sample: unknown;
  readonly use: ModelUse;
  readonly by: string;
  readonly at: Instant;
}

/** What importing stands on. */
export interface ImportScope {
  readonly models: Pick<ModelRegistry, "register">;
  /** Views that serve. */
  readonly views: readonly FeatureView[];
  /** Version of the engine's code. */
  readonly code: string;
}

/** Features that only a caller can give. */
const REQUEST_VIEW = "request";

/**
 * Checks a model and registers it.
 *
 * @returns The record, pending.
 * @throws {EngineError} `model_invalid`, `facts.check` saying what does not hold.
 */
export async function importModel(
  scope: ImportScope,
  job: ImportJob,
): Promise<ModelRecord> {
  const { tenant, name, onnx, use, by, at } = job;
  inspectOnnx(onnx);
  const model = parseForeignModel(job.declaration);
  refuseOtherActions(model, use);
  const views = pinViews(model, scope.views);
  const sample = parseSample(job.sample, model.schema);
  const { rows, compared, worstGap } = await conformOnnx(onnx, model, sample);
  const record = {
    ...{ name, use, schema: model.schema, unit: model.output.unit },
    family: "imported",
    metrics: {
      sample_rows: rows,
      sample_compared: compared,
      sample_worst_gap: worstGap,
    },
    lineage: {
      asOf: at,
      code: scope.code,
      seed: 0,
      rows,
      datasetHash: digest(job.sample),
      views,
      spec: canonicalJson({ model: name, imported: job.declaration }),
    },
    artifactKind: "onnx" as const,
    artifactHash: sha256(onnx),
    createdBy: by,
    createdAt: at,
  };
  const findings = compared > 0 ? [] : [{
    code: "scores_unproven",
    input: null,
    text: "no score was expected of the sample; give the trainer's own scores",
  }];
  return await scope.models.register(tenant, record, onnx, {
    ...NO_EVIDENCE,
    findings,
  });
}

function refuseOtherActions({ schema }: ForeignModel, use: ModelUse): void {
  const wanted = use.kind === "action" ? use.actions : [];
  if (use.kind === "plan") {
    throw foreignRefused("schema", "plans need curves, not scores");
  }
  if (schema.actions.join("\n") === wanted.join("\n")) return;
  throw foreignRefused(
    "schema",
    `actions: the use weighs ${wanted.join(", ") || "none"}, in this order`,
  );
}

/** Versions of the views that the inputs belong to. */
function pinViews(
  { schema, views }: ForeignModel,
  serving: readonly FeatureView[],
): readonly string[] {
  const pins = new Set<string>();
  for (const { name } of schema.inputs) {
    const [view = "", feature] = name.split(".");
    if (view === REQUEST_VIEW) continue;
    const known = serving.find((one) =>
      one.name === view &&
      one.features.some((declared) => declared.name === feature)
    );
    const said = views.find((pin) => pin.startsWith(`${view}@`));
    if (known === undefined && said === undefined) {
      throw foreignRefused(
        "features",
        `no view that serves has "${name}"; declare it, name it request.…, or name its version in views`,
      );
    }
    pins.add(said ?? printModelRef(known ?? { name: view, version: 0 }));
  }
  return [...pins].sort();
}
