/**
 * Exports people's acts and what happened to changes, page by page. Nothing of them is
 * masked: who did what is what they are kept for. What happened to changes before acts
 * were retired stayed, and comes first.
 *
 * @module
 */
import type { ChainRecord } from "../../../domain/decision.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { LogOwner } from "../../../ports/log.ts";
import { type ActsStore, chainOfActs } from "../records/acts_chain.ts";
import {
  momentsOf,
  type ReadPart,
  readPart,
  type WantedPart,
} from "../records/reading.ts";
import type { ExportedRecord } from "./export.ts";
import { printLoggedLine } from "./export_file.ts";
import { printPart } from "./print_part.ts";

/** Records that are read at once. */
const PAGE = 500;

/** What acts are exported with. */
export interface ActsExportScope {
  readonly governance: ActsStore;
  readonly clock: Clock;
}

/** Which acts are exported. */
export interface ActsExportAsked extends WantedPart {
  readonly owner: LogOwner;
}

/**
 * Exports as JSON lines, each with its line break. Of a part that has an end, what stayed
 * is no part: the record that proves it may lie behind that end.
 *
 * @throws {EngineError} `store_unavailable`.
 */
export async function* exportActLines(
  scope: ActsExportScope,
  asked: ActsExportAsked,
): AsyncGenerator<string> {
  const part = await openPart(scope, asked);
  const about = { tenant: asked.owner, at: scope.clock.now(), masks: null };
  const pages = asked.until === undefined
    ? joined(readStayed(scope, asked.owner, part), part.pages)
    : part.pages;
  yield* printPart(
    { ...part, pages },
    { log: "acts", ...momentsOf(asked), ...about },
    (page) => Promise.resolve(page.map(printLoggedLine)),
  );
}

/** Exports page by page, as records. */
export async function* exportActs(
  scope: Pick<ActsExportScope, "governance">,
  asked: ActsExportAsked,
): AsyncGenerator<readonly ExportedRecord[]> {
  const part = await openPart(scope, asked);
  const { from = "", until } = asked;
  const isAsked = ({ at }: ChainRecord) =>
    at >= from && (until === undefined || at < until);
  const stayed = readStayed(scope, asked.owner, part);
  for await (const page of stayed) yield page.filter(isAsked).map(toExported);
  for await (const page of part.pages) yield page.map(toExported);
}

function toExported({ seq, id, at, kind, record }: ChainRecord) {
  return { seq, id, at, kind, record: JSON.parse(record) };
}

function openPart(
  { governance }: Pick<ActsExportScope, "governance">,
  { owner, ...wanted }: ActsExportAsked,
): Promise<ReadPart<ChainRecord>> {
  return readPart(chainOfActs(governance), owner, wanted);
}

/** What stayed before the beginning of a part; nothing where it begins later than that. */
async function* readStayed(
  { governance }: Pick<ActsExportScope, "governance">,
  owner: LogOwner,
  { anchor }: Pick<ReadPart, "anchor">,
): AsyncGenerator<readonly ChainRecord[]> {
  const chain = chainOfActs(governance);
  if ((await chain.anchor(owner))?.seq !== anchor.seq) return;
  for (let after = 0; after < anchor.seq;) {
    const page = await chain.read(owner, after, PAGE);
    yield page.filter(({ seq, kind }) =>
      seq <= anchor.seq && kind === "change"
    );
    after = page.at(-1)?.seq ?? anchor.seq;
  }
}

async function* joined<T>(
  first: AsyncIterable<T>,
  rest: AsyncIterable<T>,
): AsyncGenerator<T> {
  yield* first;
  yield* rest;
}
