/**
 * The past of a tenant, as the store knows it, and what its model learns from.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { type ModelRecord, printModelRef } from "../../domain/score.ts";
import { readSeries } from "../../training/series.ts";
import { readSpec } from "../../training/spec.ts";
import type { Opened } from "../open.ts";
import type { Episode } from "./episode.ts";

/**
 * Reads.
 *
 * @param record The model whose specification says what is spent and what is earned.
 * @throws {EngineError} `request_invalid` if it tells no outcome by entity and day.
 */
export async function readEpisode(
  { stores, clock }: Opened,
  tenant: string,
  record: ModelRecord,
): Promise<Episode> {
  const spec = readSpec(record.lineage.spec);
  const ref = printModelRef(record);
  if (spec?.grain !== "series") {
    throw invalid(
      ref,
      "it was not trained here on series of spend and outcome",
    );
  }
  if (spec.outcome.by === null) {
    throw invalid(
      ref,
      "its outcome is one for all entities; the log cannot tell what each would have returned",
    );
  }
  const asOf = clock.now();
  const { history } = stores;
  const datasets = await readSeries(
    { ...spec, from: null, until: null },
    { history, tenant, asOf },
  );
  if (datasets.some(({ periodDays }) => periodDays !== 1)) {
    throw invalid(ref, "it learns by weeks, and the log must be by days");
  }
  const { family, params, seed } = spec;
  return {
    ...{ family, params, seed, datasets },
    unit: spec.outcome.metric,
    truth: null,
  };
}

function invalid(ref: string, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot backtest plans of model "${ref}": ${reason}`,
  );
}
