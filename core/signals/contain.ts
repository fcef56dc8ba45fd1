/**
 * Runs a connector so that it cannot take the engine with it: what it throws is
 * named, what hangs is left behind, what it hands over is looked at first.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Connector, Page, PullScope } from "../../plugins/contract.ts";
import { redactSecrets, secretValues } from "./configure.ts";

/** A page whose form can be believed; its signals cannot yet. */
export interface ContainedPage {
  readonly signals: readonly unknown[];
  readonly rejects: readonly unknown[];
  readonly complete: boolean;
  readonly cursor: string | null;
  /** At the end: where the next pull begins; null for the start. */
  readonly resume: string | null;
}

/**
 * Pulls page by page.
 *
 * @param connector Whose `pull` is run.
 * @param scope What it is lent.
 * @param pageTimeoutMs Longest wait for one page, milliseconds.
 * @returns Pages with a believable form.
 * @throws {EngineError} `connector_failed`, or the failure that the connector named.
 */
export async function* pullContained(
  connector: Connector,
  scope: PullScope<unknown>,
  pageTimeoutMs: number,
): AsyncGenerator<ContainedPage> {
  const name = connector.name;
  if (!connector.pull) throw failed(name, "it has no read side to pull");
  const secrets = secretValues(connector, scope.config);
  const seen = new Set<string>();
  const pages = iterateContained(
    { name, secrets, pageTimeoutMs },
    () => openPages(connector, scope),
  );
  for await (const given of pages) {
    const page = believe(name, given, seen);
    yield page;
    if (page.cursor === null) return;
  }
}

function openPages(
  connector: Connector,
  scope: PullScope<unknown>,
): AsyncIterable<Page> {
  const pages = connector.pull?.(scope);
  if (!pages) throw new TypeError("pull gives nothing to iterate");
  return pages;
}

/** Whose pages are awaited, and how long. */
export interface Patience {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly pageTimeoutMs: number;
}

/**
 * Iterates what a connector gives, naming what it throws and leaving what hangs.
 *
 * @param patience Whose pages, and how long to wait for each.
 * @param open Starts the connector's work.
 * @returns Its pages as they come.
 * @throws {EngineError} `connector_failed`, or the failure that the connector named.
 */
export async function* iterateContained<T>(
  patience: Patience,
  open: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  const { name, secrets, pageTimeoutMs } = patience;
  const pages = contained(
    name,
    secrets,
    () => open()[Symbol.asyncIterator](),
  );
  let waiting = false;
  try {
    while (true) {
      waiting = true;
      const next = await nextPage(patience, pages);
      waiting = false;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    const left = leave(pages);
    // One that hangs does not answer to being left, so nobody waits for it.
    if (!waiting) await within(pageTimeoutMs, left).catch(() => {});
  }
}

async function nextPage<T>(
  { name, secrets, pageTimeoutMs }: Patience,
  pages: AsyncIterator<T>,
): Promise<IteratorResult<T>> {
  try {
    return await within(pageTimeoutMs, pages.next());
  } catch (error) {
    if (error !== LATE) throw nameFailure(name, secrets, error);
    throw failed(name, `no page came in ${pageTimeoutMs} ms`);
  }
}

async function leave(pages: AsyncIterator<unknown>): Promise<void> {
  try {
    await pages.return?.();
  } catch {
    // It failed at being stopped; what it brought before is already kept.
  }
}

const LATE = new Error("late");

async function within<T>(timeoutMs: number, awaited: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(LATE), timeoutMs);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

function believe(
  name: string,
  page: unknown,
  seen: Set<string>,
): ContainedPage {
  const { signals, rejects = [], complete = false, cursor, resume } =
    (page ?? {}) as Partial<Page>;
  if (!Array.isArray(signals) || !Array.isArray(rejects)) {
    throw failed(name, "a page must have an array of signals");
  }
  if (cursor !== null && typeof cursor !== "string") {
    throw failed(name, "a page's cursor must be text or null");
  }
  if (resume !== undefined && typeof resume !== "string") {
    throw failed(name, "a page's resume must be text");
  }
  if (cursor !== null && seen.has(cursor)) {
    throw failed(name, "it goes in circles: a cursor came a second time");
  }
  if (cursor !== null) seen.add(cursor);
  return {
    signals,
    rejects,
    complete: complete === true,
    cursor,
    resume: cursor === null ? resume ?? null : null,
  };
}

/**
 * Runs a call of a connector and names what it throws.
 *
 * @param name The connector's name.
 * @param secrets Values that must not be printed.
 * @param run The call.
 * @returns What the call returns.
 * @throws {EngineError} `connector_failed`, or the failure that the connector named.
 */
export function contained<T>(
  name: string,
  secrets: readonly string[],
  run: () => T,
): T {
  try {
    return run();
  } catch (error) {
    throw nameFailure(name, secrets, error);
  }
}

/**
 * As {@link contained}, for calls that answer later.
 *
 * @param name The connector's name.
 * @param secrets Values that must not be printed.
 * @param run The call.
 * @returns What the call resolves to.
 * @throws {EngineError} `connector_failed`, or the failure that the connector named.
 */
export async function named<T>(
  name: string,
  secrets: readonly string[],
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw nameFailure(name, secrets, error);
  }
}

function nameFailure(
  name: string,
  secrets: readonly string[],
  error: unknown,
): EngineError {
  if (error instanceof EngineError) {
    const told = `${error.message} ${JSON.stringify(error.facts)}`;
    return redactSecrets(told, secrets) === told
      ? error
      : failed(name, `it failed with ${error.code} and told a secret`);
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return failed(
    name,
    `it threw ${redactSecrets(kind, secrets)}`,
    withoutWords(error),
  );
}

/** Where something was thrown, for the log, and not what it says: that may be data. */
function withoutWords(error: unknown): Error {
  const { name = "Error", stack = "" } = error instanceof Error ? error : {};
  const trace = new Error("its message is left out");
  trace.name = name;
  const frames = stack.split("\n").filter((line) => /^ {4}at /.test(line));
  trace.stack = [`${name}: ${trace.message}`, ...frames].join("\n");
  return trace;
}

function failed(name: string, reason: string, cause?: unknown): EngineError {
  return new EngineError(
    "connector_failed",
    `Cannot run connector "${name}": ${reason}`,
    { facts: { connector: name }, cause },
  );
}
