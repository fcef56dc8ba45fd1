/**
 * Bytes of a file as lent, unpacked where its name ends in `.gz`.
 *
 * @module
 */
import { EngineError, type FileAccess } from "@moe/plugin";

/**
 * Opens a file.
 *
 * @param files Where it is.
 * @param file Its path; `-` is standard input.
 * @returns Its bytes in chunks.
 */
export function openBytes(
  files: FileAccess,
  file: string,
): AsyncIterable<Uint8Array> {
  const bytes = files.read(file);
  return file.endsWith(".gz") ? unzip(file, bytes) : bytes;
}

async function* unzip(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const packed = ReadableStream.from(bytes) as ReadableStream<
    Uint8Array<ArrayBuffer>
  >;
  try {
    yield* packed.pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw unreadable(file, "it is not whole gzip", error);
  }
}

/**
 * Makes the failure of a file that cannot be read.
 *
 * @param file Its path.
 * @param reason Why, for a person.
 * @param cause What was thrown, for the log.
 * @returns The failure, to be thrown.
 */
export function unreadable(
  file: string,
  reason: string,
  cause?: unknown,
): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read file "${file}": ${reason}`,
    { cause },
  );
}
