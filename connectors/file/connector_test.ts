/**
 * The file destination beyond what the kit checks of every destination.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Setting } from "@moe/plugin";
import { rememberFiles, testConnector } from "@moe/plugin/test";
import * as z from "zod";
import connector from "./connector.ts";
import { makeKeys, NOW, openFolder } from "./fixtures/folder.ts";
import { printSchemas } from "./formats.ts";

const FIELD = "budget_micros_per_day";
const TV: Setting = { target: "channel:tv", field: FIELD, value: "5000000" };
const SEARCH: Setting = {
  target: "channel:search",
  field: FIELD,
  value: "7000000",
};
const ODD: Setting = {
  target: "campaign:c-1",
  field: "constructor",
  value: "",
};
const SETTINGS = [TV, SEARCH, { ...ODD, value: "1" }];

testConnector(connector, {
  config: { folder: "out/", signingKey: makeKeys().privateKey },
  settings: SETTINGS,
  refused: { ...SEARCH, value: "1".repeat(1001) },
});

Deno.test("file: each change has a file with old and new values, and the settings count them", async () => {
  const { write, json } = openFolder();
  await write("c-1", SETTINGS);
  await write("c-1", SETTINGS);
  await write("c-2", [{ ...TV, value: null }, { ...SEARCH, value: "8" }]);
  assert.deepEqual(await json("settings.json"), {
    schema_version: 2,
    version: 2,
    settings: {
      "campaign:c-1": { constructor: "1" },
      "channel:search": { [FIELD]: "8" },
    },
    changes: ["c-1", "c-2"],
  });
  assert.deepEqual(await json("changes/2.json"), {
    schema_version: 1,
    version: 2,
    change_id: "c-2",
    at: NOW,
    operations: [
      {
        ...{ key: `channel:tv ${FIELD} null`, target: "channel:tv" },
        ...{ field: FIELD, old: "5000000", new: null },
      },
      {
        ...{ key: `channel:search ${FIELD} 8`, target: "channel:search" },
        ...{ field: FIELD, old: "7000000", new: "8" },
      },
    ],
  });
  assert.equal(await json("changes/3.json"), null);
});

Deno.test("file: changes that come at once are all in it, each with its file", async () => {
  const { files, write, json } = openFolder();
  const other = openFolder(files, { folder: "out/" });
  await Promise.all(
    Array.from(
      { length: 20 },
      (_, at) =>
        (at % 2 === 0 ? write : other.write)(`c-${at}`, [
          { ...TV, target: `campaign:${at}` },
        ]),
    ),
  );
  const { settings, version } = await json("settings.json");
  assert.equal(Object.keys(settings).length, 20);
  assert.equal(version, 20);
  assert.equal((await json("changes/20.json")).version, 20);
});

Deno.test("file: a change whose settings were never written is brought in by the next reader", async () => {
  const files = rememberFiles();
  const dying = openFolder({
    ...files,
    write: (path, text) =>
      path.endsWith("settings.json")
        ? Promise.reject(new Error("killed"))
        : files.write(path, text),
  });
  await assert.rejects(dying.write("c-1", [TV]), { message: "killed" });
  assert.equal(await dying.json("settings.json"), null);
  const { read, write, json } = openFolder(files);
  assert.deepEqual(await read([TV]), [TV]);
  assert.equal((await json("settings.json")).version, 1);
  const before = await files.text("out/changes/1.json");
  await write("c-1", [{ ...TV, value: "9" }]);
  await write("c-2", [SEARCH]);
  assert.equal(await files.text("out/changes/1.json"), before);
  assert.deepEqual((await json("settings.json")).changes, ["c-1", "c-2"]);
});

Deno.test("file: settings of format 1 are read, and become format 2 with the next change", async () => {
  const old = {
    ...{ format: 1, version: 7, changes: ["c-7"] },
    settings: { "channel:tv": { [FIELD]: "5000000" } },
  };
  const files = rememberFiles({ "out/settings.json": JSON.stringify(old) });
  const { read, write, json } = openFolder(files);
  assert.deepEqual(await read([TV]), [TV]);
  await write("c-7", [SEARCH]);
  assert.deepEqual(await json("settings.json"), old);
  await write("c-8", [SEARCH]);
  const { schema_version: format, version } = await json("settings.json");
  assert.deepEqual([format, version], [2, 8]);
  assert.deepEqual(await read([TV, SEARCH]), [TV, SEARCH]);
});

Deno.test("file: a file that is something else is left alone", async () => {
  const files = rememberFiles({ "out/settings.json": '{"mine":true}' });
  const { write, json } = openFolder(files);
  await assert.rejects(write("c-1", SETTINGS), { code: "file_unreadable" });
  assert.deepEqual(await json("settings.json"), { mine: true });
});

Deno.test.each([
  { note: "a value", bad: { ...TV, value: "1".repeat(1001) } },
  { note: "a field", bad: { ...TV, field: "f".repeat(1001) } },
  { note: "a field without a name", bad: { ...TV, field: "" } },
  {
    note: "a field that JSON libraries pass over",
    bad: { ...TV, field: "__proto__" },
  },
])(
  "file: $note that could not be read again is not written",
  async ({ bad }) => {
    const { write, json } = openFolder();
    await assert.rejects(write("c-1", [bad]), { code: "request_invalid" });
    assert.equal(await json("changes/1.json"), null);
  },
);

Deno.test("file: the schemas beside it are what it writes by", async () => {
  const { write, json } = openFolder(rememberFiles(), {
    signingKey: makeKeys().privateKey,
  });
  await write("c-1", SETTINGS);
  for (const [name, text] of Object.entries(printSchemas())) {
    const url = new URL(name, import.meta.url);
    assert.equal(await Deno.readTextFile(url), text, "run: deno task gen");
    const written = await json(
      name.startsWith("change") ? "changes/1.json" : "settings.json",
    );
    const schema = z.fromJSONSchema(JSON.parse(text));
    assert.ok(schema.safeParse(written).success, name);
    const { version: _, ...without } = written;
    assert.ok(!schema.safeParse(without).success, "the schema takes anything");
    assert.ok(!schema.safeParse({ ...written, more: 1 }).success, name);
  }
});
