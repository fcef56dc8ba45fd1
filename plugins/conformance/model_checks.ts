/**
 * What every model family must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { ModelFamily } from "../contract.ts";
import type { Check } from "./check.ts";
import { rowChecks } from "./rows_checks.ts";
import type { ModelSample } from "./sample.ts";
import { seriesChecks } from "./series_checks.ts";

const SNAKE = /^[a-z][a-z0-9_]*$/;
const SEMANTIC = /^\d+\.\d+\.\d+$/;

/**
 * Lists the checks of a family.
 *
 * @param family The family.
 * @param sample Parameters and sizes.
 * @returns Checks in the order in which they make sense.
 */
export function modelChecks(
  family: ModelFamily,
  sample: ModelSample,
): readonly Check[] {
  return [
    { name: "says what it is", run: () => assertDeclared(family) },
    {
      name: "has defaults for all parameters",
      run: () => {
        const defaults = family.params.parse({});
        assert.ok(
          isDeepStrictEqual(family.params.parse({}), defaults),
          "parsing {} twice gives different parameters",
        );
      },
    },
    ...(family.grain === "rows"
      ? rowChecks(family, sample)
      : seriesChecks(family, sample)),
  ];
}

function assertDeclared(family: ModelFamily): void {
  assert.match(family.name, SNAKE, "name must be snake_case");
  assert.match(family.version, SEMANTIC, "version must be semantic");
  assert.equal(family.apiVersion, 1, "apiVersion must be 1");
  assert.ok(family.about.length > 0, "about must say what it learns");
  if (family.grain === "series") return;
  assert.ok(family.output.min <= family.output.max, "output.min exceeds max");
  assert.ok(family.output.unit.length > 0, "output.unit must be named");
}
