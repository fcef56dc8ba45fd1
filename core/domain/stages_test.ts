/** Times of stages, on a clock that is told. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { STAGES, StageTimes } from "./stages.ts";

Deno.test("stages add up to the time of the request, whatever their order", () => {
  const passed = fc.array(
    fc.record({
      stage: fc.constantFrom(...STAGES),
      ms: fc.integer({ min: 1, max: 1000 }),
    }),
  );
  fc.assert(fc.property(passed, (laps) => {
    let now = 5000;
    const times = new StageTimes(() => now);
    for (const { stage, ms } of laps) {
      now += ms;
      times.end(stage);
    }
    const whole = laps.reduce((sum, { ms }) => sum + ms, 0);
    assert.equal(times.elapsedMs(), whole);
    assert.equal(times.tookMs.reduce((sum, ms) => sum + ms, 0), whole);
    for (const [place, stage] of STAGES.entries()) {
      const own = laps.filter((lap) => lap.stage === stage);
      const took = own.reduce((sum, { ms }) => sum + ms, 0);
      assert.equal(times.tookMs[place], took, stage);
      if (own.length === 0) continue;
      const first = laps.findIndex((lap) => lap.stage === stage);
      const before = laps.slice(0, first).reduce((sum, { ms }) => sum + ms, 0);
      assert.equal(times.begunMs[place], before, stage);
    }
  }));
});
