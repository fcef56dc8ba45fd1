/**
 * Logged records from a file: JSON lines, each a decision's record, or a row of the
 * log that holds one as text in its member `record`.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { DecisionRecord } from "../../domain/decision.ts";
import { EngineError } from "../../domain/error.ts";
import { parseModelRef } from "../../domain/score.ts";

const PAGE = 1000;

/** What a replay reads of a record. */
const Recorded = z.looseObject({
  v: z.literal(1),
  kind: z.literal("decision"),
  tenant: z.string(),
  request: z.looseObject({
    entities: z.record(z.string(), z.string()),
    zone: z.string().nullable(),
    actions: z.array(z.string()).nullable(),
    features: z.record(z.string(), z.unknown()),
    constraints: z.looseObject({
      compliance: z.record(z.string(), z.boolean()),
    }),
  }),
  decision: z.looseObject({
    id: z.string(),
    at: z.iso.datetime(),
    score: z.number().nullable(),
    recommendation: z.discriminatedUnion("kind", [
      z.looseObject({ kind: z.literal("bid"), bidMicros: z.number() }),
      z.looseObject({ kind: z.literal("action"), action: z.string() }),
    ]),
    actions: z.array(z.looseObject({
      action: z.string(),
      score: z.number().nullable(),
    })),
    applied: z.array(z.looseObject({ rule: z.string(), effect: z.string() })),
    modelVersion: z.string().refine(isModelRef).nullable(),
    rung: z.string(),
    falls: z.array(z.unknown()),
    features: z.record(z.string(), z.unknown()),
  }),
  frame: z.looseObject({
    kind: z.enum(["bid", "action"]),
    currency: z.string(),
    actions: z.array(z.string()),
    control: z.string(),
  }).optional(),
});

function isModelRef(text: string): boolean {
  try {
    parseModelRef(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a file, page by page.
 *
 * @param path Path of the file.
 * @param tenant Whose records are wanted; those of others are passed over.
 * @throws {EngineError} `file_unreadable`, naming the line.
 */
export async function* readRecordFile(
  path: string,
  tenant: string,
): AsyncGenerator<readonly DecisionRecord[]> {
  let page: DecisionRecord[] = [];
  let line = 0;
  for await (const text of readLines(path)) {
    line++;
    if (text.trim() === "") continue;
    const record = parseLine(text, { path, line });
    if (record.tenant === tenant) page.push(record);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

async function* readLines(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({
      input: createReadStream(path, "utf8"),
      crlfDelay: Infinity,
    });
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read file "${path}": it does not exist or may not be read`,
      { cause },
    );
  }
}

function parseLine(
  text: string,
  { path, line }: { readonly path: string; readonly line: number },
): DecisionRecord {
  const found = parseJson(text);
  const record = typeof found?.record === "string"
    ? parseJson(found.record)
    : found;
  const checked = Recorded.safeParse(record);
  if (checked.success) return record as unknown as DecisionRecord;
  const [issue] = checked.error.issues;
  const at = issue === undefined || issue.path.length === 0
    ? ""
    : ` (at ${issue.path.join(".")})`;
  throw new EngineError(
    "file_unreadable",
    `Cannot read file "${path}": line ${line} is no record of a decision${at}`,
    { facts: { line } },
  );
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
