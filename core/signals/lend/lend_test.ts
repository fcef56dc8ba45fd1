/**
 * What connectors are lent: files by name, and hosts by declaration.
 *
 * @module
 */
import assert from "node:assert/strict";
import { lendFiles } from "./files.ts";
import { lendHttp } from "./http.ts";

Deno.test("lendFiles() lends what was named and nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/named.csv`, "a,b\n");
  await Deno.writeTextFile(`${folder}/other.csv`, "secret");
  await Deno.mkdir(`${folder}/in`);
  const files = lendFiles([`${folder}/named.csv`, `${folder}/in`]);

  const chunks = await Array.fromAsync(files.read(`${folder}/named.csv`));
  assert.equal(new TextDecoder().decode(chunks[0]), "a,b\n");
  assert.equal(await files.text(`${folder}/in/none.json`), null);
  await files.write(`${folder}/in/new.json`, "{}");
  await files.write(`${folder}/in/new.json`, '{"a":1}');
  assert.equal(await files.text(`${folder}/in/new.json`), '{"a":1}');
  assert.deepEqual([...Deno.readDirSync(`${folder}/in`)].length, 1);

  const forbidden = [
    `${folder}/other.csv`,
    `${folder}/in/../other.csv`,
    `${folder}/in2`,
    "/etc/hostname",
  ];
  for (const path of forbidden) {
    await assert.rejects(files.text(path), { code: "file_unreadable" });
    await assert.rejects(files.write(path, "x"), { code: "file_unreadable" });
    await assert.rejects(Array.fromAsync(files.read(path)), {
      code: "file_unreadable",
    });
  }
  await assert.rejects(
    Array.fromAsync(files.read(`${folder}/in/none.csv`)),
    { code: "file_unreadable", message: /there is no such file$/ },
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test.each([
  { url: "http://ads.example/v1", why: "only https" },
  { url: "https://evil.example/v1", why: "does not declare" },
  { url: "https://ads.example.evil.example/", why: "does not declare" },
  { url: "http://127.0.0.1:9/", why: "only https" },
  { url: "file:///etc/passwd", why: "only https" },
  { url: "nonsense", why: "malformed" },
])("lendHttp() refuses $url", async ({ url, why }) => {
  const http = lendHttp({
    hosts: ["ads.example"],
    persistence: {
      pause: () => Promise.resolve(),
      guard: (_host, run) => run(),
    },
  });
  await assert.rejects(
    http.json(url),
    (error: Error) => error.message.includes(why),
  );
});
