/**
 * Whatever people, services, time and two nodes do, the promises A1 to A12 hold; and a
 * workflow that breaks one of them is found out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CHANGE_STATES } from "../domain/change.ts";
import { ACTS } from "./acts.ts";
import { findViolations } from "./history_check_test.ts";
import { FAULTS } from "./history_faults_test.ts";
import { walkHistory } from "./history_walk_test.ts";
import { MEASURED_FAULTS } from "./measured_check_test.ts";

const HISTORIES = 10_000;
const ANSWERS = fc.array(fc.nat({ max: 0xffff }), {
  minLength: 60,
  maxLength: 360,
  size: "max",
});
const EVERY_FAULT = [...FAULTS, ...MEASURED_FAULTS];
/** More histories than any fault here stays hidden in. */
const ENOUGH = 10_000;

Deno.test(`none of ${HISTORIES} histories breaks a promise`, async () => {
  const states = new Set<string>();
  const acts = new Set<string>();
  const property = fc.asyncProperty(ANSWERS, async (answers) => {
    const history = await walkHistory(answers);
    assert.deepEqual(findViolations(history), []);
    for (const { act, to } of history.store.events()) {
      acts.add(act);
      states.add(to);
    }
  });
  await fc.assert(property, { numRuns: HISTORIES });
  assert.deepEqual([...states].sort(), [...CHANGE_STATES].sort());
  assert.deepEqual([...acts].sort(), ["propose", ...Object.keys(ACTS)].sort());
});

Deno.test("every promise is broken by a fault", () => {
  const promises = new Set(EVERY_FAULT.map(({ promise }) => promise));
  const wanted = Array.from({ length: 12 }, (_, at) => `A${at + 1}`);
  assert.deepEqual([...promises].sort(), wanted.sort());
});

Deno.test.each(EVERY_FAULT)(
  "it is found out if $name ($promise)",
  async ({ promise, fault }) => {
    for (const answers of fc.sample(ANSWERS, { numRuns: ENOUGH, seed: 1 })) {
      const history = await walkHistory(answers, fault);
      const found = findViolations(history);
      if (found.some((violation) => violation.startsWith(`${promise} `))) {
        return;
      }
    }
    assert.fail(`${promise} was broken in ${ENOUGH} histories, and unseen`);
  },
);
