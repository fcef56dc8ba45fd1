/**
 * What a migration must not do while the release before it still serves: that code reads
 * and writes the same tables until the last of its nodes has stopped.
 *
 * @module
 */
import { CONCURRENTLY } from "./migrations.ts";

/** Begins a statement that is known to break the release before, and says why it may. */
export const BREAKING = "-- moe:breaking ";

const NEW_TABLE = /^create table(?: if not exists)? "?(\w+)"?/i;
const NEW_INDEX =
  /^create (unique )?index (concurrently )?(?:if not exists )?"?\w+"? on "?(\w+)"?/i;

const BREAKS: readonly (readonly [RegExp, string])[] = [
  [/^drop (?!policy)/i, "it drops what the release before may use"],
  [/\bdrop (column|constraint|default|not null)\b/i, "it drops"],
  [/\brename\b/i, "it renames"],
  [/\balter column\b.*\btype\b/i, "it changes a type"],
  [/\bset not null\b/i, "it refuses null, which the release before may write"],
  [
    /\badd column\b(?!.*\bdefault\b).*\bnot null\b/i,
    "it adds a column that must be given, which the release before does not",
  ],
  [
    /\badd constraint\b(?!.*\bnot valid\b)/i,
    "it checks all rows of a table under a lock; add it as not valid first",
  ],
  [/^truncate\b/i, "it empties a table"],
];

/**
 * Says why statements are not safe under traffic.
 *
 * @param statements Of one migration, in order.
 * @returns A reason for each that is not; those that are marked are not looked at.
 */
export function findUnsafe(statements: readonly string[]): string[] {
  const made = new Set(
    statements.flatMap((statement) => NEW_TABLE.exec(statement)?.[1] ?? []),
  );
  return statements.flatMap((statement) => {
    const line = statement.replace(/\s+/g, " ");
    if (line.startsWith(BREAKING)) return [];
    const bare = line.replace(CONCURRENTLY, "").trim();
    if (isOnNew(bare, made)) return [];
    const [, , concurrently, table] = NEW_INDEX.exec(bare) ?? [];
    const reason = table !== undefined && concurrently === undefined
      ? "it builds an index while nobody can write; mark it concurrently"
      : BREAKS.find(([pattern]) => pattern.test(bare))?.[1];
    return reason === undefined ? [] : [`${bare.slice(0, 60)}: ${reason}`];
  });
}

/**
 * Has the indexes of tables that were there before built beside the traffic.
 *
 * @param text A migration as it was generated.
 * @returns The same with such indexes marked.
 */
export function markIndexes(text: string): string {
  const statements = text.split("\n").map((line) => line.trim());
  const made = new Set(
    statements.flatMap((line) => NEW_TABLE.exec(line)?.[1] ?? []),
  );
  return text.split("\n").map((line) => {
    const [, , concurrently, table = ""] = NEW_INDEX.exec(line) ?? [];
    if (table === "" || made.has(table) || concurrently !== undefined) {
      return line;
    }
    const beside = line.replace(
      /^create (unique )?index /i,
      "CREATE $1INDEX CONCURRENTLY IF NOT EXISTS ",
    );
    return `${CONCURRENTLY}\n${beside}`;
  }).join("\n");
}

/** What concerns a table that nobody uses yet is safe. */
function isOnNew(statement: string, made: ReadonlySet<string>): boolean {
  const table =
    /^(?:alter table(?: only)?|create (?:unique )?index .*? on) "?(\w+)"?/i
      .exec(statement)?.[1];
  return table !== undefined && made.has(table);
}
