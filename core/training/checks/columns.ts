/**
 * Inputs that teach little, or are not the same everywhere.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ModelInput } from "../../domain/encoding.ts";
import type { Finding } from "../../domain/evidence.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import { mean } from "../../domain/measures.ts";
import { createBreath } from "../breathe.ts";
import { type Checked, finding, percent, valuesAt } from "./checked.ts";

const OFTEN_MISSING = 0.5;
const UNSEEN_SHARE = 0.05;
/** Digits to which two standardised columns must agree to be one. */
const DIGITS = 6;
/** Rows that are printed at a time. */
const CHUNK_ROWS = 4096;

/** Looks at each input, and for those that are the same. */
export async function checkInputs(
  { rows, split, schema }: Checked,
): Promise<Finding[]> {
  const breathe = createBreath();
  const known = new Map<string, string>();
  const all: Finding[] = [];
  for (const [place, input] of schema.inputs.entries()) {
    const values = valuesAt(rows.columns[place], split.train);
    const held = valuesAt(rows.columns[place], split.holdout);
    all.push(
      ...checkValues(input, values),
      ...checkKinds(input, [...values, ...held]),
      ...checkUnseen(input, held),
    );
    const print = await fingerprint(values, breathe);
    const same = known.get(print);
    known.set(print, same ?? input.name);
    if (same === undefined || isConstant(values)) continue;
    all.push(
      finding(
        "duplicate_input",
        input.name,
        `it says the same as "${same}"; leave one out`,
      ),
    );
  }
  return all;
}

function checkValues(
  { name }: ModelInput,
  values: readonly FeatureValue[],
): Finding[] {
  if (isConstant(values)) {
    return [
      finding(
        "constant_input",
        name,
        "it is the same in every training row and teaches nothing; leave it out",
      ),
    ];
  }
  const missing = values.filter((value) => value === null).length /
    values.length;
  return missing <= OFTEN_MISSING ? [] : [
    finding(
      "missing_often",
      name,
      `${
        percent(missing)
      } of the training rows have no value; ingest what it needs, or leave it out`,
    ),
  ];
}

function isConstant(values: readonly FeatureValue[]): boolean {
  return values.every((value) => value === values[0]);
}

function checkKinds(
  { name, kind }: ModelInput,
  values: readonly FeatureValue[],
): Finding[] {
  const wanted = kind === "number" ? "number" : "string";
  const other =
    values.filter((value) => value !== null && typeof value !== wanted).length;
  return other === 0 ? [] : [
    finding(
      "type_mixed",
      name,
      `it is taken for a ${kind}, but ${other} of ${values.length} rows hold something else, which counts as ${
        kind === "number" ? "missing" : "a word"
      }; mend the source`,
    ),
  ];
}

function checkUnseen(
  { name, vocabulary }: ModelInput,
  held: readonly FeatureValue[],
): Finding[] {
  if (vocabulary === undefined) return [];
  const words = new Set(vocabulary);
  const said = held.filter((value) => value !== null);
  const unseen = said.filter((value) => !words.has(String(value))).length /
    said.length;
  return !(unseen > UNSEEN_SHARE) ? [] : [
    finding(
      "words_unseen",
      name,
      `${
        percent(unseen)
      } of the held-out rows have a word that the model does not know; leave it out, or group its words`,
    ),
  ];
}

/** The same for columns that are equal, or equal in other units. */
async function fingerprint(
  values: readonly FeatureValue[],
  breathe: () => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  const print = printerOf(values);
  for (let from = 0; from < values.length; from += CHUNK_ROWS) {
    const printed = values.slice(from, from + CHUNK_ROWS).map(print);
    hash.update(`${printed.join()},`);
    await breathe();
  }
  return hash.digest("hex");
}

function printerOf(
  values: readonly FeatureValue[],
): (value: FeatureValue) => string {
  if (values.some((value) => typeof value === "string")) {
    return (value) => JSON.stringify(value);
  }
  const known = Float64Array.from(
    values.filter((value) => value !== null),
    Number,
  );
  const centre = mean(known);
  const spread = Math.sqrt(mean(known.map((value) => (value - centre) ** 2)));
  const first = known.find((value) => value !== centre) ?? centre;
  const unit = first < centre ? -spread : spread;
  return (value) =>
    value === null ? "" : ((Number(value) - centre) / unit).toFixed(DIGITS);
}
