/**
 * The loader and the registry.
 *
 * @module
 */
import assert from "node:assert/strict";
import { collect } from "./collect.ts";
import { generateRegistry } from "./generate_registry.ts";
import { loadPlugins } from "./load.ts";

const ROOT = decodeURIComponent(new URL("..", import.meta.url).pathname);
const CONNECTOR = {
  name: "good",
  apiVersion: 1,
  about: "A connector",
  config: { parse: () => ({}) },
  secrets: [],
  hosts: ["ads.example"],
  emits: ["event"],
  restatesDays: 0,
  receive: () => ({ signals: [], rejects: [] }),
};
const FAMILY = {
  name: "good",
  version: "1.0.0",
  apiVersion: 1,
  about: "A family",
  params: { parse: () => ({}) },
  grain: "rows",
  output: { unit: "probability", min: 0, max: 1 },
  fit: () => {},
};

Deno.test("loadPlugins() takes every plugin of the checkout", () => {
  const { connectors, families, leftOut } = loadPlugins();
  assert.deepEqual(leftOut, {});
  const names = connectors.map(({ name }) => name);
  for (const name of ["csv", "file", "segment"]) {
    assert.ok(names.includes(name));
  }
  assert.ok(families.length > 0);
});

Deno.test("the generated registry is fresh", async () => {
  assert.equal(await generateRegistry(ROOT, { check: true }), "fresh");
});

Deno.test.each([
  { wrong: { name: "other" }, why: 'its folder\'s, "good"' },
  { wrong: { name: "Good" }, why: "snake_case" },
  { wrong: { apiVersion: 2 }, why: "apiVersion" },
  { wrong: { about: "" }, why: "about" },
  { wrong: { config: {} }, why: "config" },
  { wrong: { secrets: "token" }, why: "secrets" },
  { wrong: { hosts: ["https://ads.example"] }, why: "hosts" },
  { wrong: { emits: ["rumour"] }, why: "emits" },
  { wrong: { restatesDays: -1 }, why: "restatesDays" },
  { wrong: { receive: undefined }, why: "neither a read nor a write side" },
  { wrong: { receive: {} }, why: "functions" },
  { wrong: { destination: { read: () => [] } }, why: "destination" },
])("loadPlugins() leaves out and names a connector for: $why", async (bad) => {
  const loaded = loadPlugins({
    connectors: await collect({
      good: () => Promise.resolve({ default: { ...CONNECTOR, ...bad.wrong } }),
      fine: () => Promise.resolve({ default: { ...CONNECTOR, name: "fine" } }),
    }),
    families: new Map(),
  });
  assert.deepEqual(loaded.connectors.map(({ name }) => name), ["fine"]);
  assert.ok(loaded.leftOut["connectors/good"]?.includes(bad.why));
});

Deno.test.each([
  { wrong: { version: "1" }, why: "version" },
  { wrong: { params: null }, why: "params" },
  { wrong: { grain: "cells" }, why: "grain" },
  { wrong: { fit: null }, why: "fit" },
  { wrong: { output: { unit: "probability", min: 1, max: 0 } }, why: "output" },
])("loadPlugins() leaves out and names a family for: $why", async (bad) => {
  const { families, leftOut } = loadPlugins({
    connectors: new Map(),
    families: await collect({
      good: () => Promise.resolve({ default: { ...FAMILY, ...bad.wrong } }),
      fine: () => Promise.resolve({ default: { ...FAMILY, name: "fine" } }),
    }),
  });
  assert.deepEqual(families.map(({ name }) => name), ["fine"]);
  assert.ok(leftOut["models/good"]?.includes(bad.why));
});

Deno.test("collect() names a module that throws and goes on", async () => {
  const { connectors, leftOut } = loadPlugins({
    connectors: await collect({
      broken: () => Promise.reject(new TypeError("a secret")),
      empty: () => Promise.resolve({ default: undefined }),
      good: () => Promise.resolve({ default: CONNECTOR }),
    }),
    families: new Map(),
  });
  assert.equal(connectors.length, 1);
  assert.deepEqual(leftOut, {
    "connectors/broken": "it threw TypeError when it was imported",
    "connectors/empty": "its default export is not an object",
  });
});
