/**
 * However geographies are searched, the posterior is the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { randomProblem } from "./fixtures/random_problem.ts";
import { createPosterior } from "./posterior.ts";

Deno.test("centring changes the search and not the posterior", () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    const problem = randomProblem({
      seed,
      adstock: "geometric",
      saturation: "hill",
      geos: 3,
      likelihood: "normal",
      shapesVary: true,
      lifts: true,
    });
    const distant = createPosterior({
      ...problem,
      centring: new Float64Array(problem.centring.length),
    });
    const centred = createPosterior(problem);
    const random = seededRandom(seed + 1);
    const point = Float64Array.from(
      { length: distant.size },
      () => 0.5 * random.normal(),
    );
    const moved = point.slice();
    let volume = 0;
    distant.layout.varying.forEach(({ value, spread, first }, which) => {
      for (let geo = 0; geo < 3; geo++) {
        const share = problem.centring[3 * which + geo] ?? 0;
        const log = point[spread] ?? 0;
        moved[first + geo] = share * (point[value] ?? 0) +
          Math.exp(share * log) * (point[first + geo] ?? 0);
        volume += share * log;
      }
    });
    const unused = new Float64Array(point.length);
    const want = distant.logDensity(point, unused) - volume;
    const got = centred.logDensity(moved, unused);
    assert.ok(Math.abs(got - want) < 1e-8 * (1 + Math.abs(want)));
    centred.values.forEach((own, geo) =>
      own.forEach((value, at) =>
        assert.ok(Math.abs(value - (distant.values[geo]?.[at] ?? NaN)) < 1e-9)
      )
    );
  }));
});
