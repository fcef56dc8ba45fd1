/**
 * Benchmarks: `deno task bench [--only NAME] [--json FILE] [--write]`.
 *
 * Each row compares with a peer or a physical limit measured in the same run,
 * interleaved; the figures are medians. `--write` renews the table in README.md, with
 * `--only` the rows of that benchmark: all that was measured is in measured.json.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { openTerminal, printTable } from "../../core/commands/terminal.ts";

/** One measured figure. */
export interface Row {
  /** Stable name. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the ratio compares with. */
  readonly against: string;
  /** value ÷ the other's value, in the same unit; null where nothing compares. */
  readonly ratio: number | null;
}

/** A benchmark: one file of this folder. */
export interface Bench {
  readonly name: string;
  /** Measures; an empty answer means that its data is absent, as it says on standard error. */
  run(): Promise<readonly Row[]>;
}

const terminal = openTerminal();
const NAMES = [
  "policy_set",
  "policy_replay",
  "plan_10k",
  "plan_scale",
  "plan_instances",
  "flighting",
  "pacing",
  "score_http",
  "ingest",
  "feature_read",
  "materialise",
  "feature_stream",
  "training_join",
  "boosting",
  "mix",
];
const README = new URL("README.md", import.meta.url);
const MEASURED = new URL("measured.json", import.meta.url);
const MARK = "<!-- measured -->";

/**
 * Runs contestants in turn and takes each one's median.
 *
 * @param contestants What to time; each answers the seconds of one trial.
 * @param rounds How many turns; the first is not counted.
 * @returns Median seconds of each contestant.
 */
export async function interleave(
  contestants: readonly (() => number | Promise<number>)[],
  rounds: number,
): Promise<number[]> {
  const times = contestants.map(() => [] as number[]);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const seconds = await contestant();
      if (round > 0) times[index]?.push(seconds);
    }
  }
  return times.map(median);
}

/**
 * Takes the median.
 *
 * @param values At least one number.
 * @returns The middle one, or the mean of the two in the middle.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1
    ? upper
    : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function printRows(rows: readonly Row[]): string[] {
  return printTable(
    [
      { heading: "name" },
      { heading: "value", numeric: true },
      { heading: "unit" },
      { heading: "ratio", numeric: true },
      { heading: "against" },
    ],
    rows.map(({ name, value, unit, against, ratio }) => [
      name,
      print(value),
      unit,
      ratio === null ? "" : print(ratio),
      against,
    ]),
  );
}

function print(value: number): string {
  return value === 0 || Math.abs(value) >= 1e-3
    ? String(Number(value.toPrecision(4)))
    : value.toExponential(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string" },
      json: { type: "string" },
      write: { type: "boolean" },
    },
  });
  const all = await Promise.all(
    NAMES.map(async (file): Promise<Bench> =>
      (await import(`./${file}.ts`)).default
    ),
  );
  const chosen = all.filter(({ name }) =>
    values.only === undefined || values.only === name
  );
  if (chosen.length === 0) {
    const known = all.map(({ name }) => name).join(", ");
    terminal.warn(`Cannot measure "${values.only}": there are ${known}`);
    Deno.exit(1);
  }
  const rows: Row[] = [];
  for (const bench of chosen) {
    terminal.warn(`measuring ${bench.name} …`);
    rows.push(...await bench.run());
  }
  printRows(rows).forEach(terminal.line);
  if (values.json) {
    Deno.writeTextFileSync(values.json, JSON.stringify(rows, null, 2));
  }
  if (values.write) writeTable(values.only === undefined ? rows : renew(rows));
}

/** What was measured before, with these rows in place of those of their names. */
function renew(rows: readonly Row[]): Row[] {
  const kept: Row[] = JSON.parse(Deno.readTextFileSync(MEASURED));
  const renewed = new Map(
    [...kept, ...rows].map((row) => [row.name, row] as const),
  );
  return [...renewed.values()];
}

function writeTable(rows: readonly Row[]): void {
  Deno.writeTextFileSync(MEASURED, JSON.stringify(rows, null, 2) + "\n");
  const [head] = Deno.readTextFileSync(README).split(MARK);
  const table = printRows(rows).join("\n");
  const text = `${head}${MARK}\n\n\`\`\`text\n${table}\n\`\`\`\n`;
  Deno.writeTextFileSync(README, text);
}

if (import.meta.main) main();
