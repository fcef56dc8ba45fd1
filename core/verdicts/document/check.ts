/**
 * A report on policy files: what holds, what fails, and what no case shows.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { PolicyDocument } from "../../domain/verdict.ts";
import { runCases } from "./cases.ts";
import type { Lists } from "./document.ts";
import { parsePolicyFile, type PolicySource, sortFiles } from "./load.ts";
import { refuseStrayCounts } from "./vet.ts";

/** What was found of one file. */
export interface PolicyReport {
  readonly file: string;
  /** `policy@version`, or that of a shared list; null when the file does not parse. */
  readonly policy: string | null;
  readonly rules: number;
  readonly cases: number;
  /** Rules that fire in no case. */
  readonly neverFired: readonly string[];
  /** Rules with a condition that fire in every case: nothing shows where they stop. */
  readonly alwaysFired: readonly string[];
  /** What is wrong; empty when the file would load. */
  readonly failures: readonly string[];
  /** The policy; null for a shared list, and when the file does not parse. */
  readonly document: PolicyDocument | null;
}

/** Checks policies and shared lists; never throws on what a file holds. */
export function checkPolicies(
  files: readonly PolicySource[],
): readonly PolicyReport[] {
  const lists = soundLists(files);
  const reports = files.map((file) => {
    try {
      return checkFile(file, lists);
    } catch (cause) {
      return reportFailure(file, cause);
    }
  });
  return reports.map(checkTogether(reports, lists));
}

/** Shared lists of a folder; those that do not parse are left out. */
export function soundLists(files: readonly PolicySource[]): Lists {
  const lists = files.flatMap((file) => {
    try {
      return sortFiles([file]).lists;
    } catch (cause) {
      if (cause instanceof EngineError) return [];
      throw cause;
    }
  });
  return new Map(lists.map((one) => [one.list, one]));
}

const EMPTY = {
  policy: null,
  ...{ rules: 0, cases: 0 },
  ...{ neverFired: [], alwaysFired: [], failures: [] },
  document: null,
};

function reportFailure({ name }: PolicySource, cause: unknown): PolicyReport {
  if (!(cause instanceof EngineError)) throw cause;
  return { ...EMPTY, file: name, failures: [cause.message] };
}

function checkFile(file: PolicySource, lists: Lists): PolicyReport {
  const [list] = sortFiles([file]).lists;
  if (list) {
    const policy = `${list.list}@${list.version}`;
    return { ...EMPTY, file: file.name, policy };
  }
  const document = parsePolicyFile(file, lists);
  const outcomes = runCases(document, lists);
  const ids = document.rules.map(({ id }) => id);
  const bounded = document.rules
    .filter(({ when, during }) => when !== undefined || during !== undefined)
    .map(({ id }) => id);
  return {
    file: file.name,
    policy: `${document.policy}@${document.version}`,
    rules: ids.length,
    cases: outcomes.length,
    neverFired: ids.filter((id) =>
      !outcomes.some(({ fired }) => fired.includes(id))
    ),
    alwaysFired: bounded.filter((id) =>
      outcomes.every(({ fired }) => fired.includes(id))
    ),
    failures: outcomes.flatMap(({ index, note, failure }) =>
      failure === null ? [] : [`cases[${index}] "${note}" ${failure}`]
    ),
    document,
  };
}

/** Adds what is wrong only with all files together. */
function checkTogether(
  reports: readonly PolicyReport[],
  lists: Lists,
): (report: PolicyReport) => PolicyReport {
  const documents = reports.flatMap(({ document }) => document ?? []);
  if (documents.length === 0) return (report) => report;
  try {
    refuseStrayCounts(documents, lists);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const { message, facts } = cause;
    return (report) =>
      report.file === facts.file
        ? { ...report, failures: [...report.failures, message] }
        : report;
  }
  return (report) => report;
}
