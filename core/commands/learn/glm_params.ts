/**
 * Parameters of `moe learn glm`, in our names or in those of glmnet and
 * scikit-learn, where those say which they are.
 *
 *     l1, l2         sums over rows:  Σ loss + l1 · Σ |w| + ½ · l2 · Σ w²
 *     lambda, alpha  glmnet:          mean loss + lambda · (alpha · |w| + (1 - alpha) · w² / 2)
 *     alpha, l1_ratio  ElasticNet:    mean loss + alpha · (l1_ratio · |w| + (1 - l1_ratio) · w² / 2)
 *     C, l1_ratio    LogisticRegression: C · Σ loss + l1_ratio · |w| + (1 - l1_ratio) · w² / 2
 *
 * `alpha` alone could be either and is refused. Columns are standardised in all.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import type { GlmOptions } from "../../../models/learners/linear/glm.ts";

/** Options that the rows do not decide. */
export interface GlmParams {
  /** Null if the labels are to decide. */
  readonly family: GlmOptions["family"] | null;
  readonly steps: number;
  /** Penalties for so many rows. */
  penalties(rows: number): Pick<GlmOptions, "l1" | "l2">;
}

const FAMILIES: ReadonlyMap<string, GlmOptions["family"]> = new Map([
  ["logistic", "logistic"],
  ["binomial", "logistic"],
  ["linear", "linear"],
  ["gaussian", "linear"],
  ["squared", "linear"],
  ["poisson", "poisson"],
]);
const NUMBERS = ["l1", "l2", "lambda", "alpha", "l1_ratio", "C", "steps"];
const KNOWN = ["family", "loss", ...NUMBERS];
const DEFAULT_L2 = 1;
const DEFAULT_STEPS = 500;

/**
 * Reads parameters.
 *
 * @param text JSON object; may be empty.
 * @returns The parameters; l2 is 1 if no penalty is named.
 * @throws {EngineError} `request_invalid` if it is none, or a name or value is wrong.
 */
export function parseGlmParams(text: string): GlmParams {
  const given = parseObject(text);
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name)) {
      throw invalid(
        name,
        `there is no such parameter; ${suggestName(name, KNOWN)}`,
      );
    }
  }
  const number = (name: string) => readNumber(given, name);
  const penalties = readPenalties(number);
  const steps = number("steps") ?? DEFAULT_STEPS;
  if (!Number.isInteger(steps) || steps < 1) {
    throw invalid("steps", "it must be a whole number above 0");
  }
  return { family: readFamily(given), steps, penalties };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw new EngineError(
      "request_invalid",
      "Cannot read option --params: it is not JSON",
      { cause },
    );
  }
  throw new EngineError(
    "request_invalid",
    'Cannot read option --params: it is no JSON object such as {"l2":1}',
  );
}

function readNumber(
  given: Readonly<Record<string, unknown>>,
  name: string,
): number | null {
  const value = given[name];
  if (value === undefined) return null;
  const isSound = typeof value === "number" && value >= 0 && value < Infinity;
  if (!isSound) throw invalid(name, "it must be a number from 0 up");
  return value;
}

function readFamily(
  { family, loss }: Readonly<Record<string, unknown>>,
): GlmOptions["family"] | null {
  if (family !== undefined && loss !== undefined && family !== loss) {
    throw invalid("loss", "family says the same; give one of them");
  }
  const word = family ?? loss;
  if (word === undefined) return null;
  const found = FAMILIES.get(String(word));
  if (found) return found;
  const known = [...FAMILIES.keys()];
  throw invalid(
    family === undefined ? "loss" : "family",
    `"${word}" is none; ${suggestName(String(word), known)}`,
  );
}

function readPenalties(
  number: (name: string) => number | null,
): GlmParams["penalties"] {
  const [l1, l2] = [number("l1"), number("l2")];
  const [lambda, alpha] = [number("lambda"), number("alpha")];
  const [ratio, inverse] = [number("l1_ratio"), number("C")];
  const ways = [l1 ?? l2, lambda, lambda === null ? alpha : null, inverse];
  if (ways.filter((way) => way !== null).length > 1) {
    throw invalid("l2", "the penalty is said twice; see --help for the ways");
  }
  if (lambda !== null && ratio === null) {
    return (rows) => mix(rows * lambda, share("alpha", alpha ?? 1));
  }
  if (alpha !== null && lambda === null && ratio !== null) {
    return (rows) => mix(rows * alpha, share("l1_ratio", ratio));
  }
  if (inverse !== null) {
    if (inverse === 0) throw invalid("C", "it must be above 0");
    return () => mix(1 / inverse, share("l1_ratio", ratio ?? 0));
  }
  if (alpha !== null) {
    throw invalid(
      "alpha",
      "alone it could be glmnet's share of l1 (then give lambda) or scikit-learn's strength (then give l1_ratio)",
    );
  }
  if (ratio !== null) throw invalid("l1_ratio", "it needs alpha or C");
  return () => ({ l1: l1 ?? 0, l2: l2 ?? (l1 === null ? DEFAULT_L2 : 0) });
}

function mix(strength: number, l1Share: number): { l1: number; l2: number } {
  return { l1: strength * l1Share, l2: strength * (1 - l1Share) };
}

function share(name: string, value: number): number {
  if (value <= 1) return value;
  throw invalid(name, "it must be from 0 to 1");
}

function invalid(name: string, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot set parameter "${name}": ${reason}`,
  );
}
