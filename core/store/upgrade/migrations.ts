/**
 * The migrations of this release: files of statements, in order.
 *
 * A statement that begins with the line `-- moe:concurrently` builds an index without
 * stopping who writes; it runs outside of a transaction, after the others of its file.
 *
 * @module
 */
import journal from "../migrations/meta/_journal.json" with { type: "json" };
import { sha256 } from "../../domain/canonical.ts";

const BREAKPOINT = "--> statement-breakpoint";
/** Begins a statement that builds an index beside the traffic. */
export const CONCURRENTLY = "-- moe:concurrently";

/** One migration. */
export interface Migration {
  /** Name of its file. */
  readonly tag: string;
  /** SHA-256 of its text: it must not change once it was applied anywhere. */
  readonly checksum: string;
  /** Statements of its transaction. */
  readonly statements: readonly string[];
  /** Statements that build indexes, outside of it. */
  readonly indexes: readonly string[];
}

/** Reads a migration. */
export function parseMigration(tag: string, text: string): Migration {
  const all = text.split(BREAKPOINT).map((statement) => statement.trim())
    .filter((statement) => statement !== "");
  return {
    tag,
    checksum: sha256(text),
    statements: all.filter((statement) => !statement.startsWith(CONCURRENTLY)),
    indexes: all.filter((statement) => statement.startsWith(CONCURRENTLY)),
  };
}

/** The migrations of this release. */
export async function shippedMigrations(): Promise<readonly Migration[]> {
  return await Promise.all(journal.entries.map(async ({ tag }) => {
    const file = new URL(`../migrations/${tag}.sql`, import.meta.url);
    return parseMigration(tag, await Deno.readTextFile(file));
  }));
}
