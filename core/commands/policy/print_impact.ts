/**
 * What a replay of policies found, as tables.
 *
 * @module
 */
import {
  type Flip,
  type Impact,
  IMPACT_GROUPS,
  type ImpactMoney,
  type ImpactRow,
  type PolicyOutcome,
} from "../../decisions/policy_replay/impact.ts";
import { decimalFromMicros } from "../../domain/money.ts";
import { printTable } from "../terminal.ts";

const MOST_ROWS = 10;

/** Prints totals, then what flips by rule, channel, campaign and audience, then samples. */
export function printImpact(impact: Impact): string[] {
  return [
    ...printTotals(impact),
    ...printMoney(impact.money),
    ...IMPACT_GROUPS.flatMap((group) => printGroup(group, impact.by[group])),
    ...printSamples(impact.samples),
  ];
}

function printTotals(
  { decisions, flips, tighter, looser, skipped }: Impact,
): string[] {
  const share = decisions === 0 ? 0 : 100 * flips / decisions;
  return [
    `${decisions} decisions, ${flips} come out otherwise (${
      share.toFixed(2)
    } %): ${tighter} tighter, ${looser} looser, ${
      flips - tighter - looser
    } another way`,
    ...Object.entries(skipped).map(([cause, count]) =>
      `${count} could not be settled again: ${cause}`
    ),
  ];
}

function printMoney(money: readonly ImpactMoney[]): string[] {
  if (money.length === 0) return [];
  return [
    "",
    ...printTable(
      [
        { heading: "currency" },
        { heading: "bids before", numeric: true },
        { heading: "after", numeric: true },
        { heading: "expected worth before", numeric: true },
        { heading: "after", numeric: true },
      ],
      money.map((one) => [
        one.currency,
        ...[one.bidsBefore, one.bidsAfter, one.worthBefore, one.worthAfter]
          .map(printMicros),
      ]),
    ),
  ];
}

function printGroup(group: string, rows: readonly ImpactRow[]): string[] {
  const flipped = rows.filter(({ flips }) => flips > 0);
  if (flipped.length === 0) return [];
  const more = flipped.length - MOST_ROWS;
  const columns = ["decisions", "flips", "tighter", "looser"] as const;
  return [
    "",
    ...printTable(
      [
        { heading: group },
        ...columns.map((heading) => ({ heading, numeric: true })),
      ],
      flipped.slice(0, MOST_ROWS).map((row) => [
        row.key,
        ...columns.map((column) => String(row[column])),
      ]),
    ),
    ...more > 0 ? [`and ${more} more`] : [],
  ];
}

function printSamples(samples: readonly Flip[]): string[] {
  if (samples.length === 0) return [];
  return [
    "",
    ...printTable(
      ["decision", "at", "channel", "before", "after", "because of"]
        .map((heading) => ({ heading })),
      samples.map((flip) => [
        flip.decisionId,
        flip.at,
        flip.channel ?? "",
        printOutcome(flip.before, flip.currency),
        printOutcome(flip.after, flip.currency),
        flip.rules.join(" "),
      ]),
    ),
  ];
}

function printOutcome(
  { action, bidMicros }: PolicyOutcome,
  currency: string,
): string {
  return action ?? `${printMicros(bidMicros ?? 0)} ${currency}`;
}

function printMicros(micros: number): string {
  return decimalFromMicros(BigInt(Math.round(micros)), 2);
}
