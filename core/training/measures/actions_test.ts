/**
 * Rows under other actions, and what choosing by a model would bring.
 *
 * @module
 */
import assert from "node:assert/strict";
import { encode, type InputSchema } from "../../domain/encoding.ts";
import { policyValue } from "../../domain/policy_value.ts";
import { seededRandom } from "../../domain/random.ts";
import { plantRows, prepare } from "../checks/planted_rows.ts";
import { encodeRows } from "../dataset.ts";
import { learnSchema } from "../schema.ts";
import type { RowsSpec } from "../spec.ts";
import { actionMeasures, checkRandomised } from "./actions.ts";
import { underAction, withShuffled } from "./what_if.ts";

const NAMES = ["mail", "call", "none"];

const USE = {
  kind: "action",
  valueMicros: 10n,
  currency: "EUR",
  actions: NAMES,
  costMicros: { mail: 1n, call: 2n },
  control: "none",
} as RowsSpec["use"] & { kind: "action" };

/** People for whom mail works if they are young, and calls never. */
function experiment(seed: number, drawn: (young: boolean) => number) {
  const random = seededRandom(seed);
  const rows = 9000;
  const young = Array.from({ length: rows }, () => random.next() < 0.5);
  const taken = Uint8Array.from(
    young,
    (one) => Math.min(2, Math.floor(3 * (random.next() * drawn(one)))),
  );
  const chance = (row: number, action: number) =>
    0.2 + (action === 0 && young[row] ? 0.4 : 0);
  const label = Float64Array.from(
    taken,
    (action, row) => random.next() < chance(row, action) ? 1 : 0,
  );
  const scores = NAMES.map((_, action) =>
    Float64Array.from(young, (_, row) => chance(row, action))
  );
  return { rows, young, taken, label, scores };
}

Deno.test("actionMeasures() values choosing as the domain's estimator does, and near the truth", () => {
  const { rows, taken, label, scores, young } = experiment(1, () => 1);
  const actions = { names: NAMES, firstColumn: 0, control: 2, taken };
  const ones = new Uint32Array(rows).fill(1);
  const measured = actionMeasures(USE, { label, actions, scores })(ones);
  const shares = NAMES.map((_, action) =>
    taken.filter((one) => one === action).length / rows
  );
  const { snips } = policyValue(
    {
      outcome: label.map((one) => 10 * one),
      taken,
      chances: shares,
      costs: [1, 2, 0],
    },
    Uint8Array.from(young, (one) => one ? 0 : 2),
  );
  const policy = measured.policy_value_micros ?? NaN;
  assert.ok(Math.abs(policy - snips.value) < 1e-9);
  assert.ok(Math.abs(policy - (0.5 * (6 - 1) + 0.5 * 2)) < 0.25, `${policy}`);
  assert.ok(Math.abs((measured.control_value_micros ?? NaN) - 2) < 0.25);
  assert.ok((measured.policy_gain_micros ?? 0) > 0.2);
  assert.ok((measured.qini ?? 0) > 0.05);
});

async function checkedOf(drawn: (young: boolean) => number) {
  const { spec, rows } = await plantRows({ seed: 3, rows: 9000 });
  const { young, taken } = experiment(2, drawn);
  const columns = [...rows.columns];
  columns[3] = young.map((one) => one ? 1 : 0);
  return await prepare({ ...spec, use: USE }, {
    ...rows,
    columns,
    control: "none",
    labels: rows.labels.map((label, row) => ({
      ...label,
      action: NAMES[taken[row] ?? 0] ?? null,
    })),
  });
}

Deno.test("checkRandomised() tells who chose from who was chosen", async () => {
  assert.deepEqual(await checkRandomised(await checkedOf(() => 1)), []);
  const found = await checkRandomised(
    await checkedOf((young) => young ? 0.8 : 1),
  );
  assert.ok(found.length > 0);
  assert.ok(found.every(({ code }) => code === "not_randomised"));
});

Deno.test("checkRandomised() counts entities, not their many rows", async () => {
  const { rows, ...checked } = await checkedOf(() => 1);
  for (let seed = 1; seed <= 6; seed++) {
    const random = seededRandom(seed);
    const people = Array.from({ length: 200 }, () => ({
      traits: rows.columns.map(() => random.normal()),
      action: random.next() < 0.5 ? "mail" : "none",
    }));
    const personOf = (row: number) => people[row % people.length];
    const few = {
      ...rows,
      columns: rows.columns.map((column, input) =>
        column.map((_, row) => personOf(row)?.traits[input] ?? null)
      ),
      labels: rows.labels.map((label, row) => ({
        ...label,
        entities: { subject: `s-${row % people.length}` },
        action: personOf(row)?.action ?? null,
      })),
    };
    assert.deepEqual(await checkRandomised({ ...checked, rows: few }), []);
  }
});

Deno.test.each([
  { note: "plain", crossed: false, coded: false },
  { note: "crossed", crossed: true, coded: false },
  { note: "coded", crossed: false, coded: true },
])(
  "rows under another action are those encoded so: $note",
  async ({ crossed, coded }) => {
    const { rows, split } = await checkedOf(() => 1);
    const schema = await learnSchema(rows, split.train, {
      ...{ missing: "native", crossed, coded, actions: NAMES },
    });
    const places = split.holdout.slice(0, 50);
    const dataset = await encodeRows(schema, rows, places);
    for (const [place, action] of NAMES.entries()) {
      const labels = rows.labels.map((label) => ({ ...label, action }));
      assert.deepEqual(
        underAction(schema, dataset, place),
        (await encodeRows(schema, { ...rows, labels }, places)).columns,
      );
    }
    const from = places.map((_, row) => (row * 7) % places.length);
    schema.inputs.forEach((_, input) => {
      const dealt = withShuffled(schema, dataset, { input, from });
      const wanted = [...places].map((place, row) =>
        encodeOne(schema, {
          values: schema.inputs.map((_, other) =>
            rows.columns[other]
              ?.[(other === input ? places[from[row] ?? 0] : place) ?? 0] ??
              null
          ),
          action: rows.labels[place]?.action ?? null,
        })
      );
      assert.deepEqual(
        wanted,
        wanted.map((_, row) => dealt.map((column) => column[row])),
      );
    });
  },
);

function encodeOne(
  schema: InputSchema,
  row: Parameters<typeof encode>[1],
): number[] {
  const out = new Float32Array(100);
  return [...out.subarray(0, encode(schema, row, out))];
}
