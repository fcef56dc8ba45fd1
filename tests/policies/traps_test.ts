/**
 * Known traps of JSON-logic: each is refused when the policy is read, or its
 * answer is unknown, so that a constraint never passes by accident.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts } from "../../core/domain/verdict.ts";
import {
  defineCatalogue,
  type FieldType,
} from "../../core/verdicts/catalogue.ts";
import { compileConditions } from "../../core/verdicts/compile.ts";
import type { Expression } from "../../core/verdicts/expression.ts";
import { parseLogic } from "../../core/verdicts/parse_logic.ts";

const FILE = new URL(
  "../../../shared/vectors/policy/traps.json",
  import.meta.url,
);

const TYPES: Readonly<Record<string, FieldType>> = {
  "spend.today": "integer",
  "freq.week": "integer",
  roas: "number",
  margin: "number",
  "campaign.spend": "integer",
  blocked: "strings",
  consents: "strings",
  spend: "integer",
  consent: "boolean",
  o: "strings",
  region: "string",
  rev: "integer",
  x: "number",
  s: "string",
  items: "strings",
  cap: "integer",
};

const catalogue = defineCatalogue(
  Object.entries(TYPES).map(([path, type]) => ({
    path,
    type,
    unit: null,
    nullable: true,
    about: path,
  })),
);

interface Trap {
  readonly name: string;
  readonly rule: unknown;
  readonly data: Facts;
}

function readTraps(): readonly Trap[] {
  try {
    return JSON.parse(Deno.readTextFileSync(FILE));
  } catch (cause) {
    const absent = cause instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw cause;
    return [];
  }
}

const traps = readTraps();

function parse(rule: unknown): Expression | null {
  const place = { file: "trap.json", rule: "trap" };
  try {
    return parseLogic(rule, {
      type: "boolean",
      path: "when",
      place,
      catalogue,
    });
  } catch (cause) {
    assert.equal((cause as { code?: string }).code, "policy_invalid");
    return null;
  }
}

Deno.test({
  name: "every known trap is refused or unknown (needs ../shared/vectors)",
  ignore: traps.length === 0,
  fn() {
    assert.equal(traps.length, 54);
    const passed = traps.filter(({ rule, data }) => {
      const expression = parse(rule);
      if (expression === null) return false;
      const out = new Int32Array(2);
      compileConditions([expression]).evaluate(data, out);
      return out[1] !== 1;
    });
    assert.deepEqual(passed.map(({ name }) => name), []);
  },
});
