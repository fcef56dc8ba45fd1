/**
 * Every family that is shipped trains through the real engine, in workers, and its
 * record makes the same bytes again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printModelRef } from "../../core/domain/score.ts";
import {
  CLICK_SPEC,
  EMAIL_SPEC,
  RESPONSE_SPEC,
} from "../../core/simulation/specs.ts";
import { loadPlugins } from "../../plugins/load.ts";
import { bringIn, openCompany, TENANT } from "../company.ts";

const SMALL = { trees: 12, leaves: 5 };
const VISIT_SPEC = { ...EMAIL_SPEC, use: CLICK_SPEC.use };

/** What each family learns here, as little as will do. */
const SPECS: Readonly<Record<string, object>> = {
  "propensity_logistic": EMAIL_SPEC,
  "propensity_trees": { ...VISIT_SPEC, params: SMALL },
  "uplift": { ...EMAIL_SPEC, params: SMALL },
  "response_rate": {
    ...VISIT_SPEC,
    label: { ...EMAIL_SPEC.label, maturity: "correct" },
    params: SMALL,
  },
  "response_value": {
    ...VISIT_SPEC,
    use: { ...CLICK_SPEC.use, valueMicros: null },
    label: {
      ...EMAIL_SPEC.label,
      outcome: "Order Completed",
      measure: "value",
    },
    params: SMALL,
  },
  "bid_landscape": {
    ...VISIT_SPEC,
    use: { kind: "win", currency: "EUR" },
    params: { ...SMALL, bid: "history_value" },
  },
  "media_mix": { ...RESPONSE_SPEC, params: { mode: "laplace", draws: 50 } },
  "media_response": { ...RESPONSE_SPEC, params: { starts: 2 } },
};

Deno.test("every shipped family is reproduced to the same bytes from its record", async (t) => {
  const { families, leftOut } = loadPlugins();
  assert.deepEqual(leftOut, {});
  assert.deepEqual(
    families.map(({ name }) => name).sort(),
    Object.keys(SPECS).sort(),
    "a family is shipped without being reproduced here",
  );
  const folder = await Deno.makeTempDir({ prefix: "reproduce_" });
  const opened = await openCompany({ databaseUrl: null, folder });
  try {
    await bringIn(opened, folder, 3000);
    for (const [family, spec] of Object.entries(SPECS)) {
      await t.step(family, async () => {
        const job = { tenant: TENANT, report: () => {} };
        const record = await opened.engine.train({
          ...job,
          spec: { ...spec, family, model: `made_by_${family}` },
          by: "ada",
        });
        const again = await opened.engine.reproduce({ ...job, ref: record });
        assert.deepEqual(again.differences, [], printModelRef(record));
        assert.equal(again.made.artifactHash, record.artifactHash);
        assert.equal(again.made.datasetHash, record.lineage.datasetHash);
      });
    }
  } finally {
    await opened.close();
    await Deno.remove(folder, { recursive: true });
  }
});
