/**
 * Joins the features of all labels and tells the seconds and the first rows:
 * `training_join_process.ts DATABASE_URL`.
 *
 * @module
 */
import { featureId } from "../../core/domain/feature.ts";
import { trainingRows } from "../../core/features/point_in_time.ts";
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { tellApart } from "./apart.ts";
import { TENANT } from "./seeded_events.ts";
import type { JoinAnswer } from "./training_join.ts";
import { wideView } from "./wide_view.ts";

const TOLD_ROWS = 200;
const VIEW = wideView(100);
const [url = ""] = Deno.args;

await tellApart(async (): Promise<JoinAnswer> => {
  const sql = openPostgres(url);
  const labels = await sql.query<{ subject: string; at: string }>(
    "select subject, at from label order by place",
  );
  const started = performance.now();
  const { columns } = await trainingRows(createFeatureHistory(sql), {
    tenant: TENANT,
    labels: labels.map(({ subject, at }) => ({ entities: { subject }, at })),
    ids: VIEW.features.map(({ name }) => featureId(VIEW.name, name)),
    views: [{ view: VIEW, state: "serving", declaredAt: "", promotedAt: null }],
    knownAt: null,
  });
  const seconds = (performance.now() - started) / 1000;
  await sql.close();
  const first = Array.from(
    { length: Math.min(TOLD_ROWS, labels.length) },
    (_, row) => columns.map((column) => column[row] as number | null),
  );
  return { seconds, first };
});
