/**
 * A part of a log as the lines of an export.
 *
 * @module
 */
import { sha256 } from "../../../domain/canonical.ts";
import type { ChainRecord } from "../../../domain/decision.ts";
import type { ReadPart } from "../records/reading.ts";
import { type ExportHeader, printExportLine } from "./export_file.ts";

/**
 * Prints a part, each line with its line break.
 *
 * @param about What the first line says beside which part it is.
 * @param print Prints a page, a line each.
 */
export async function* printPart<R extends ChainRecord>(
  { anchor, upTo, size, pages }: ReadPart<R>,
  about: Omit<ExportHeader, "v" | "kind" | "anchor" | "upTo" | "size">,
  print: (page: readonly R[]) => Promise<readonly string[]>,
): AsyncGenerator<string> {
  const first = printExportLine({
    ...{ v: 1, kind: "export", ...about, anchor, upTo, size },
  });
  yield `${first}\n`;
  let [lines, last] = [0, anchor];
  for await (const page of pages) {
    const texts = await print(page);
    for (const text of texts) yield `${text}\n`;
    lines += texts.length;
    const { seq, hash } = page.at(-1) ?? last;
    if (seq > last.seq) last = { seq, hash };
  }
  const header = sha256(first);
  yield `${printExportLine({ v: 1, kind: "end", lines, header, last })}\n`;
}
