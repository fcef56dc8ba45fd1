/**
 * Labelled rows with an honest signal, to plant faults in. For tests.
 *
 * @module
 */
import { DAY_MS } from "../../domain/day.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import type { LabelledRows } from "../dataset.ts";
import { learnSchema } from "../schema.ts";
import { parseSpec, type RowsSpec } from "../spec.ts";
import { splitRows } from "../split.ts";
import type { Checked } from "./checked.ts";

const START = Date.parse("2026-01-01T00:00:00.000Z");

/** What is known of a row when a feature of it is made up. */
export interface PlantedRow {
  readonly row: number;
  readonly label: number;
  readonly at: string;
  /** Days until the outcome; null if none came. */
  readonly delay: number | null;
  readonly random: Random;
}

/** How rows are made up. */
export interface PlantOptions {
  readonly seed: number;
  readonly rows?: number;
  /** Members of the specification. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** A feature beside the honest ones. */
  readonly feature?: (of: PlantedRow) => FeatureValue;
  /** Share of ones, as a function of the share of time that has passed. */
  readonly rate?: (passed: number) => number;
  readonly measure?: "occurs" | "value";
}

/** Reads a specification of planted rows. */
export function plantedSpec(
  { measure = "occurs", spec = {} }: Pick<PlantOptions, "measure" | "spec">,
): RowsSpec {
  return parseSpec({
    grain: "rows",
    model: "planted",
    family: "any",
    use: {
      kind: "bid",
      valueMicros: 1,
      currency: "EUR",
      targetReturnPermille: 1000,
    },
    label: {
      start: "a",
      outcome: "b",
      matchOn: "subject",
      withinDays: 7,
      measure,
    },
    features: ["v.visits", "v.age", "v.zip", "v.extra"],
    ...spec,
  }) as RowsSpec;
}

/** Two rows an entity, a month of them; visits tell a little of the label. */
export async function plantRows(options: PlantOptions): Promise<Checked> {
  const { seed, rows: count = 3000, feature, rate = () => 0.3 } = options;
  const random = seededRandom(seed);
  const spec = plantedSpec(options);
  const columns: FeatureValue[][] = [[], [], [], []];
  const labels = Array.from({ length: count }, (_, row) => {
    const at = new Date(START + Math.floor(30 * DAY_MS * row / count))
      .toISOString();
    const usual = rate(row / count);
    const visits = Math.floor(20 * random.next());
    const chance = usual * (0.4 + 1.2 * visits / 19);
    const happens = random.next() < chance ? 1 : 0;
    const label = spec.label.measure === "occurs"
      ? happens
      : happens * Math.round(1e6 * (1 + random.next()));
    const delay = happens === 1 ? 6.9 * random.next() + 0.01 : null;
    const age = random.next() < 0.1 ? null : Math.floor(80 * random.next());
    const zip = ["Rural", "Urban", "Suburban"][Math.floor(3 * random.next())];
    const extra = feature?.({ row, label, at, delay, random }) ??
      (feature ? null : Math.round(1000 * random.normal()) / 1000);
    [visits, age, zip ?? null, extra].forEach((value, place) =>
      columns[place]?.push(value)
    );
    return {
      entities: { subject: `s-${(row * 7919) % Math.ceil(count / 2)}` },
      at,
      action: null,
      properties: {},
      label,
      valueMicros: spec.label.measure === "value" ? label : 0,
      outcomeAt: delay === null
        ? null
        : new Date(Date.parse(at) + delay * DAY_MS).toISOString(),
    };
  });
  const rows: LabelledRows = {
    ids: spec.features,
    columns,
    labels,
    slices: [],
    control: null,
    views: [],
  };
  return await prepare(spec, rows);
}

/** Splits rows and learns their schema. */
export async function prepare(
  spec: RowsSpec,
  rows: LabelledRows,
): Promise<Checked> {
  const { seed, label: { matchOn, withinDays } } = spec;
  const split = splitRows(
    rows.labels.map(({ entities, at }) => ({
      id: entities[matchOn] ?? "",
      at,
    })),
    { ...spec.split, seed, withinDays },
  );
  const schema = await learnSchema(rows, split.train, {
    missing: "native",
    crossed: false,
    coded: false,
    actions: spec.use.kind === "action" ? spec.use.actions : [],
  });
  return { spec, rows, split, schema };
}
