/**
 * The posterior's slopes are exact, for every form it may have.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { ADSTOCKS } from "./adstock.ts";
import { randomProblem } from "./fixtures/random_problem.ts";
import { createPosterior } from "./posterior.ts";
import { SATURATIONS } from "./saturation.ts";

const FORMS = ADSTOCKS.flatMap((adstock) =>
  SATURATIONS.map((saturation) => ({ adstock, saturation }))
);

const STEP = 1e-5;
/** What a difference of two densities may be off by, as a share of them. */
const ROUNDING = 1e-14;

Deno.test.each(FORMS)(
  "logDensity() has exact slopes: $adstock, $saturation",
  ({ adstock, saturation }) => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer(),
          geos: fc.integer({ min: 1, max: 3 }),
          likelihood: fc.constantFrom("normal" as const, "student_t" as const),
          shapesVary: fc.boolean(),
          lifts: fc.boolean(),
        }),
        (plan) => {
          const problem = randomProblem({ ...plan, adstock, saturation });
          const posterior = createPosterior(problem);
          const random = seededRandom(plan.seed + 1);
          const point = Float64Array.from(
            { length: posterior.size },
            () => 0.7 * random.normal(),
          );
          const gradient = new Float64Array(posterior.size);
          const unused = new Float64Array(posterior.size);
          const density = posterior.logDensity(point, gradient);
          fc.pre(Number.isFinite(density));
          const rounding = ROUNDING * Math.abs(density) / STEP;
          gradient.forEach((slope, at) => {
            const densityAt = (shift: number) => {
              const moved = point.slice();
              moved[at] = (moved[at] ?? 0) + shift;
              return posterior.logDensity(moved, unused);
            };
            const want = (densityAt(STEP) - densityAt(-STEP)) / (2 * STEP);
            const slack = 4e-5 * (1 + Math.abs(want)) + rounding;
            assert.ok(
              Math.abs(slope - want) < slack,
              `${posterior.layout.names[at]}: ${slope} is not ${want}`,
            );
          });
        },
      ),
      { numRuns: 25 },
    );
  },
);
