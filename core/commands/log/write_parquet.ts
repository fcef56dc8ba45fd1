/**
 * Writes exported records as Parquet, one row group after the other.
 *
 * @module
 */
import {
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  schemaFromColumnData,
} from "hyparquet-writer";
import type { ExportedRecord } from "../../decisions/log/export/export.ts";
import {
  type ExportTable,
  toColumns,
} from "../../decisions/log/export/export_table.ts";
import { writeWhole } from "../terminal.ts";

/** Rows of a group; so many are in memory. */
const GROUP = 10_000;

/**
 * Writes records.
 *
 * @param table The columns.
 * @returns How many.
 */
export async function writeParquet(
  file: Deno.FsFile,
  table: ExportTable,
  pages: AsyncIterable<readonly ExportedRecord[]>,
): Promise<number> {
  const sourcesOf = (page: readonly ExportedRecord[]): ColumnSource[] =>
    toColumns(table, page).map(({ name, type, nullable, data }) => ({
      ...{ name, type, nullable },
      data: [...data],
    }));
  const parquet = new ParquetWriter({
    writer: new FileWriter(file),
    schema: schemaFromColumnData({ columnData: sourcesOf([]) }),
  });
  let [count, group] = [0, [] as ExportedRecord[]];
  async function flush(): Promise<void> {
    if (group.length > 0) await parquet.write({ columnData: sourcesOf(group) });
    count += group.length;
    group = [];
  }
  for await (const page of pages) {
    group.push(...page);
    if (group.length >= GROUP) await flush();
  }
  await flush();
  await parquet.finish();
  return count;
}

/** Its buffer goes to the file after each group, so that it stays small. */
class FileWriter extends ByteWriter {
  constructor(readonly file: Deno.FsFile) {
    super();
  }

  flush(): void {
    writeWhole(this.file, this.getBytes());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}
