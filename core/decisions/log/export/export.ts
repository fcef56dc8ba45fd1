/**
 * Exports a log page by page: as it is logged, to be verified elsewhere, or masked, each
 * decision with what came of it.
 *
 * @module
 */
import { canonicalJson } from "../../../domain/canonical.ts";
import type { ChainRecord, LoggedRecord } from "../../../domain/decision.ts";
import type { DecisionOutcome } from "../../../domain/log_record.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Outcomes } from "../records/outcomes.ts";
import { printLoggedLine } from "./export_file.ts";
import { printPart } from "./print_part.ts";
import type { Masking } from "../records/masks.ts";
import {
  type ManyReader,
  momentsOf,
  type ReadPart,
  type WantedPart,
} from "../records/reading.ts";
import { isUnopened } from "../records/record.ts";

/** What an export is made with. */
export interface ExportScope {
  readonly decisions: {
    readonly many: Pick<ManyReader, "part">;
    readonly outcomes: Pick<Outcomes, "of">;
  };
  readonly clock: Clock;
}

/** What is to be exported. */
export interface ExportAsked extends WantedPart {
  readonly tenant: string;
  /** Null to mask nothing. */
  readonly masking: Masking | null;
}

/** A record with what came of it, as it leaves. */
export interface ExportedRecord
  extends Pick<ChainRecord, "seq" | "id" | "at" | "kind"> {
  /** The record; of a decision with its `outcomes`; null if what it was about was erased. */
  readonly record: Readonly<Record<string, unknown>> | null;
}

/**
 * Exports as JSON lines, each with its line break.
 *
 * @throws {EngineError} What stands against reading, or `store_unavailable`.
 */
export async function* exportLines(
  scope: ExportScope,
  asked: ExportAsked,
): AsyncGenerator<string> {
  const { tenant, masking } = asked;
  const part = await openPart(scope, asked);
  const masks = masking?.masks ?? null;
  const header = { ...momentsOf(asked), tenant, at: scope.clock.now(), masks };
  yield* printPart(
    part,
    header,
    async (page) =>
      masking === null
        ? page.map(printLoggedLine)
        : (await joinOutcomes(scope, page, { tenant, masking }))
          .map(canonicalJson),
  );
}

/** Exports page by page, as records with what came of them. */
export async function* exportRecords(
  scope: ExportScope,
  asked: ExportAsked,
): AsyncGenerator<readonly ExportedRecord[]> {
  const part = await openPart(scope, asked);
  for await (const page of part.pages) {
    yield await joinOutcomes(scope, page, asked);
  }
}

function openPart(
  { decisions }: ExportScope,
  { tenant, from, until, report = () => {} }: ExportAsked,
): Promise<ReadPart> {
  return decisions.many.part(tenant, { from, until, report });
}

/** Outcomes stand with their decisions, and not by themselves. */
async function joinOutcomes(
  { decisions }: ExportScope,
  page: readonly LoggedRecord[],
  { tenant, masking }: Pick<ExportAsked, "tenant" | "masking">,
): Promise<readonly ExportedRecord[]> {
  const rows = page.filter(({ kind }) => kind !== "outcome");
  const ids = rows.filter(({ kind }) => kind === "decision")
    .map(({ id }) => id);
  const outcomes = Map.groupBy(
    await decisions.outcomes.of(tenant, ids),
    ({ decision }) => decision,
  );
  return rows.map((row) => {
    const { seq, id, at, kind } = row;
    const whole = readWhole(row, outcomes.get(id) ?? []);
    const record = masking === null ? whole : masking.apply(tenant, whole);
    return { seq, id, at, kind, record: record as ExportedRecord["record"] };
  });
}

function readWhole(
  row: LoggedRecord,
  outcomes: readonly DecisionOutcome[],
): Record<string, unknown> | null {
  if (isUnopened(row)) return null;
  const record = JSON.parse(row.opened ?? row.record);
  return row.kind === "decision" ? { ...record, outcomes } : record;
}
