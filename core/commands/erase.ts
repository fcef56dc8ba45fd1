/**
 * `moe erase` and `moe erasures`: people are taken out of what is kept. Identifiers come
 * on standard input, because arguments end up in shells' histories and in lists of
 * processes.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Erasure } from "../ports/erasure.ts";
import { MOST_SUBJECTS } from "../signals/erase.ts";
import { chunks } from "../store/chunks.ts";
import type { Command, CommandScope } from "./command.ts";
import { AS, type Opened, TENANT, withEngine } from "./open.ts";
import { personOption, tenantOption, wholeNumberOption } from "./option.ts";
import { printTable } from "./terminal.ts";

const LIMIT = { otherwise: 20, least: 1, most: 1000 };
const INPUT = "-";

/** Erases people. */
export const eraseCommand: Command = {
  name: "erase",
  about:
    "erase people, named one a line on standard input, and name the models trained on them",
  operands: [],
  options: {
    ...TENANT,
    ...AS,
    "subject*": 'must be "-": identifiers are read from standard input',
    "json!": "print JSON",
  },
  run: (scope, _operands, options) => {
    if (options.subject !== INPUT) throw onCommandLine();
    return withEngine(scope, async (opened) => {
      const text = await new Response(Deno.stdin.readable).text();
      const erased = await eraseLines(scope, opened, {
        text,
        tenant: tenantOption(options),
        by: `cli:${personOption(options)}`,
      });
      if (options.json) {
        scope.terminal.line(JSON.stringify(erased, null, 2));
      } else printErasures(erased).forEach(scope.terminal.line);
      return 0;
    });
  },
};

/** The value is not repeated: it may be somebody's. */
function onCommandLine(): EngineError {
  return new EngineError(
    "request_invalid",
    'Cannot use --subject: give "-" and the identifiers on standard input, never as arguments',
    { facts: { option: "subject" } },
  );
}

/**
 * Erases whom the lines of a text name.
 *
 * @param scope Where progress is told.
 * @param opened The engine.
 * @param job The text, whose it is, and who asks.
 * @returns An erasure for each hundred subjects.
 * @throws {EngineError} `request_invalid` if there is nobody.
 */
export async function eraseLines(
  { terminal }: Pick<CommandScope, "terminal">,
  { engine }: Pick<Opened, "engine">,
  { text, tenant, by }: {
    readonly text: string;
    readonly tenant: string;
    readonly by: string;
  },
): Promise<Erasure[]> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const erased: Erasure[] = [];
  const pieces = lines.length === 0
    ? [lines]
    : [...chunks(lines, MOST_SUBJECTS)];
  for (const [place, subjects] of pieces.entries()) {
    const report = (step: string, share: number | null) =>
      terminal.progress(
        `${place * MOST_SUBJECTS} of ${lines.length}: ${step}`,
        share,
      );
    erased.push(await engine.erase({ tenant, subjects, by, report }));
  }
  terminal.done();
  return erased;
}

/** Lists erasures. */
export const erasures: Command = {
  name: "erasures",
  about: "the latest erasures, which name nobody",
  operands: [],
  options: {
    ...TENANT,
    limit: "how many to list at most; 20 unless given",
    "json!": "print JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const listed = await stores.erasures.list(
        tenantOption(options),
        wholeNumberOption(options, "limit", LIMIT),
      );
      if (options.json) {
        scope.terminal.line(JSON.stringify(listed, null, 2));
      } else printErasures(listed).forEach(scope.terminal.line);
      return 0;
    }),
};

const COUNTED = [
  "events",
  "performance",
  "claims",
  "deadLetters",
  "answers",
  "vectors",
  "keys",
] as const;

function printErasures(listed: readonly Erasure[]): string[] {
  return printTable(
    [
      { heading: "erasure" },
      { heading: "asked by" },
      { heading: "finished" },
      { heading: "subjects", numeric: true },
      ...COUNTED.map((heading) => ({
        heading: heading === "deadLetters" ? "dead letters" : heading,
        numeric: true,
      })),
      { heading: "models trained on them" },
    ],
    listed.map((record) => [
      record.id,
      record.askedBy,
      record.finishedAt ?? "interrupted",
      String(record.subjects),
      ...COUNTED.map((name) => String(record.erased[name])),
      record.models.map(({ model, rows }) => `${model} (${rows ?? "?"} rows)`)
        .join(", "),
    ]),
  );
}
