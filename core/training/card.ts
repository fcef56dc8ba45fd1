/**
 * A model's card: what it is for, what it learnt from, how good it is and for whom, and
 * what it must not be used for. Markdown with charts beside it; it says nothing that is
 * not in the record, and nothing of anybody in particular.
 *
 * @see Mitchell et al. (2019), Model Cards for Model Reporting, FAT*
 * @module
 */
import type { ModelEvidence } from "../domain/evidence.ts";
import type { ModelEvent } from "../domain/model_event.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import { drawCharts } from "./card_charts.ts";
import {
  bullets,
  code,
  escape,
  paragraphs,
  round,
  section,
  table,
} from "./card_text.ts";
import { printGate } from "./gates.ts";
import { readSpec, type TrainingSpec } from "./spec.ts";

/** All that a card is made of. */
export interface CardSource {
  readonly record: ModelRecord;
  readonly evidence: ModelEvidence;
  /** The log of the model's name. */
  readonly events: readonly ModelEvent[];
}

/** Files of a card: `card.md` and the charts that it shows, by name. */
export type Card = Readonly<Record<string, string>>;

/** Writes a card; the same source gives the same text. */
export function writeCard(source: CardSource): Card {
  const charts = drawCharts(source.evidence);
  const spec = readSpec(source.record.lineage.spec);
  return {
    ...charts,
    "card.md": [
      `# ${printModelRef(source.record)}`,
      section("Purpose", purpose(source, spec)),
      section("Data", data(source, spec)),
      section("Measures", measures(source)),
      section("Charts", pictures(charts)),
      section("Groups", groups(source)),
      section("Thresholds", gates(source)),
      section("Findings", findings(source)),
      section("Tuning", tuning(source)),
      section("Limits of use", limits(source, spec)),
      section("How to make it again", again(source)),
      section("History", history(source)),
    ].join("\n\n") + "\n",
  };
}

function purpose(
  { record: { use, unit, family } }: CardSource,
  spec: TrainingSpec | null,
): string {
  const what = spec?.grain === "rows"
    ? `whether and how much ${code(spec.label.outcome)} follows ${
      code(spec.label.start)
    } within ${spec.label.withinDays} days`
    : spec?.grain === "series"
    ? `how ${code(spec.outcome.metric)} responds to spend by ${
      code(spec.spend.by)
    }`
    : "what its importer declared";
  return paragraphs([
    `Says ${what}, in the unit ${code(unit)}, for use ${
      code(use.kind)
    }. Learnt by ${code(family)}.`,
    use.kind !== "action"
      ? ""
      : `Weighs the actions ${use.actions.map(code).join(", ")}; ${
        code(use.control)
      } does nothing.`,
  ]);
}

function data(
  { record: { lineage, metrics, schema } }: CardSource,
  spec: TrainingSpec | null,
): string {
  const window = spec?.grain === "rows" ? spec.label : spec;
  const held = metrics.holdout_rows ?? metrics.holdout_periods;
  return bullets([
    `${lineage.rows} ${spec?.grain === "series" ? "periods" : "rows"} taught${
      held === undefined ? "" : `, ${held} measured`
    }`,
    `what was known as of ${lineage.asOf}`,
    window === null
      ? ""
      : `from ${window.from ?? "the beginning"} until ${
        window.until ?? "then"
      }`,
    spec?.grain === "rows"
      ? `parts by ${code(spec.split.by)}; features known ${
        spec.known === "decision" ? "at the row's own moment" : "as of then"
      }`
      : "",
    lineage.views.length === 0
      ? ""
      : `feature views ${lineage.views.map(code).join(", ")}`,
    schema.inputs.length === 0
      ? ""
      : `inputs ${schema.inputs.map(({ name }) => code(name)).join(", ")}`,
    `hash of the data ${code(lineage.datasetHash)}`,
  ]);
}

