/**
 * What is wrong with a problem file is told by field, with what belongs there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { parseProblem } from "./parse_problem.ts";

const mm = { type: "michaelis_menten", ceiling: 10, half: 5 };
const own = (more: object, entity: object = {}) => ({
  schema: "moe-plan-problem/1",
  budget: 10,
  entities: [{ id: "tv", curve: mm, ...entity }],
  ...more,
});
const drawn = { type: "sampled", draws: [mm, mm] };
const tail = { uncertainty: { type: "mean_cvar", weight: 0.5, tail: 0.1 } };
const bench = (more: object, channel: object = {}) => ({
  schema: "mmm-budget-bench/1",
  budget: 10,
  channels: [{
    ...{ id: "c0", lo: 0, hi: 9, curve: { type: "mm", beta: 1, k: 1 } },
    ...channel,
  }],
  ...more,
});
const draws = (more: object) => ({
  schema: "mmm-budget-bench-draws/1",
  ...{ budget: 1, lo: [0], hi: [1], beta: [[1]], k: [[1]], s: [[1]] },
  ...more,
});
const flight = (more: object) => ({
  schema: "mmm-flighting-bench/1",
  ...{ weeks: 2, "l_max": 1, budget: 1, alpha: [0], beta: [1], k: [1] },
  ...{ season: [1, 1], history: [[]], cap: [1], cmin: [0], cmax: [2] },
  ...{ ramp: [1], ...more },
});
const columns = (more: object) => ({
  schema: "mmm-budget-bench-bin/1",
  ...{ n: 1, budget: 1, columns: ["type", "beta", "k", "s", "lo", "hi"] },
  ...more,
});

interface Refused {
  readonly value: unknown;
  readonly want: RegExp;
  /** Numbers of the file of columns. */
  readonly bytes?: readonly number[];
}

