/**
 * A plan as a person reads it in a terminal.
 *
 * @module
 */
import { decimalFromMicros } from "../domain/money.ts";
import type { Plan } from "../domain/plan.ts";
import { printTable } from "./terminal.ts";

/** Limits that are told, the dearest first. */
const BINDING = 5;
/** Entities of a schedule that are told. */
const COLUMNS = 6;

/**
 * Prints a plan as a table, with its certificate below.
 *
 * @param made The plan.
 * @returns Lines.
 */
export function printPlan(made: Plan): string[] {
  const { objective, recommendations, currency } = made;
  const rows = recommendations.map((row) => [
    row.entity,
    row.parent ?? "",
    units(row.currentMicros),
    units(row.budgetMicros),
    change(row.currentMicros, row.budgetMicros),
    row.marginalOutcome.toFixed(2),
    printBinding(row),
  ]);
  return [
    `${made.id}  ${made.state}  ${made.period.from} … ${made.period.until}  model ${made.modelVersion}`,
    "",
    ...printTable(
      [
        { heading: "entity" },
        { heading: "parent" },
        { heading: `now ${currency}`, numeric: true },
        { heading: `plan ${currency}`, numeric: true },
        { heading: "change", numeric: true },
        { heading: "marginal", numeric: true },
        { heading: "held by" },
      ],
      rows,
    ),
    "",
    `total ${units(made.totalMicros)} ${currency}; expected ${
      printOutcome(objective.outcome, made)
    }, as things are ${printOutcome(objective.currentOutcome, made)}`,
    `no plan brings more than ${
      printOutcome(objective.upperBound, made)
    }: gap ${
      objective.gap.toExponential(1)
    }; ${made.binding.length} constraints bind`,
    ...printProof(made),
    ...printSchedule(made),
    ...new Set(
      recommendations.flatMap(({ entity, warnings }) =>
        warnings.map((warning) => `${entity}: ${warning}`)
      ),
    ),
  ];
}

/** What was maximised, how sure the outcome is, and what would bring most. */
function printProof(made: Plan): string[] {
  const { objective: { goal }, forecast, binding, unspentMicros = 0n } = made;
  const dearest = binding.filter(({ text }) => text !== undefined)
    .toSorted((a, b) => Math.abs(b.shadowPrice) - Math.abs(a.shadowPrice));
  return [
    ...goal
      ? [
        `maximised: ${goal.measure}, ${
          goal.value.toPrecision(6)
        } ${goal.unit}; as things are ${goal.current.toPrecision(6)}`,
      ]
      : [],
    ...forecast
      ? [
        `${forecast.share * 100} % of ${forecast.draws} cases bring ${
          printOutcome(forecast.outcome[0], made)
        } to ${printOutcome(forecast.outcome[1], made)}; ${
          (forecast.beatsToday * 100).toFixed(0)
        } % bring more than today's spend`,
      ]
      : [],
    ...unspentMicros > 0n
      ? [`${units(unspentMicros)} ${made.currency} of the total is left`]
      : [],
    ...dearest.slice(0, BINDING).map(({ text }) => `${text}`),
  ];
}

/** What each slot gets, and what timing is worth. */
function printSchedule({ schedule, currency }: Plan): string[] {
  if (schedule === undefined) return [];
  const { by, slots, entities, outcome, uniformOutcome } = schedule;
  const shown = entities.slice(0, COLUMNS);
  const rows = slots.map(({ from }, at) => [
    from,
    units(entities.reduce((sum, { micros }) => sum + (micros[at] ?? 0n), 0n)),
    ...shown.map(({ micros }) => units(micros[at] ?? 0n)),
  ]);
  const more = entities.length - shown.length;
  const gain = uniformOutcome === null || uniformOutcome === 0
    ? ""
    : `; timing is worth ${
      ((outcome / uniformOutcome - 1) * 100).toFixed(1)
    } % more than spending alike every day`;
  return [
    "",
    ...printTable(
      [
        { heading: by },
        { heading: `all ${currency}`, numeric: true },
        ...shown.map(({ entity }) => ({ heading: entity, numeric: true })),
      ],
      rows,
    ),
    `laid out by the ${by}${more > 0 ? `, ${more} more in --json` : ""}${gain}`,
  ];
}

/** Rules that hold the budget where it is, or changed it. */
function printBinding(
  { applied, budgetMicros, boundsMicros }: Plan["recommendations"][number],
): string {
  const [lo, hi] = boundsMicros;
  const binding = applied.filter(({ effect, beforeMicros, afterMicros }) =>
    effect === "deny" ||
    (effect === "floor" && budgetMicros === lo) ||
    (effect === "cap" && budgetMicros === hi) ||
    (effect === "adjust" && beforeMicros !== afterMicros)
  );
  return [...new Set(binding.map(({ rule }) => rule))].join(" ");
}

function printOutcome(
  outcome: number,
  { objective: { unit }, currency }: Plan,
): string {
  return unit.endsWith("_micros")
    ? `${(outcome / 1e6).toFixed(2)} ${currency} of ${unit.slice(0, -7)}`
    : `${outcome.toPrecision(6)} ${unit}`;
}

function units(micros: bigint): string {
  return decimalFromMicros((micros / 10_000n) * 10_000n, 2);
}

function change(before: bigint, after: bigint): string {
  if (before === 0n) return after === 0n ? "" : "new";
  const share = Number(after - before) / Number(before);
  return `${share >= 0 ? "+" : "−"}${(Math.abs(share) * 100).toFixed(1)} %`;
}
