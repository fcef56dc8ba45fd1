/**
 * A Parquet file in memory: its flat columns, and their values by row group.
 *
 * Parquet begins at its end, and files are lent as streams, so the packed file is
 * kept whole: at most 512 MB, and as much again for one row group unpacked. Lists,
 * maps and structs are left out.
 *
 * @see https://parquet.apache.org/docs/file-format/, read on 2026-11-26
 * @module
 */
import { EngineError, type FileAccess } from "@moe/plugin";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { createHash } from "node:crypto";
import {
  brotliDecompressSync,
  gunzipSync,
  zstdDecompressSync,
} from "node:zlib";
import { unreadable } from "../mapping/file_bytes.ts";

const MAX_BYTES = 512 * 1024 * 1024;

const COMPRESSORS: Compressors = {
  GZIP: bounded(gunzipSync),
  BROTLI: bounded(brotliDecompressSync),
  ZSTD: bounded(zstdDecompressSync),
};
const CODECS = ["UNCOMPRESSED", "SNAPPY", ...Object.keys(COMPRESSORS)];

type Unpack = (bytes: Uint8Array, length: number) => Uint8Array;

/** Unpacks no more than the file announced; a page without values is empty. */
function bounded(
  unpack: (bytes: Uint8Array, limit: { maxOutputLength: number }) => Uint8Array,
): Unpack {
  return (bytes, length) =>
    length === 0
      ? new Uint8Array()
      : unpack(bytes, { maxOutputLength: length });
}

/** Values of one row group. */
export interface RowGroup {
  /** How many rows it has. */
  readonly count: number;
  /** Physical values of each column, in the order of the file's columns. */
  readonly columns: readonly ArrayLike<unknown>[];
}

/** A file whose end has been read. */
export interface ParquetFile {
  /** Its flat columns. */
  readonly columns: readonly SchemaElement[];
  /** Hash of its bytes. */
  readonly hash: string;
  /** Its rows. */
  readonly count: number;
  /** Unpacks it, one row group after the other. */
  rowGroups(): AsyncGenerator<RowGroup>;
}

/**
 * Opens a Parquet file.
 *
 * @param files Where it is.
 * @param file Its path.
 * @returns The file.
 * @throws {EngineError} `file_unreadable` if it is too large, torn or packed in a
 * way that is not known.
 */
export async function openParquet(
  files: FileAccess,
  file: string,
): Promise<ParquetFile> {
  const { buffer, hash } = await keepBytes(file, files.read(file));
  const metadata = await whole(
    file,
    () => parquetMetadataAsync(buffer, { geoparquet: false }),
  );
  const columns = await whole(file, () => flatColumns(metadata));
  if (columns.length === 0) throw unreadable(file, "it has no flat column");
  demandKnown(file, metadata);
  return {
    columns,
    hash,
    count: Number(metadata.num_rows),
    rowGroups: () => readGroups(file, buffer, { metadata, columns }),
  };
}

async function keepBytes(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly buffer: AsyncBuffer; readonly hash: string }> {
  const hash = createHash("sha256");
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of bytes) {
    byteLength += chunk.length;
    if (byteLength > MAX_BYTES) {
      throw unreadable(file, "it has more than 512 MB; write it as several");
    }
    hash.update(chunk);
    chunks.push(chunk);
  }
  const slice = (from: number, until = byteLength) =>
    join(chunks, Math.max(0, from), Math.min(until, byteLength));
  const buffer = { byteLength, slice };
  return { buffer, hash: hash.digest("hex").slice(0, 16) };
}

function join(
  chunks: readonly Uint8Array[],
  from: number,
  until: number,
): ArrayBuffer {
  const joined = new Uint8Array(Math.max(0, until - from));
  let start = 0;
  for (const chunk of chunks) {
    const end = start + chunk.length;
    if (end > from && start < until) {
      const part = chunk.subarray(
        Math.max(0, from - start),
        Math.min(chunk.length, until - start),
      );
      joined.set(part, Math.max(0, start - from));
    }
    start = end;
  }
  return joined.buffer;
}

function flatColumns(metadata: FileMetaData): SchemaElement[] {
  return parquetSchema(metadata).children
    .filter(({ children }) => children.length === 0)
    .map(({ element }) => element)
    .filter((element) => element.repetition_type !== "REPEATED");
}

function demandKnown(file: string, { row_groups: groups }: FileMetaData): void {
  for (const { columns, total_byte_size: size } of groups) {
    const codecs = columns.map((column) => column.meta_data?.codec);
    const unknown = codecs.find((codec) => !codec || !CODECS.includes(codec));
    if (unknown !== undefined) {
      throw unreadable(
        file,
        `it is packed with ${unknown}; use snappy, gzip, zstd or brotli`,
      );
    }
    if (size > MAX_BYTES) {
      throw unreadable(
        file,
        "a row group has more than 512 MB unpacked; write smaller ones",
      );
    }
  }
}

async function* readGroups(
  file: string,
  buffer: AsyncBuffer,
  { metadata, columns }: {
    readonly metadata: FileMetaData;
    readonly columns: readonly SchemaElement[];
  },
): AsyncGenerator<RowGroup> {
  const names = columns.map(({ name }) => name);
  const scan = await whole(file, () =>
    parquetScan({
      file: buffer,
      metadata: { ...metadata, schema: metadata.schema.map(physical) },
      columns: names,
      compressors: COMPRESSORS,
      utf8: false,
      parsers: { timestampFromNanoseconds: (nanos) => nanos },
    }));
  for (const range of scan.ranges) {
    const count = range.rowEnd - range.rowStart;
    const values = [];
    for (const column of names) {
      const read = await whole(
        file,
        () => scan.readColumn({ column, ...range }),
      );
      if (read.length !== count) throw unreadable(file, "it is not whole");
      values.push(read);
    }
    yield { count, columns: values };
  }
}

/** A column without what its values mean, so that they come as they are stored. */
function physical(element: SchemaElement): SchemaElement {
  if (element.num_children) return element;
  const { converted_type: _, logical_type: __, ...stored } = element;
  return stored;
}

/** Runs the reader, which throws all sorts of errors on bytes that are not Parquet. */
async function whole<T>(file: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw unreadable(file, "it is not whole Parquet", error);
  }
}
