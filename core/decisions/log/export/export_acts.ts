/**
 * Exports people's acts and what happened to changes, page by page. Nothing of them is
 * masked: who did what is what they are kept for.
 *
 * @module
 */
import type { ChainRecord } from "../../../domain/decision.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { LogOwner } from "../../../ports/log.ts";
import { type ActsStore, chainOfActs } from "../records/acts_chain.ts";
import {
  type ReadPart,
  readPart,
  type WantedPart,
} from "../records/reading.ts";
import type { ExportedRecord } from "./export.ts";
import { printLoggedLine } from "./export_file.ts";
import { printPart } from "./print_part.ts";

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
 * Exports as JSON lines, each with its line break.
 *
 * @throws {EngineError} `store_unavailable`.
 */
export async function* exportActLines(
  scope: ActsExportScope,
  asked: ActsExportAsked,
): AsyncGenerator<string> {
  const part = await openPart(scope, asked);
  const about = { tenant: asked.owner, at: scope.clock.now(), masks: null };
  yield* printPart(
    part,
    { log: "acts", ...about },
    (page) => Promise.resolve(page.map(printLoggedLine)),
  );
}

/** Exports page by page, as records. */
export async function* exportActs(
  scope: Pick<ActsExportScope, "governance">,
  asked: ActsExportAsked,
): AsyncGenerator<readonly ExportedRecord[]> {
  const part = await openPart(scope, asked);
  for await (const page of part.pages) {
    yield page.map(({ seq, id, at, kind, record }) => ({
      ...{ seq, id, at, kind, record: JSON.parse(record) },
    }));
  }
}

function openPart(
  { governance }: Pick<ActsExportScope, "governance">,
  { owner, ...wanted }: ActsExportAsked,
): Promise<ReadPart<ChainRecord>> {
  return readPart(chainOfActs(governance), owner, wanted);
}
