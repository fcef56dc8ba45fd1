/**
 * `moe models` from an ONNX file to a champion and back, each command as a person runs it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { runCommand } from "../../core/commands/run.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { DECLARED, PLAIN, SAMPLE } from "../features/foreign_models.ts";
import { onnxBytes } from "../features/onnx_bytes.ts";

const NAME = "lookalike";
const USE = { kind: "bid", valueMicros: 1, currency: "EUR" };
const INPUTS = DECLARED.inputs.map((input) => ({
  ...input,
  name: input.name.replace("audience", "request"),
}));

async function writeFiles(folder: string): Promise<string[]> {
  await Deno.writeFile(`${folder}/m.onnx`, onnxBytes(PLAIN));
  const rows = SAMPLE.map((row) =>
    [row["audience.age"], row["audience.zip"], row.expected].join(",")
  );
  const files = {
    "s.json": JSON.stringify({ ...DECLARED, inputs: INPUTS }),
    "u.json": JSON.stringify({ ...USE, targetReturnPermille: 4000 }),
    "rows.csv": ["request.age,request.zip,expected", ...rows].join("\n"),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  return [
    ...["--name", NAME, "--onnx", `${folder}/m.onnx`],
    ...["--schema", `${folder}/s.json`, "--use", `${folder}/u.json`],
    ...["--sample", `${folder}/rows.csv`],
  ];
}

Deno.test("a model is imported, approved, promoted by two and rolled back by one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "models_" });
  const configuration = readConfiguration((name) =>
    name === "MOE_DATA" ? folder : undefined
  );
  async function moe(words: string, ...more: string[]) {
    const lines: string[] = [];
    const terminal = {
      line: (text: string) => void lines.push(text),
      warn: () => {},
      progress: () => {},
      done: () => {},
    };
    const args = ["models", ...words.split(" "), ...more].filter((one) => one);
    const code = await runCommand({ configuration, terminal }, args);
    return { code, text: lines.join("\n") };
  }
  try {
    const brought = await writeFiles(folder);
    for (const version of [1, 2]) {
      const { text } = await moe("import --as ann", ...brought);
      assert.match(
        text,
        new RegExp(`^${NAME}@${version}  tried on 4 rows, 4 `),
      );
    }
    await assert.rejects(moe(`approve ${NAME}@1 --as ann`), {
      code: "approval_invalid",
    });
    await moe(`approve ${NAME}@1 --as bob`);
    await moe(`approve ${NAME}@2 --as bob --role none`);
    assert.match(
      (await moe("")).text,
      new RegExp(`${NAME}@1 +imported +bid +approved +champion`),
    );
    const asked = await moe(
      `promote ${NAME}@2 --as ann --reason`,
      "better in May",
    );
    const seq = /^(\d+) +proposed/.exec(asked.text)?.[1] ?? "";
    assert.match(asked.text, new RegExp(`settle ${NAME} ${seq}"$`));
    await assert.rejects(moe(`settle ${NAME} ${seq} --as ann`), {
      code: "approval_invalid",
    });
    await moe(`settle ${NAME} ${seq} --as bob`);
    assert.match(
      (await moe(`served ${NAME}`)).text,
      /^champion +lookalike@2$/m,
    );
    const back = `rollback ${NAME} --as ann --reason bad --from 2`;
    await moe(back);
    await assert.rejects(moe(back), { code: "approval_invalid" });
    const past = await moe(`served ${NAME} --at 2020-01-01T00:00:00Z`);
    assert.match(past.text, /^champion +none$/m);
    assert.match(
      (await moe(`served ${NAME}`)).text,
      /^champion +lookalike@1$/m,
    );
    const history = await moe(`history ${NAME} --verify`);
    assert.equal(history.code, 0);
    assert.match(history.text, /better in May/);
    assert.match(history.text, /the chain holds, ends at 8:[0-9a-f]{64}$/);
    const shown = await moe(`show ${NAME}@1`);
    assert.match(shown.text, /^role +champion$/m);
    assert.match(shown.text, /^sample_compared +4\.0000$/m);
    await tamper(folder);
    const tampered = await moe(`history ${NAME} --verify`);
    assert.equal(tampered.code, 1);
    assert.match(tampered.text, /broken at 3: an entry was changed$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function tamper(folder: string): Promise<void> {
  const sql = await openPglite({ folder: `${folder}/postgres` });
  await sql.query("alter table model_event disable trigger all");
  await sql.query("update model_event set by = 'eve' where seq = 3");
  await sql.close();
}
