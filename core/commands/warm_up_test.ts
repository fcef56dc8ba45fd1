/**
 * A start waits for what its first decisions need, and not for what hangs.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelRecord } from "../domain/score.ts";
import { type WarmingScope, warmUp } from "./warm_up.ts";

/** The names of the models that were prepared, by tenant. */
type Prepared = Record<string, readonly string[]>;

function open(
  models: Readonly<Record<string, readonly string[]>>,
  prepared: Prepared,
  { hangs }: { readonly hangs?: string } = {},
): WarmingScope {
  return {
    stores: { log: { tenants: () => Promise.resolve(Object.keys(models)) } },
    engine: {
      models: {
        list: (tenant) =>
          Promise.resolve(
            (models[tenant] ?? []).map((name) => ({ name }) as ModelRecord),
          ),
      },
      decisions: {
        prepare: async (tenant, given) => {
          if (tenant === hangs) await new Promise<never>(() => {});
          prepared[tenant] = given.map(({ name }) => name);
        },
      },
    },
  };
}

Deno.test("the models of every tenant with decisions are prepared", async () => {
  const prepared: Prepared = {};
  const models = { acme: ["visit", "bid"], umbrella: [] };
  assert.equal(await warmUp(open(models, prepared)), null);
  assert.deepEqual(prepared, models);
});

Deno.test("what hangs is given up, and told of", async () => {
  const prepared: Prepared = {};
  const models = { acme: ["visit"], slow: ["visit"], umbrella: ["visit"] };
  const cold = await warmUp(open(models, prepared, { hangs: "slow" }), 20);
  assert.match(cold ?? "", /^the first decisions may be late.*20 ms/);
  assert.deepEqual(prepared, { acme: ["visit"] });
});

Deno.test("a log that does not answer keeps nobody from starting", async () => {
  const scope = open({ acme: ["visit"] }, {});
  const cold = await warmUp({
    ...scope,
    stores: { log: { tenants: () => Promise.reject(new Error("away")) } },
  });
  assert.match(cold ?? "", /away/);
});
