/**
 * Compiled rows against ONNX Runtime itself: the same bits, or the runtime scores.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { OWN_PORTS } from "../../core/domain/model_ports.ts";
import { glmOnnx } from "../../models/learners/linear/glm_onnx.ts";
import {
  type EncodedRows,
  type Runtime,
  startRuntime,
} from "../../core/scores/runtime.ts";
import {
  scoreRows,
  withCompiledRows,
} from "../../core/scores/compiled_rows.ts";

const COLUMNS = 37;
const float = fc.float({
  noNaN: true,
  noDefaultInfinity: true,
  min: -50,
  max: 50,
});
const vector = fc.array(float, { minLength: COLUMNS, maxLength: COLUMNS });

function linearModel(
  family: "logistic" | "linear" | "poisson",
  [centres, scales, weights]: readonly number[][],
): Uint8Array {
  return glmOnnx(
    {
      ...{ family, intercept: 0.25 },
      centres: Float64Array.from(centres ?? []),
      scales: Float64Array.from(scales ?? []),
      weights: Float64Array.from(weights ?? []),
    } as Parameters<typeof glmOnnx>[0],
  );
}

/** The runtime, and how often it was asked. */
async function counted(onnx: Uint8Array) {
  const runtime = await startRuntime(onnx, OWN_PORTS);
  let runs = 0;
  const watched: Runtime = {
    run: (encoded) => {
      runs++;
      return runtime.run(encoded);
    },
    release: () => runtime.release(),
  };
  return { runtime, watched, runs: () => runs };
}

Deno.test("linear rows have the bits of the runtime, which is not asked for few", async () => {
  const model = fc.tuple(vector, vector, vector);
  const rows = fc.array(vector, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("logistic" as const, "linear" as const),
      model,
      rows,
      async (family, parts, rows) => {
        const onnx = linearModel(family, parts);
        const { runtime, watched, runs } = await counted(onnx);
        const quick = await withCompiledRows(watched, {
          onnx,
          ports: OWN_PORTS,
        });
        const encoded: EncodedRows = {
          data: Float32Array.from(rows.flat()),
          rows: rows.length,
        };
        const { score, most } = quick.few ?? assert.fail();
        assert.ok(rows.length <= most);
        const said = await runtime.run(encoded);
        assert.deepEqual(scoreRows(score, encoded), [...said]);
        assert.equal(runs(), 1);
        await quick.release();
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("many rows, other links, and a runtime that differs are left to the runtime", async () => {
  const parts = [1, 2, 3].map((n) => Array.from({ length: COLUMNS }, () => n));
  const one = { data: new Float32Array(COLUMNS), rows: 1 };
  const many = { data: new Float32Array(COLUMNS * 33), rows: 33 };
  const logistic = linearModel("logistic", parts);
  const poisson = linearModel("poisson", parts);
  const odd = await counted(logistic);
  const differing: Runtime = {
    ...odd.watched,
    run: async (encoded) => (await odd.watched.run(encoded)).map((x) => x / 2),
  };
  for (
    const [onnx, runtime, encoded, asked] of [
      [logistic, await counted(logistic), many, 1],
      [poisson, await counted(poisson), one, 0],
      [logistic, { ...odd, watched: differing }, one, 1],
    ] as const
  ) {
    const quick = await withCompiledRows(runtime.watched, {
      ...{ onnx, ports: OWN_PORTS },
    });
    assert.ok(encoded.rows > (quick.few?.most ?? 0));
    assert.equal(runtime.runs(), asked);
    await quick.release();
  }
});
