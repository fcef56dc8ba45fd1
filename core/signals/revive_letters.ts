/**
 * Reads dead letters again by the present code, and keeps what has become readable
 * in one transaction with the letter's removal: as of the moment at which the record
 * came, so that the store ends as if it had never failed. Where something newer was
 * read before the letter, it adds nothing, to what was known between them neither.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { Signal } from "../domain/signal.ts";
import type { SourceAccount } from "../domain/source.ts";
import type { DeadLetter, LetterFilter } from "../ports/signals.ts";
import type { Connector, Receipt } from "../../plugins/contract.ts";
import { configure, secretValues } from "./configure.ts";
import { contained } from "./contain.ts";
import { parseExactJson } from "../domain/exact_json.ts";
import { normalize, type Normalized } from "./normalize.ts";
import type { Pseudonyms } from "./pseudonym.ts";
import { claimsOfPage } from "./page_claims.ts";
import { readRecord } from "./sync/slice_batch.ts";
import { type SignalScope, versionOf } from "./signal_scope.ts";

/** Letters of one source, and who reads them. */
export interface ReviveJob {
  readonly tenant: string;
  readonly source: string;
  readonly connector: Connector;
  readonly config: unknown;
  readonly filter: Omit<LetterFilter, "source" | "limit" | "after">;
  /** Say what would become of them, and change nothing. */
  readonly dryRun: boolean;
}

/** What became of the letters. */
export interface ReviveReport {
  readonly read: number;
  /** Letters that are signals now. */
  readonly revived: number;
  readonly signals: number;
  /** Letters that stay, by the present reason. */
  readonly staying: Readonly<Record<string, number>>;
}

const PAGE_LETTERS = 500;
/** Failures that concern every letter of a source. */
const ENDING: ReadonlySet<string> = new Set([
  "configuration_invalid",
  "request_invalid",
]);
const START: Instant = "1970-01-01T00:00:00.000Z";

/**
 * Reads letters again.
 *
 * @param scope Where signals go.
 * @param job Which letters.
 * @returns What became of them, or would.
 * @throws {EngineError} `request_invalid` if the connector cannot read letters again.
 */
export async function reviveLetters(
  scope: SignalScope,
  job: ReviveJob,
): Promise<ReviveReport> {
  let sum: ReviveReport = { read: 0, revived: 0, signals: 0, staying: {} };
  let after: LetterFilter["after"] = { observedAt: START, id: "" };
  while (true) {
    const letters: readonly DeadLetter[] = await scope.store.listDeadLetters(
      job.tenant,
      { ...job.filter, source: job.source, limit: PAGE_LETTERS, after },
    );
    const groups = Map.groupBy(letters, ({ observedAt }) => observedAt);
    for (const [observedAt, group] of groups) {
      sum = await reviveGroup(scope, job, { observedAt, group, sum });
    }
    const last = letters.at(-1);
    if (!last || letters.length < PAGE_LETTERS) return sum;
    after = last;
  }
}

async function reviveGroup(
  scope: SignalScope,
  job: ReviveJob,
  { observedAt, group, sum }: {
    readonly observedAt: Instant;
    readonly group: readonly DeadLetter[];
    readonly sum: ReviveReport;
  },
): Promise<ReviveReport> {
  const { tenant, source, connector, dryRun } = job;
  const pseudonyms = await scope.pseudonyms(tenant);
  const read = group.map((letter) => tryLetter(pseudonyms, job, letter));
  const good = read.filter(({ rejects }) => rejects.length === 0);
  const performance = good.flatMap(({ performance }) => performance);
  const events = good.flatMap(({ events }) => events);
  const revived = group.filter((_, at) => read[at]?.rejects.length === 0);
  if (!dryRun && revived.length > 0) {
    await scope.store.write({
      tenant,
      source,
      connector: connector.name,
      version: versionOf(scope, connector),
      observedAt,
      performance,
      claims: claimsOfPage({ performance, rejects: [], torn: new Set() }, {
        complete: false,
        observedAt,
        settlesDays: connector.restatesDays,
      }),
      events,
      rejects: [],
      revived: revived.map(({ id }) => id),
    });
  }
  const staying = { ...sum.staying };
  for (const { rejects: [reject] } of read) {
    if (!reject) continue;
    staying[reject.reason] = (staying[reject.reason] ?? 0) + 1;
  }
  return {
    read: sum.read + group.length,
    revived: sum.revived + revived.length,
    signals: sum.signals + performance.length + events.length,
    staying,
  };
}

/** A letter that cannot be read at all stays, and does not stop the others. */
function tryLetter(
  pseudonyms: Pseudonyms,
  job: ReviveJob,
  letter: DeadLetter,
): Normalized {
  try {
    return readLetter(pseudonyms, job, letter);
  } catch (error) {
    if (error instanceof EngineError && ENDING.has(error.code)) throw error;
    const reason = error instanceof EngineError ? error.code : "unreadable";
    const { original } = letter;
    const reject = { reason, detail: "the letter cannot be read", original };
    return { performance: [], events: [], rejects: [reject], torn: new Set() };
  }
}

function readLetter(
  pseudonyms: Pseudonyms,
  job: ReviveJob,
  letter: DeadLetter,
): Normalized {
  const { source, connector } = job;
  const config = configure(connector, job.config);
  const asked = questionOf(connector, letter);
  const receipt = contained(
    connector.name,
    secretValues(connector, config),
    () =>
      asked
        ? rereadRow(asked, letter.original)
        : reread(connector, config, letter),
  );
  return normalize({
    source,
    emits: connector.emits,
    observedAt: letter.observedAt,
    settlesDays: asked?.account.settlesDays ?? connector.restatesDays,
    pseudonyms,
  }, receipt);
}

function reread(
  connector: Connector,
  config: unknown,
  letter: DeadLetter,
): Receipt {
  const { original, context = "", observedAt } = letter;
  if (!connector.reread) {
    throw new EngineError(
      "request_invalid",
      `Cannot read dead letters again: connector "${connector.name}" does not say how`,
    );
  }
  return connector.reread({
    config,
    original,
    context,
    receivedAt: observedAt,
  });
}

type Question = Parameters<typeof readRecord>[0];

function questionOf(
  connector: Connector,
  { context = "" }: DeadLetter,
): Question | null {
  if (!connector.reports || context === "") return null;
  const { report, account } = JSON.parse(context) as {
    readonly report?: string;
    readonly account?: SourceAccount;
  };
  const question = connector.reports.find(({ name }) => name === report);
  return question && account ? { question, account } : null;
}

function rereadRow(question: Question, original: string): Receipt {
  const read = readRecord(question, parseExactJson(original));
  return "reason" in read
    ? { signals: [], rejects: [read] }
    : { signals: read as readonly Signal[], rejects: [] };
}
