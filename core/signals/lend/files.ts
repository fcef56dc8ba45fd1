/**
 * Files as lent to a connector: only those that the operator named.
 *
 * Names are compared as paths, `..` resolved; a link inside a named folder is the
 * operator's own doing and is followed.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { EngineError } from "../../domain/error.ts";
import type { FileAccess } from "../../../plugins/contract.ts";
import { replaceFile } from "./replace_file.ts";

const STANDARD_INPUT = "-";

/**
 * Lends files and folders.
 *
 * @param allowed Paths of files, or of folders with all that is in them; `-` is
 * standard input.
 * @returns Access to these and no others.
 */
export function lendFiles(allowed: readonly string[]): FileAccess {
  const roots = allowed.filter((path) => path !== STANDARD_INPUT)
    .map((path) => resolve(path));
  function demand(path: string): string {
    const full = resolve(path);
    if (roots.some((root) => full === root || full.startsWith(root + sep))) {
      return full;
    }
    throw unreadable(path, "it is not among the files that were named");
  }

  return {
    read: (path) =>
      path === STANDARD_INPUT && allowed.includes(path)
        ? Deno.stdin.readable
        : readChunks(path, demand),
    write: (path, text) => attempt(path, () => replaceFile(demand(path), text)),
    text: (path) => readWhole(path, demand),
  };
}

type Demand = (path: string) => string;

async function* readChunks(
  path: string,
  demand: Demand,
): AsyncGenerator<Uint8Array> {
  using file = await attempt(path, () => Deno.open(demand(path)));
  const buffer = new Uint8Array(65_536);
  while (true) {
    const count = await attempt(path, () => file.read(buffer));
    if (count === null) return;
    yield buffer.slice(0, count);
  }
}

async function readWhole(
  path: string,
  demand: Demand,
): Promise<string | null> {
  try {
    return await Deno.readTextFile(demand(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw nameFailure(path, error);
  }
}

async function attempt<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw nameFailure(path, error);
  }
}

function nameFailure(path: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const reason = error instanceof Deno.errors.NotFound
    ? "there is no such file"
    : error instanceof Error
    ? error.name
    : "it cannot be opened";
  return unreadable(path, reason, error);
}

function unreadable(
  path: string,
  reason: string,
  cause?: unknown,
): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot use file "${path}": ${reason}`,
    { cause },
  );
}
