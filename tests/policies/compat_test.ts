/**
 * The official JSON-Logic suite passes in the compatibility mode, every case.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseSuite, runSuite } from "../../core/verdicts/compat/suite.ts";

const FILE = new URL(
  "../../../shared/vectors/policy/tests.json",
  import.meta.url,
);

function readSuite(): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(FILE));
  } catch (cause) {
    const absent = cause instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw cause;
    return null;
  }
}

const suite = readSuite();

Deno.test({
  name: "the official suite passes (needs ../shared/vectors)",
  ignore: suite === null,
  fn() {
    const { passed, differences } = runSuite(parseSuite("tests.json", suite));
    assert.deepEqual(differences, []);
    assert.equal(passed, 277);
  },
});
