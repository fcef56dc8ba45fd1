/**
 * Secrets of sources come from the environment and are missed by name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPlugins } from "../../plugins/load.ts";
import {
  checkSources,
  parseSources,
  warnOfSharedAddresses,
} from "./configured_sources.ts";

const GIVEN = [{
  tenant: "acme",
  source: "site",
  connector: "segment",
  config: { secrets: [{ env: "SITE_SECRET" }] },
}];

const SECRETS = {
  variable: (name: string) => `value of ${name}` as string | undefined,
  file: (path: string) =>
    path === "there" ? Promise.resolve("kept\n") : Promise.reject(Error(path)),
  sealed: (tenant: string, text: string) =>
    Promise.resolve(`${text} of ${tenant}`),
};

Deno.test("parseSources() fills secrets in, from the environment and from files", async () => {
  const [first] = await parseSources(GIVEN, SECRETS);
  assert.deepEqual(first?.config, { secrets: ["value of SITE_SECRET"] });
  const config = { deep: { secret: { file: "there" } } };
  const [second] = await parseSources([{ ...GIVEN[0], config }], SECRETS);
  assert.deepEqual(second?.config, { deep: { secret: "kept" } });
});

Deno.test("parseSources() opens a sealed secret for the tenant of its source", async () => {
  const config = { deep: [{ sealed: "a secret" }] };
  const [source] = await parseSources([{ ...GIVEN[0], config }], SECRETS);
  assert.deepEqual(source?.config, { deep: ["a secret of acme"] });
});

Deno.test("parseSources() names a variable or a file that is missing", async () => {
  const none = { ...SECRETS, variable: () => undefined };
  await assert.rejects(parseSources(GIVEN, none), /"SITE_SECRET"/);
  const config = { secret: { file: "gone" } };
  await assert.rejects(
    parseSources([{ ...GIVEN[0], config }], SECRETS),
    /"gone"/,
  );
});

Deno.test.each([
  "http://localhost.evil.example",
  "http://127.0.0.1.evil.example/",
  "http://localhost@evil.example",
  "http://localhost:80@evil.example",
  "http://10.0.0.1",
])("parseSources() sends nothing in clear via %s", async (via) => {
  const sources = [{ ...GIVEN[0], via: { "ads.example": via } }];
  await assert.rejects(parseSources(sources, SECRETS), /expected https/);
});

Deno.test.each([
  "https://elsewhere.example",
  "http://localhost:8080",
  "http://127.0.0.1:8080",
  "http://[::1]:8080",
])("parseSources() takes a way via %s", async (via) => {
  const [source] = await parseSources(
    [{ ...GIVEN[0], via: { "ads.example": via } }],
    SECRETS,
  );
  assert.deepEqual(source?.via, { "ads.example": via });
});

Deno.test.each([
  { wrong: { tenant: "" }, path: /0\.tenant/ },
  { wrong: { tenant: "../up" }, path: /0\.tenant/ },
  { wrong: { syncMinutes: 0 }, path: /0\.syncMinutes/ },
  {
    wrong: { via: { "ads.example": "http://elsewhere.example" } },
    path: /0\.via\.ads/,
  },
])(
  "parseSources() names the member that is wrong: $path",
  async ({ wrong, path }) => {
    await assert.rejects(
      parseSources([{ ...GIVEN[0], ...wrong }], SECRETS),
      path,
    );
  },
);

const SITE = {
  tenant: "acme",
  source: "site",
  connector: "segment",
  config: { secret: "a secret of the site" },
};

Deno.test("checkSources() lets sound sources in", () => {
  checkSources([SITE, { ...SITE, tenant: "other" }], loadPlugins());
});

Deno.test.each([
  { note: "a connector there is not", other: { connector: "nosuch" } },
  { note: "a connector that only writes", other: { connector: "file" } },
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

Deno.test("warnOfSharedAddresses() names an address of several tenants, where deliveries come", () => {
  const { connectors } = loadPlugins();
  const other = { ...SITE, tenant: "other" };
  const asked = { ...SITE, source: "search", connector: "google_ads" };
  assert.deepEqual(
    warnOfSharedAddresses(
      [SITE, { ...SITE, source: "shop" }, asked, { ...asked, tenant: "other" }],
      connectors,
    ),
    [],
  );
  const [warning = "", ...more] = warnOfSharedAddresses(
    [SITE, other],
    connectors,
  );
  assert.deepEqual(more, []);
  assert.match(
    warning,
    /\/webhooks\/segment\/site need a key.*"acme", "other"/,
  );
});
