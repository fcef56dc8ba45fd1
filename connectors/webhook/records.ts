/**
 * Where the records are in what a delivery holds.
 *
 * @module
 */
import { findMember } from "../mapping/streams.ts";
import type { Scheme } from "./signature.ts";

/** A record; or a part of the body in which there should have been some. */
export interface Found {
  readonly value: unknown;
  /** What was to be found in it, as {@link parsePath} has it; absent for a record. */
  readonly lacks?: readonly string[];
}

/**
 * Splits a path at its stars.
 *
 * @param path Names with dots between them; `*` is every item or member.
 * @returns Paths between the stars; empty for the value itself.
 */
export function parsePath(path: string): readonly string[] {
  return path.split("*").map((part) => part.replaceAll(/^\.|\.$/g, ""));
}

/** Whether a text is a path of names and stars. */
export function isPath(path: string): boolean {
  return path.split(".")
    .every((name) => name === "*" || (name !== "" && !name.includes("*")));
}

/**
 * Finds records by a path.
 *
 * @param value Where to look.
 * @param steps The path.
 * @returns Items of the lists that it leads to, other values as they are.
 */
export function findAt(value: unknown, steps: readonly string[]): Found[] {
  const [first = "", ...below] = steps;
  const found = first === "" ? value : findMember(value, first);
  if (found === undefined || found === null) return [{ value, lacks: steps }];
  if (below.length === 0) return listOf(found).map((one) => ({ value: one }));
  if (typeof found !== "object") return [{ value, lacks: steps }];
  return Object.values(found).flatMap((one) => findAt(one, below));
}

/**
 * Finds the records of a body.
 *
 * @param body Parsed JSON.
 * @param where The path, or how the sender lays them out.
 * @returns The records in order.
 */
export function findRecords(
  body: unknown,
  { records, scheme }: {
    readonly records?: string | undefined;
    readonly scheme: Scheme;
  },
): Found[] {
  if (records !== undefined) return findAt(body, parsePath(records));
  const list = scheme === "mautic" ? byEventType(body) : listOf(body);
  return list.map((value) => ({ value }));
}

/** Mautic groups what happened by its type, which the record itself does not say. */
function byEventType(body: unknown): readonly unknown[] {
  if (!isMembers(body)) return listOf(body);
  return Object.entries(body).flatMap(([type, records]) =>
    listOf(records).map((record) =>
      isMembers(record) ? { ...record, ["event_type"]: type } : record
    )
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isMembers(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
