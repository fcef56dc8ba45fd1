/**
 * `moe decisions export`: a part of the decision log taken elsewhere, as JSON lines or
 * Parquet, in bounded memory.
 *
 * @module
 */
import {
  type ExportAsked,
  exportLines,
  exportRecords,
  type ExportScope,
} from "../../decisions/log/export/export.ts";
import { EngineError } from "../../domain/error.ts";
import {
  type Command,
  type CommandScope,
  type Options,
  textOption,
} from "../command.ts";
import { AS, TENANT, withEngine } from "../open.ts";
import { tenantOption } from "../option.ts";
import { momentOption } from "./find.ts";
import { readMasking } from "./masking.ts";
import { writeParquet } from "./write_parquet.ts";

const FORMATS = ["jsonl", "parquet"] as const;

/** Exports. */
export const decisionsExport: Command = {
  name: "decisions export",
  about: "take decisions with their outcomes elsewhere",
  operands: [],
  options: {
    ...TENANT,
    ...AS,
    "out*": "file to write; one that is there is refused",
    format: `${FORMATS.join(" or ")}; jsonl unless given`,
    from: "moment from which on; the first record unless given",
    until: "moment before which; the last record unless given",
    masks: "JSON file of what is masked; MOE_MASK unless given",
    "unmasked!":
      "mask nothing, not even the ids of people; as jsonl, verify-log verifies it",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const path = textOption(options, "out", "");
      const asked = await readAsked(scope, options);
      const written = await toFile(
        path,
        options,
        { scope: { ...engine, clock }, asked },
      );
      scope.terminal.done();
      scope.terminal.line(`${path}: ${written} records`);
      printMasks(asked).forEach(scope.terminal.line);
      return 0;
    }),
};

async function readAsked(
  { configuration, terminal }: CommandScope,
  options: Options,
): Promise<ExportAsked> {
  const file = textOption(options, "masks", configuration.maskFile ?? "");
  return {
    tenant: tenantOption(options),
    masking: options.unmasked === true
      ? null
      : await readMasking(file === "" ? null : file),
    ...momentOption(options, "from"),
    ...momentOption(options, "until"),
    report: terminal.progress,
  };
}

/** What is not written to its end is taken away. */
async function toFile(
  path: string,
  options: Options,
  { scope, asked }: {
    readonly scope: ExportScope;
    readonly asked: ExportAsked;
  },
): Promise<number> {
  const format = textOption(options, "format", "jsonl");
  if (!(FORMATS as readonly string[]).includes(format)) {
    throw new EngineError(
      "request_invalid",
      `Cannot use --format "${format}": give ${FORMATS.join(" or ")}`,
    );
  }
  using file = await createFile(path);
  try {
    return format === "parquet"
      ? await writeParquet(file, exportRecords(scope, asked))
      : await writeLines(file, exportLines(scope, asked));
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, {
      ...{ write: true, createNew: true, mode: 0o600 },
    });
  } catch (cause) {
    const reason = cause instanceof Deno.errors.AlreadyExists
      ? "it is there already"
      : "it may not be written";
    throw new EngineError(
      "file_unreadable",
      `Cannot write file "${path}": ${reason}`,
      { cause },
    );
  }
}

/** Lines beside the first and the last are records. */
async function writeLines(
  file: Deno.FsFile,
  lines: AsyncIterable<string>,
): Promise<number> {
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let count = 0;
  let waiting = "";
  for await (const line of lines) {
    count++;
    waiting += line;
    if (waiting.length < CHUNK) continue;
    await writer.write(encoder.encode(waiting));
    waiting = "";
  }
  await writer.write(encoder.encode(waiting));
  await writer.close();
  return count - 2;
}

const CHUNK = 1 << 18;

function printMasks({ masking }: ExportAsked): string[] {
  if (masking === null) return ["nothing is masked: ids of people are in it"];
  return masking.masks.map(({ path, how }) =>
    `masked: ${path} (${how === "drop" ? "left out" : "keyed hash"})`
  );
}
