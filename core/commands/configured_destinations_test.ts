/**
 * Destinations are checked before the first plan, and the one that takes what is left
 * comes last.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPlugins } from "../../plugins/load.ts";
import { parseDestinations } from "./configured_destinations.ts";

const { connectors } = loadPlugins();
const GOOGLE = { customerId: "1234567890" };
const GROUND = {
  connectors,
  sources: [
    {
      tenant: "acme",
      source: "google",
      connector: "file",
      config: { folder: "g" },
    },
    { tenant: "acme", source: "site", connector: "segment", config: GOOGLE },
  ],
  secrets: {
    variable: (name: string) => `value of ${name}` as string | undefined,
    file: () => Promise.reject(new Error("none")),
    sealed: (tenant: string, text: string) =>
      Promise.resolve(`${text} of ${tenant}`),
  },
};
const REST = { tenant: "acme", connector: "file", config: { folder: "rest" } };

Deno.test("what takes all that is left comes last, and a source lends its configuration", async () => {
  const found = await parseDestinations(
    [REST, { tenant: "acme", source: "google" }, { ...REST, tenant: "other" }],
    GROUND,
  );
  assert.deepEqual(found.get("acme"), [
    { source: "google", connector: "file", config: { folder: "g" } },
    { source: null, connector: "file", config: { folder: "rest" } },
  ]);
  assert.equal(found.get("other")?.length, 1);
  assert.equal(found.get("third"), undefined);
});

Deno.test("secrets are filled in", async () => {
  const config = { folder: { env: "FOLDER" } };
  const found = await parseDestinations([{ ...REST, config }], GROUND);
  assert.deepEqual(found.get("acme")?.[0]?.config, {
    folder: "value of FOLDER",
  });
});

Deno.test("a sealed secret is opened for the tenant of its destination", async () => {
  const config = { folder: { sealed: "a secret" } };
  const found = await parseDestinations([{ ...REST, config }], GROUND);
  assert.deepEqual(found.get("acme")?.[0]?.config, {
    folder: "a secret of acme",
  });
});

Deno.test.each([
  { name: "no list", given: {}, message: /expected/ },
  {
    name: "neither source nor connector",
    given: [{ tenant: "a" }],
    message: /expected tenant with source/,
  },
  {
    name: "unknown source",
    given: [{ tenant: "acme", source: "x" }],
    message: /no source "x"/,
  },
  {
    name: "source that only reads",
    given: [{ tenant: "acme", source: "site" }],
    message: /no write side/,
  },
  {
    name: "unknown connector",
    given: [{ ...REST, connector: "x" }],
    message: /no connector "x"/,
  },
  {
    name: "wrong configuration",
    given: [{ ...REST, config: {} }],
    message: /"file" of tenant "acme"/,
  },
  {
    name: "two for the rest",
    given: [REST, REST],
    message: /two that take what is left/,
  },
  {
    name: "a missing secret",
    given: [{ ...REST, config: { folder: { file: "f" } } }],
    message: /"f" cannot be read/,
  },
])("refuses $name", async ({ given, message }) => {
  await assert.rejects(parseDestinations(given, GROUND), {
    code: "configuration_invalid",
    message,
  });
});
