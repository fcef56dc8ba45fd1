/**
 * The file destination beyond what the kit checks of every destination.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Lent, Setting } from "@moe/plugin";
import { recordHttp, rememberFiles, testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";

const FIELD = "budget_micros_per_day";
const SETTINGS: readonly Setting[] = [
  { target: "channel:tv", field: FIELD, value: "5000000" },
  { target: "channel:search", field: FIELD, value: "7000000" },
  { target: "campaign:c-1", field: "constructor", value: "1" },
];

testConnector(connector, { config: { folder: "out/" }, settings: SETTINGS });

function lend(files: Record<string, string> = {}): Lent<{ folder: string }> {
  return {
    config: connector.config.parse({ folder: "out" }),
    files: rememberFiles(files),
    http: recordHttp(undefined),
    now: "2026-11-26T00:00:00.000Z",
  };
}

Deno.test("file: the artifact counts its versions and is sorted", async () => {
  const scope = lend();
  await connector.destination?.write(scope, { id: "c-1", settings: SETTINGS });
  await connector.destination?.write(scope, { id: "c-1", settings: SETTINGS });
  await connector.destination?.write(scope, { id: "c-2", settings: [] });
  const text = await scope.files.text("out/settings.json");
  const artifact = JSON.parse(text ?? "");
  assert.equal(artifact.version, 2);
  assert.deepEqual(artifact.changes, ["c-1", "c-2"]);
  assert.deepEqual(
    Object.keys(artifact.settings),
    ["campaign:c-1", "channel:search", "channel:tv"],
  );
});

Deno.test("file: changes that come at once are all in it", async () => {
  const scope = lend();
  await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      connector.destination?.write(scope, {
        id: `c-${at}`,
        settings: [{ target: `campaign:${at}`, field: FIELD, value: "1" }],
      })),
  );
  const text = await scope.files.text("out/settings.json");
  assert.equal(Object.keys(JSON.parse(text ?? "").settings).length, 20);
});

Deno.test("file: a file that is something else is left alone", async () => {
  const scope = lend({ "out/settings.json": '{"mine":true}' });
  const change = { id: "c-1", settings: SETTINGS };
  await assert.rejects(
    async () => await connector.destination?.write(scope, change),
    { code: "file_unreadable" },
  );
  assert.equal(await scope.files.text("out/settings.json"), '{"mine":true}');
});
