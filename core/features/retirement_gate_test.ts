/**
 * A version of a view stays as long as a model in charge, or its fallback, reads it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelRecord } from "../domain/score.ts";
import type { Features } from "./features.ts";
import { guardRetirement } from "./retirement_gate.ts";

function model(version: number, view: string): ModelRecord {
  const lineage = { views: [view] };
  return { name: "m", version, lineage } as unknown as ModelRecord;
}

function open() {
  const retired: string[] = [];
  const features = guardRetirement(
    {
      retire: async (_tenant: string, { version }: { version: number }) =>
        void await retired.push(`orders@${version}`),
    } as Partial<Features> as Features,
    {
      list: () =>
        Promise.resolve([1, 2, 3].map((at) => model(at, `orders@${at}`))),
      champion: (_tenant, name) =>
        Promise.resolve(
          name === "m"
            ? { champion: model(3, "orders@3"), previous: model(2, "orders@2") }
            : null,
        ),
    },
  );
  return { features, retired };
}

Deno.test.each([2, 3])(
  "orders@%i, which a model reads, stays",
  async (version) => {
    const { features, retired } = open();
    await assert.rejects(features.retire("acme", { name: "orders", version }), {
      code: "view_invalid",
      message: new RegExp(`orders@${version}.*m@${version}`),
    });
    assert.deepEqual(retired, []);
  },
);

Deno.test("a version that only a model of before reads is retired", async () => {
  const { features, retired } = open();
  await features.retire("acme", { name: "orders", version: 1 });
  assert.deepEqual(retired, ["orders@1"]);
});