const REFUSED: readonly Refused[] = [
  {
    value: null,
    want: /schema: is missing; give one of "moe-plan-problem\/1"/,
  },
  { value: { schema: "x/1" }, want: /schema: expected one of .*, not "x\/1"/ },
  { value: { schema: "toString" }, want: /schema: expected one of/ },
  { value: own({ budget: -1 }), want: /budget: expected 0 or more, not -1/ },
  {
    value: own({ budget: Infinity }),
    want: /budget: expected a number, not Infinity/,
  },
  {
    value: own({ budget: 1e308 }),
    want: /budget: expected 1e\+100 or less, not 1e\+308/,
  },
  {
    value: own({ returns: [{ id: "r", "most_cost": 1e-320 }] }),
    want: /returns\[0\] \("r"\)\.most_cost: expected 1e-100 or more/,
  },
  {
    value: columns({}),
    bytes: [0, 1, 1, 1, 0, 1e101],
    want: /row 0 of column "hi": expected 1e\+100 or less, not 1e\+101/,
  },
  {
    value: columns({ n: 1e300 }),
    want: /n: expected \d+ or less, not 1e\+300/,
  },
  { value: own({ budget: "9" }), want: /budget: expected a number, not "9"/ },
  {
    value: own({ budget: undefined }),
    want: /budget: is missing; give a number/,
  },
  { value: own({ entities: {} }), want: /entities: expected a list, not {}/ },
  {
    value: own({ spend: "some" }),
    want: /spend: expected "all" or "up_to", not "some"/,
  },
  {
    value: own({ speed: 1 }),
    want:
      /the file: there is no field "speed" here; the fields are schema, .*periods/,
  },
  {
    value: own({}, { id: "" }),
    want: /entities\[0\] \(""\)\.id: expected a text that is not empty/,
  },
  {
    value: own({}, { high: 1 }),
    want: /entities\[0\] \("tv"\): there is no field "high" here; .*, hi,/,
  },
  {
    value: own({}, { curve: { type: "hil" } }),
    want: /\("tv"\)\.curve\.type: expected "hill", "logistic",/,
  },
  {
    value: own({}, { curve: { ...mm, half: 0 } }),
    want: /\("tv"\)\.curve\.half: expected more than 0, not 0/,
  },
  {
    value: own({}, { curve: { type: "sampled", draws: [] } }),
    want: /curve\.draws: expected at least 1/,
  },
  {
    value: own({}, { curve: { type: "piecewise", points: [[0, 0], [0, 1]] } }),
    want: /curve\.points\[1\]: amounts must ascend/,
  },
  {
    value: own({}, { curve: { type: "piecewise", points: [[3, 0]] } }),
    want: /curve\.points\[0\]: must stand at or below "lo"/,
  },
  {
    value: own({}, { lo: -1 }),
    want: /\("tv"\)\.lo: expected 0 or more, not -1/,
  },
  {
    value: own({}, { lo: [1] }),
    want: /\("tv"\)\.lo: expected one number, as there are no "periods"/,
  },
  { value: own({}, { step: -1 }), want: /\("tv"\)\.step: expected 0 or more/ },
  {
    value: own({}, { change: 0.2 }),
    want: /\("tv"\)\.change: counts from "today"; add that/,
  },
  {
    value: own({}, { ramp: 1 }),
    want: /\("tv"\)\.ramp: means something with "periods" only/,
  },
  {
    value: own({}, { group: "g" }),
    want: /\("tv"\)\.group: there is no group "g"; add it/,
  },
  {
    value: own({ entities: [{ id: "a", curve: mm }, { id: "a", curve: mm }] }),
    want: /entities\[1\]\.id: "a" is there already/,
  },
  {
    value: own({ groups: [{ id: "g", parent: "h" }] }),
    want: /groups\[0\] \("g"\)\.parent: there is no group "h"/,
  },
  {
    value: own({
      groups: [{ id: "g", parent: "h" }, { id: "h", parent: "g" }],
    }),
    want: /in a circle/,
  },
  {
    value: own({ groups: [{ id: "g", most: 1.5 }] }),
    want: /groups\[0\] \("g"\)\.most: expected a whole number|most: expected/,
  },
  {
    value: own({ linear: [{ id: "l", terms: { radio: 1 } }] }),
    want: /linear\[0\] \("l"\)\.terms: there is no entity "radio"/,
  },
  {
    value: own({ linear: [{ id: "l", terms: { tv: "1" } }] }),
    want: /linear\[0\] \("l"\)\.terms: expected an object of numbers by entity/,
  },
  {
    value: own({ returns: [{ id: "r" }] }),
    want: /returns\[0\] \("r"\): give either "least".*or "most_cost"/,
  },
  {
    value: own({ returns: [{ id: "r", group: "g", least: 1 }] }),
    want: /returns\[0\] \("r"\)\.group: there is no group "g"/,
  },
  {
    value: own({ uncertainty: { type: "worst" } }),
    want: /uncertainty\.type: expected "mean", "mean_cvar" or "chance"/,
  },
  {
    value: own(tail),
    want: /uncertainty: there are no draws; give curves of type "sampled"/,
  },
  {
    value: own({ ...tail, objective: "profit" }, { curve: drawn }),
    want: /objective: "profit" cannot be combined with uncertainty/,
  },
  {
    value: own(tail, { curve: drawn, step: 2 }),
    want: /\("tv"\)\.step: cannot be combined with uncertainty/,
  },
  {
    value: own({
      ...tail,
      entities: [{ id: "a", curve: drawn }, {
        id: "b",
        curve: { type: "sampled", draws: [mm] },
      }],
    }),
    want:
      /entities\[1\] \("b"\)\.curve\.draws: expected 2, as others have, not 1/,
  },
  {
    value: own({ periods: { count: 0 } }),
    want: /periods\.count: expected 1 or more, not 0/,
  },
  {
    value: own({ periods: { count: 2 } }, { hi: [1] }),
    want: /\("tv"\)\.hi: expected 2 numbers, one for each period, not 1/,
  },
  {
    value: own({ periods: { count: 2 } }, { step: 1 }),
    want: /\("tv"\)\.step: cannot be combined with "periods"/,
  },
  {
    value: own({ periods: { count: 2 }, groups: [] }),
    want: /groups: cannot be combined with "periods"/,
  },
  {
    value: own({ periods: { count: 2, totals: [{}] } }),
    want: /periods\.totals: expected 2, one for each period, not 1/,
  },
  {
    value: own({ periods: { count: 2 } }, { carry_over: { decay: 1 } }),
    want: /\("tv"\)\.carry_over: expected {"decay"/,
  },
  {
    value: bench({}, { lo: "0" }),
    want: /channels\[0\] \("c0"\)\.lo: expected a number, not "0"/,
  },
  {
    value: bench({}, { curve: { type: "log" } }),
    want: /\("c0"\)\.curve\.type: expected "hill", "logistic" or "mm"/,
  },
  {
    value: draws({ lo: [0, 1] }),
    want: /lo: expected 1, one for each entity, not 2/,
  },
  { value: draws({ s: [[1, 2]] }), want: /s\[0\]: expected 1 draws, not 2/ },
  {
    value: draws({ k: [[0]] }),
    want: /k\[0\]\[0\]: expected more than 0, not 0/,
  },
  { value: flight({ season: [1] }), want: /season: expected 2 factors/ },
  {
    value: flight({ ramp: [1, 2] }),
    want: /ramp: expected 1, one for each entity, not 2/,
  },
  {
    value: flight({ alpha: [1] }),
    want: /alpha\[0\]: expected less than 1, not 1/,
  },
  {
    value: columns({ columns: ["beta"] }),
    want: /columns: there is no "type"/,
  },
  {
    value: columns({}),
    want: /n: 1 rows of 6 columns take 48 bytes, the file of columns has 0/,
  },
  {
    value: columns({}),
    bytes: [2, 1, 1, 1, 0, 1],
    want: /row 0 of column "type": expected 0 or 1, not 2/,
  },
  {
    value: columns({}),
    bytes: [0, 1, NaN, 1, 0, 1],
    want: /row 0 of column "k": expected more than 0, not NaN/,
  },
  {
    value: columns({}),
    bytes: [0, 1, 1, 1, -1, 1],
    want: /row 0 of column "lo": expected 0 or more, not -1/,
  },
];

Deno.test.each(
  REFUSED.map((row) => ({ ...row, note: row.want.source })),
)("parseProblem() refuses with $note", ({ value, want, bytes = [] }) => {
  const columns = () => new Uint8Array(Float64Array.from(bytes).buffer);
  assert.throws(
    () => parseProblem({ name: "plan.json", value, columns }),
    (error) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.code, "request_invalid");
      assert.match(error.message, /^Cannot read problem "plan\.json": /);
      assert.match(error.message, want);
      return true;
    },
  );
});
