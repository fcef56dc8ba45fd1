/**
 * Secrets of sources come from the environment and are missed by name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseSources } from "./push_sources.ts";

const GIVEN = [{
  tenant: "acme",
  source: "site",
  connector: "http_events",
  config: { secrets: [{ env: "SITE_SECRET" }] },
}];

Deno.test("parseSources() fills secrets in", () => {
  const [source] = parseSources(GIVEN, (name) => `value of ${name}`);
  assert.deepEqual(source?.config, { secrets: ["value of SITE_SECRET"] });
});

Deno.test("parseSources() names a variable that is missing", () => {
  assert.throws(() => parseSources(GIVEN, () => undefined), /"SITE_SECRET"/);
});

Deno.test("parseSources() names a member that is wrong", () => {
  for (const tenant of ["", "../up"]) {
    assert.throws(
      () => parseSources([{ ...GIVEN[0], tenant }], () => "x"),
      /0\.tenant/,
    );
  }
});
