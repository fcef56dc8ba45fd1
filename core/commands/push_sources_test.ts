/**
 * Secrets of sources come from the environment and are missed by name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPlugins } from "../../plugins/load.ts";
import { checkSources, parseSources } from "./push_sources.ts";

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

const SITE = {
  tenant: "acme",
  source: "site",
  connector: "http_events",
  config: { secret: "a secret of the site" },
};

Deno.test("checkSources() lets sound sources in", () => {
  checkSources([SITE, { ...SITE, tenant: "other" }], loadPlugins());
});

Deno.test.each([
  { note: "a connector there is not", other: { connector: "nosuch" } },
  { note: "a connector that is asked", other: { connector: "csv" } },
  { note: "a short secret", other: { config: { secret: "s3cret" } } },
  { note: "one source twice", other: {} },
])("checkSources() refuses $note by the source's name", ({ other }) => {
  const good = { ...SITE, source: Object.keys(other).length ? "app" : "site" };
  assert.throws(
    () => checkSources([good, { ...SITE, ...other }], loadPlugins()),
    (error: Error) => {
      assert.match(error.message, /^Cannot use source "site": /);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    },
  );
});

Deno.test("checkSources() passes over a connector that was left out", () => {
  checkSources([{ ...SITE, connector: "broken" }], {
    connectors: [],
    leftOut: { "connectors/broken": "it threw" },
  });
});
