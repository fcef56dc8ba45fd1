/**
 * Logged records from a file: JSON lines, each a decision's record, or a row of the
 * log that holds one, as text or not, in its member `record`. What else an export of the
 * log holds is passed over: its first and last line, outcomes and gaps.
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
 * @param unread Told of each decision that is sealed in the file, or was erased.
 * @throws {EngineError} `file_unreadable`, naming the line.
 */
export async function* readRecordFile(
  path: string,
  tenant: string,
  unread: () => void = () => {},
): AsyncGenerator<readonly DecisionRecord[]> {
  let page: DecisionRecord[] = [];
  let line = 0;
  for await (const text of readLines(path)) {
    line++;
    if (text.trim() === "") continue;
    const record = parseLine(text, { path, line });
    if (record === "unread") unread();
    else if (record?.tenant === tenant) page.push(record);
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

/** @returns Null for a line of an export that is about no decision. */
function parseLine(
  text: string,
  { path, line }: { readonly path: string; readonly line: number },
): DecisionRecord | "unread" | null {
  const found = parseJson(text);
  if (found?.v === 1 && BESIDE.includes(found.kind)) return null;
  const record = recordIn(found);
  if (record?.v === 1 && BESIDE.includes(record.kind)) return null;
  if (record?.kind === "sealed" && record.of !== "decision") return null;
  if (record === null && found?.record === null) {
    return found.kind === "decision" ? "unread" : null;
  }
  if (record?.kind === "sealed") return "unread";
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

/** What stands beside decisions in an export: its ends, and other records. */
const BESIDE: readonly unknown[] = ["export", "end", "outcome", "gap"];

function recordIn(
  found: Record<string, unknown> | null,
): Record<string, unknown> | null {
  const held = found?.record;
  if (held === undefined) return found;
  if (typeof held === "string") return parseJson(held);
  return typeof held === "object" ? held as Record<string, unknown> : null;
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
