/**
 * `moe models import`: a model that was trained elsewhere, as ONNX, with what is said of
 * it and rows to try it on.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { EngineError } from "../domain/error.ts";
import { printModelRef } from "../domain/score.ts";
import { importModel } from "../scores/foreign/import_model.ts";
import { parseUse } from "../training/spec.ts";
import { type Command, textOption } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { modelNameOperand } from "./model_operand.ts";
import { AS, TENANT, VERSION, withEngine } from "./open.ts";
import { personOption, tenantOption } from "./option.ts";

/** Largest file that is read. */
const MOST_BYTES = 64 * 2 ** 20;

/** Imports. */
export const modelsImport: Command = {
  name: "models import",
  about: "register a model that was trained elsewhere, after trying it",
  operands: [],
  options: {
    ...TENANT,
    ...AS,
    "name*": "name of the model",
    "onnx*": "ONNX file",
    "schema*": "JSON file: its inputs, ports and output",
    "sample*": "CSV or JSON file: rows, and the scores expected of them",
    "use*": "JSON file: what its scores are used for",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const path = (name: string) => textOption(options, name, "");
      const tenant = tenantOption(options);
      const record = await importModel(
        {
          models: engine.models,
          views: await engine.features.views(tenant),
          code: VERSION,
        },
        {
          tenant,
          name: modelNameOperand(path("name")),
          onnx: await readBytes(path("onnx")),
          declaration: await readJsonFile(path("schema")),
          sample: await readSample(path("sample")),
          use: parseUse(await readJsonFile(path("use"))),
          by: personOption(options),
          at: clock.now(),
        },
      );
      const ref = printModelRef(record);
      const { sample_rows, sample_compared, sample_worst_gap } = record.metrics;
      scope.terminal.line(
        `${ref}  tried on ${sample_rows} rows, ${sample_compared} scores compared, ${sample_worst_gap} apart at most`,
      );
      scope.terminal.line(
        `pending: another person lets it serve with "moe models approve ${ref}"`,
      );
      return 0;
    }),
};

async function readSample(path: string): Promise<unknown> {
  if (!path.endsWith(".csv")) return await readJsonFile(path);
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return parse(text, { columns: true, skip_empty_lines: true, bom: true });
  } catch (cause) {
    throw unreadable(path, "it is not CSV with a heading", cause);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  let size: number;
  try {
    size = (await Deno.stat(path)).size;
    if (size <= MOST_BYTES) return await Deno.readFile(path);
  } catch (cause) {
    throw unreadable(path, "it does not exist or may not be read", cause);
  }
  throw unreadable(path, `it has ${size} bytes, ${MOST_BYTES} at most`);
}

function unreadable(path: string, reason: string, cause?: unknown) {
  return new EngineError(
    "file_unreadable",
    `Cannot read file "${path}": ${reason}`,
    { cause },
  );
}
