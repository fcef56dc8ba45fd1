/**
 * Features computed inside Postgres: at given points for training, and kept as vectors
 * for those who read.
 *
 * @module
 */
import type { FeatureHistory } from "../ports/features.ts";
import { chunks } from "./chunks.ts";
import { readLineage } from "./feature_lineage.ts";
import { aggregatePoints } from "./feature_points.ts";
import { refresh } from "./feature_refresh.ts";
import { listRuns } from "./feature_run_rows.ts";
import { materialize } from "./feature_runs.ts";
import { readStatistics } from "./feature_statistics.ts";
import { dropVectors, eraseVectors, readVectors } from "./feature_vectors.ts";
import { readLabels } from "./label_rows.ts";
import { readSeries } from "./metric_series.ts";
import type { Sql } from "./sql.ts";

/** Computes features over the signals of a database. */
export function createFeatureHistory(sql: Sql): FeatureHistory {
  return {
    aggregate: async (tenant, view, { points, knownAt }) => {
      const vectors = [];
      for (const some of chunks(points)) {
        const scope = { tenant, points: some, knownAt };
        vectors.push(...await aggregatePoints(sql, view, scope));
      }
      return vectors;
    },
    materialize: (tenant, view, job) => materialize(sql, view, { tenant, job }),
    refresh: (tenant, view, change) =>
      refresh(sql, view, { tenant, ...change }),
    vectors: (tenant, view, after) => readVectors(sql, view, { tenant, after }),
    runs: (tenant, view, limit) => listRuns(sql, { tenant, view }, limit),
    statistics: (tenant, view) => readStatistics(sql, view, tenant),
    lineage: (tenant, view, query) =>
      readLineage(sql, view, { tenant, ...query }),
    drop: (tenant, view) => dropVectors(sql, view, tenant),
    erase: (tenant, entity) => eraseVectors(sql, tenant, entity),
    labels: (query) => readLabels(sql, query),
    series: (query) => readSeries(sql, query),
  };
}
