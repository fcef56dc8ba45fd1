/**
 * Rows of a file, whatever its format: pages of texts by column.
 *
 * @module
 */
import { RecordFault } from "@moe/plugin";

/** Rows in one page. */
export const PAGE_ROWS = 2000;

/** What a decoder leaves in place of bytes that make no character. */
const UNREADABLE = "\uFFFD";

/** A row as the file holds it. */
export interface SourceRow {
  /** Texts by column, null for no value; throws a `RecordFault` if it cannot be split. */
  fields(): readonly (string | null)[];
  /** Its text, to be kept if it is refused. */
  original(): string;
}

/** Some rows, in the order of the file. */
export interface RowPage {
  /** Names of the columns. */
  readonly header: readonly string[];
  readonly rows: readonly SourceRow[];
  /** Whether it is the file's last. */
  readonly last: boolean;
  /** Number of rows up to its end, and a hash of the file up to there or as a whole. */
  readonly place: string;
}

/** Throws if a text came from bytes that the encoding does not have. */
export function demandDecoded(text: string): void {
  if (!text.includes(UNREADABLE)) return;
  throw new RecordFault(
    "encoding_invalid",
    "bytes that the file's encoding does not have; name it in the mapping's encoding",
  );
}
