/**
 * From a specification to a registered version, pending, with all that it takes to
 * make it again: the same specification, data and seed give the same bytes.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import type { ModelRecord } from "../domain/score.ts";
import { withBuiltin } from "../features/versions.ts";
import type { Instant } from "../domain/day.ts";
import type { Clock } from "../ports/clock.ts";
import type { Stores } from "../ports/stores.ts";
import type { ModelFamily, Report } from "../../plugins/contract.ts";
import { createFitter, type Fitter } from "./fit.ts";
import { unfit } from "./refusal.ts";
import { parseSpec, type RowsSpec, type TrainingSpec } from "./spec.ts";
import { trainRows } from "./train_rows.ts";
import { trainSeries } from "./train_series.ts";
import type { MakeScope, Trained } from "./trained.ts";

/** What training stands on. */
export interface TrainScope {
  readonly stores: Pick<
    Stores,
    "erasures" | "history" | "models" | "trials" | "views"
  >;
  readonly families: readonly ModelFamily[];
  readonly clock: Clock;
  /** Version of the engine's code. */
  readonly code: string;
  /** Opens what fits for one training; this thread unless given. */
  readonly openFitter?: () => Fitter;
}

/** What to train, for whom. */
export interface TrainJob {
  readonly tenant: string;
  /** A training specification, as a person wrote it. */
  readonly spec: unknown;
  /** Who trains; may not review. */
  readonly by: string;
  /** Versions of views to read, `view@version`; those that serve if absent. */
  readonly pins?: readonly string[];
  readonly report: Report;
}

/** A model that was made and is not yet on record. */
export interface Made extends Trained {
  readonly spec: TrainingSpec & { readonly asOf: Instant };
  /** `name@version`. */
  readonly family: string;
}

/**
 * Trains and registers.
 *
 * @param scope Stores, families, time.
 * @param job The specification and who asks.
 * @returns The record, pending.
 * @throws {EngineError} `request_invalid` for the specification, `dataset_invalid` for
 * the data, `plugin_invalid` for a family that contradicts itself.
 */
export async function trainModel(
  scope: TrainScope,
  job: TrainJob,
): Promise<ModelRecord> {
  const { stores, clock, code } = scope;
  const { tenant, by } = job;
  const since = clock.now();
  const { artifact, evidence, ...made } = await makeModel(scope, job);
  const { spec, rows, datasetHash, views, params, family, ...said } = made;
  await refuseErased(stores, { tenant, model: spec.model, since });
  return await stores.models.register(
    tenant,
    {
      ...said,
      name: spec.model,
      family,
      lineage: {
        asOf: spec.asOf,
        code: `${code} ${family}`,
        seed: spec.seed,
        ...{ rows, datasetHash, views },
        spec: canonicalJson(asMade(spec, params)),
      },
      artifactHash: sha256(artifact),
      createdBy: by,
      createdAt: clock.now(),
    },
    artifact,
    evidence,
  );
}

/** The specification that makes the same again, without seeking its parameters. */
function asMade(spec: TrainingSpec, params: Made["params"]): TrainingSpec {
  return spec.grain === "rows"
    ? { ...spec, params: params as RowsSpec["params"], tune: null }
    : spec;
}

/**
 * Trains without registering.
 *
 * @returns The model and all that it was made from.
 * @throws {EngineError} As `trainModel`.
 */
export async function makeModel(
  scope: TrainScope,
  { tenant, spec: given, pins = [], report }: Omit<TrainJob, "by">,
): Promise<Made> {
  const { stores: { history, trials, views }, families, clock, code } = scope;
  const parsed = parseSpec(given);
  const now = clock.now();
  const asOf = parsed.asOf ?? now;
  if (asOf > now) throw unfit(parsed.model, "asOf lies in the future");
  const spec = { ...parsed, asOf };
  const family = findFamily(families, spec);
  const maker = `${family.name}@${family.version}`;
  const fitter = scope.openFitter?.() ?? createFitter(families);
  try {
    const trained = await train(family, spec, {
      ...{ history, trials, tenant, asOf, pins, report, fitter },
      views: withBuiltin(await views.list(tenant)),
      code: `${code} ${maker}`,
    });
    return { ...trained, spec, family: maker };
  } finally {
    fitter.close();
  }
}

/** An erasure names the models that are on record: one that is not yet would be missed. */
async function refuseErased(
  { erasures }: Pick<Stores, "erasures">,
  { tenant, model, since }: {
    readonly tenant: string;
    readonly model: string;
    readonly since: Instant;
  },
): Promise<void> {
  const erased = await erasures.erasedSince(since);
  if (!erased.some((one) => one.tenant === tenant)) return;
  throw unfit(
    model,
    "somebody was erased while it was trained, maybe on them; train it again",
  );
}

function findFamily(
  families: readonly ModelFamily[],
  { family, grain, model }: TrainingSpec,
): ModelFamily {
  const found = families.find(({ name }) => name === family);
  const fitting = families.filter((one) => one.grain === grain)
    .map(({ name }) => name).join(", ");
  if (found?.grain === grain) return found;
  throw new EngineError(
    "request_invalid",
    `Cannot train model "${model}": family: there is no "${family}" for ${grain}; choose one of ${fitting}`,
  );
}

async function train(
  family: ModelFamily,
  spec: TrainingSpec,
  scope: MakeScope,
): Promise<Trained> {
  checkParams(family, spec);
  if (family.grain === "rows" && spec.grain === "rows") {
    return await trainRows(family, spec, scope);
  }
  if (family.grain === "series" && spec.grain === "series") {
    return await trainSeries(family, spec, scope);
  }
  throw new TypeError("Cannot train: family and specification differ in grain");
}

function checkParams(family: ModelFamily, { model, params }: TrainingSpec) {
  try {
    family.params.parse(params);
  } catch (cause) {
    throw new EngineError(
      "request_invalid",
      `Cannot train model "${model}": params: family "${family.name}" refuses them: ${
        firstProblem(cause)
      }`,
      { cause },
    );
  }
}

/** What a schema complained of, with its path where it names one. */
function firstProblem(cause: unknown): string {
  const { issues } = cause as {
    issues?: readonly { path?: readonly unknown[]; message?: string }[];
  };
  const [issue] = issues ?? [];
  if (issue) return `${issue.path?.join(".") ?? ""} ${issue.message}`.trim();
  return cause instanceof Error ? cause.message : "wrong";
}
