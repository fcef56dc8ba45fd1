/**
 * The nearest value of one fact at which a verdict turns.
 *
 * @module
 */
import type { Fact, Verdict } from "../../domain/verdict.ts";
import { CATALOGUE } from "../language/catalogue.ts";
import { type FactRead, factsOf } from "../language/expression.ts";
import type { Outcome } from "../language/interpret.ts";
import { factsSeenBy } from "../judge/seen.ts";
import { factIn, type Question, withFact } from "./question.ts";
import type { Heard } from "./relevant.ts";
import {
  dependsOn,
  type Inquiry,
  turningNumbers,
  turningTexts,
} from "./turning_points.ts";

/** Fractions are searched in thousandths. */
const FRACTIONS = 1000;
/** Numbers that far on both sides are tried too, in doubling steps. */
const DOUBLINGS = 50;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** How values are tried. */
export interface Search {
  /** Judges; null when the search has used up its judgements. */
  judge(question: Question): Verdict | null;
  /** Whether a verdict, on what was asked, is the one sought. */
  turns(verdict: Verdict, question: Question): boolean;
  readonly heard: readonly Heard[];
}

/**
 * Finds the nearest value of a fact at which the verdict turns.
 *
 * @returns Null where none is found; `to` is null where the fact must be missing, which
 * is tried of the caller's constraints alone.
 */
export function turnFact(
  fact: FactRead,
  search: Search,
  question: Question,
): { readonly to: Fact } | null {
  const turns = (value: Fact): boolean => {
    const asked = withFact(question, fact.path, value);
    const verdict = search.judge(asked);
    return verdict !== null && search.turns(verdict, asked);
  };
  const from = factIn(question, fact.path);
  const to = findValue(fact, { search, question, turns });
  if (to !== null) return { to };
  const removable = fact.path.startsWith("constraints.") && from !== null;
  return removable && turns(null) ? { to: null } : null;
}

interface Trial {
  readonly search: Search;
  readonly question: Question;
  turns(value: Fact): boolean;
}

function findValue(fact: FactRead, trial: Trial): Fact {
  const from = factIn(trial.question, fact.path);
  switch (fact.type) {
    case "boolean":
      return [true, false].filter((flag) => flag !== from).find(trial.turns) ??
        null;
    case "string":
      return findText(fact, trial);
    case "integer":
    case "number":
      return findNumber(fact, trial);
    default:
      return null;
  }
}

function inquiriesOf(
  { path }: FactRead,
  { search, question }: Trial,
): readonly Inquiry[] {
  return search.heard.filter(({ facts }) =>
    facts.some((fact) => dependsOn(fact, path))
  ).flatMap(({ rule, expressions }) =>
    expressions.map((expression) => ({
      expression,
      seen(value: Outcome) {
        if (!factsOf(expression).some(isAmount)) {
          return withFact(question, path, value).facts;
        }
        const micros = typeof value === "number" ? valid(value) : value;
        const given = path.startsWith("amount.") ? micros : value;
        const asked = withFact(question, path, given);
        const verdict = search.judge(asked);
        return verdict === null ? {} : factsSeenBy(rule, asked, verdict);
      },
    }))
  );
}

function isAmount({ path }: FactRead): boolean {
  return path.startsWith("amount.");
}

/** Amounts are whole and not negative. */
function valid(micros: number): number {
  return Math.min(Math.max(Math.round(micros), 0), LARGEST);
}

function findText(fact: FactRead, trial: Trial): string | null {
  const from = factIn(trial.question, fact.path);
  const known = inquiriesOf(fact, trial).flatMap((inquiry) =>
    turningTexts(fact.path, inquiry)
  );
  const texts = [...new Set(known)].filter((text) => text !== from);
  const other = nameOther([...texts, String(from)]);
  return [...texts, other].find(trial.turns) ?? null;
}

/** A text that no rule names. */
function nameOther(known: readonly string[]): string {
  let name = "other";
  while (known.includes(name)) name = `another_${name}`;
  return name;
}

function findNumber(fact: FactRead, trial: Trial): number | null {
  const found = factIn(trial.question, fact.path);
  const from = typeof found === "number" ? found : null;
  const starts = startsFrom(trial.question, fact.path, from ?? 0);
  const turning = inquiriesOf(fact, trial).flatMap((inquiry) =>
    turningNumbers(fact.path, inquiry, starts)
  );
  const whole = fact.type === "integer" ||
    [from ?? 0, ...turning].every(Number.isInteger);
  const grid = whole ? 1 : FRACTIONS;
  const points = placePoints(turning, { path: fact.path, from, grid });
  const turns = (place: number) => trial.turns(place / grid);
  if (from === null) {
    const nearest = points.toSorted((a, b) => Math.abs(a) - Math.abs(b));
    const place = nearest.find(turns);
    return place === undefined ? null : place / grid;
  }
  const up = walk(Math.floor(from * grid), points, turns);
  const down = walk(Math.ceil(from * grid), points.toReversed(), turns);
  const places = [up, down].filter((place) => place !== null);
  const [near] = places.toSorted((a, b) =>
    Math.abs(a - from * grid) - Math.abs(b - from * grid)
  );
  return near === undefined ? null : near / grid;
}

function startsFrom(
  { options }: Question,
  path: string,
  from: number,
): readonly number[] {
  const current = path === "amount.micros" ? options.currentMicros ?? 0 : 0;
  return [from, 0, 2 * from + 1, 0.5 * current, 1.5 * current];
}

/** Turning points and their neighbours, and steps that double, sorted on the grid. */
function placePoints(
  turning: readonly number[],
  { path, from, grid }: {
    readonly path: string;
    readonly from: number | null;
    readonly grid: number;
  },
): readonly number[] {
  const [least, most] = CATALOGUE.find(path)?.range ?? [-LARGEST, LARGEST];
  const around = turning.flatMap((value) => {
    const [low, high] = [Math.floor(value * grid), Math.ceil(value * grid)];
    return [low - 1, low, high, high + 1];
  });
  const start = Math.round((from ?? 0) * grid);
  const far = Array.from({ length: DOUBLINGS }, (_, power) => 2 ** power)
    .flatMap((step) => [start - step, start + step]);
  const places = [0, least * grid, most * grid, ...around, ...far]
    .filter((place) => Number.isSafeInteger(place))
    .filter((place) => place >= least * grid && place <= most * grid);
  return [...new Set(places)].sort((a, b) => a - b);
}

/** The first place at which it turns, walking from a start in the order given. */
function walk(
  start: number,
  points: readonly number[],
  turns: (place: number) => boolean,
): number | null {
  const [first = 0, second = 0] = [points[0], points.at(-1)];
  const upward = first <= second;
  let before = start;
  for (const point of points) {
    if (upward ? point <= start : point >= start) continue;
    if (turns(point)) return narrow(before, point, turns);
    before = point;
  }
  return null;
}

/** Halves what lies between a place that does not turn and one that does. */
function narrow(
  still: number,
  turned: number,
  turns: (place: number) => boolean,
): number {
  let [low, high] = [still, turned];
  while (Math.abs(high - low) > 1) {
    const middle = low + Math.trunc((high - low) / 2);
    if (turns(middle)) high = middle;
    else low = middle;
  }
  return high;
}