function measures({ record: { metrics }, evidence }: CardSource): string {
  return paragraphs([
    "On what was held out; intervals of 90 % by bootstrap over entities or periods.",
    table(
      ["measure", "value", "90 % interval", "baseline"],
      Object.entries(metrics).filter(([name]) => !name.startsWith("baseline_"))
        .map(([name, value]) => {
          const interval = evidence.intervals[name]?.map(round).join(" to ");
          const baseline = metrics[`baseline_${name}`];
          return [
            name,
            round(value),
            interval ?? "",
            baseline === undefined ? "" : round(baseline),
          ];
        }),
    ),
  ]);
}

function pictures(charts: Card): string {
  return paragraphs(
    Object.keys(charts).map((name) =>
      `![${name.replace(".svg", "").replaceAll("_", " ")}](./${name})`
    ),
  );
}

function groups({ evidence: { slices } }: CardSource): string {
  if (slices.length === 0) return "The specification names no groups.";
  const names = [
    ...new Set(slices.flatMap(({ metrics }) => Object.keys(metrics))),
  ];
  return table(
    ["by", "value", "rows", ...names],
    slices.map(({ by, value, rows, metrics }) => [
      by,
      value,
      `${rows}`,
      ...names.map((name) => {
        const measured = metrics[name];
        return measured === undefined ? "" : round(measured);
      }),
    ]),
  );
}

function gates({ evidence }: CardSource): string {
  return evidence.gates.length === 0
    ? "None were set."
    : bullets(evidence.gates.map((gate) =>
      `${gate.holds ? "holds" : "**does not hold**"}: ${printGate(gate)}`
    ));
}

function findings({ evidence }: CardSource): string {
  return evidence.findings.length === 0
    ? "Validation noticed nothing."
    : bullets(evidence.findings.map(({ code: name, input, text }) =>
      `${code(name)}${input === null ? "" : ` ${code(input)}`}: ${escape(text)}`
    ));
}

function tuning({ evidence: { trials } }: CardSource): string {
  if (trials.length === 0) return "Parameters were taken as given.";
  const best = trials.filter(({ effort, loss }) =>
    effort === 1 && loss !== null
  )
    .sort((a, b) => (a.loss ?? 0) - (b.loss ?? 0));
  return paragraphs([
    `${trials.length} trials, ${best.length} of them on all rows; the best:`,
    table(
      ["trial", "loss", "parameters"],
      best.slice(0, 5).map(({ number, loss, params }) => [
        `${number}`,
        round(loss ?? NaN),
        code(JSON.stringify(params)),
      ]),
    ),
  ]);
}

function limits(
  { record, evidence }: CardSource,
  spec: TrainingSpec | null,
): string {
  return bullets([
    `for use ${
      code(record.use.kind)
    } alone, on entities like those it learnt from`,
    spec?.grain === "rows"
      ? `says nothing of what comes later than ${spec.label.withinDays} days`
      : "a curve is known between the least and the greatest spend seen; beyond it is extrapolated",
    evidence.findings.some(({ code }) => code === "not_randomised")
      ? "actions were not drawn by chance: differences between them are no effects"
      : "",
    evidence.gates.some(({ holds }) => !holds)
      ? "does not hold all of its thresholds"
      : "",
    "not for decisions on credit, employment, housing, insurance or health",
  ]);
}

function again({ record }: CardSource): string {
  const { lineage } = record;
  return paragraphs([
    bullets([
      `code ${code(lineage.code)}, seed ${lineage.seed}`,
      `artifact ${code(record.artifactHash)}`,
      `made by ${escape(record.createdBy)} at ${record.createdAt}`,
    ]),
    `    moe models reproduce ${printModelRef(record)}`,
    `Specification:\n\n    ${lineage.spec}`,
  ]);
}

function history({ record, events }: CardSource): string {
  const own = events.filter(({ version }) => version === record.version);
  return own.length === 0 ? `It is ${record.status}.` : table(
    ["at", "what", "role", "by", "reason"],
    own.map(({ at, kind, alias, by, reason }) => [
      at,
      kind,
      alias ?? "",
      by,
      reason,
    ]),
  );
}
