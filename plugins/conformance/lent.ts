/**
 * What a connector is lent under test: recorded answers, files in memory, and a
 * record of every call.
 *
 * @module
 */
import {
  EngineError,
  type FileAccess,
  type HttpCall,
  type HttpClient,
} from "../contract.ts";

/** Answers a call as the vendor would; what it throws, the connector gets. */
export type Answer = (url: string, call: HttpCall) => unknown;

/** HTTP that answers from a record and remembers who was called. */
export interface RecordedHttp extends HttpClient {
  /** URLs called, in order. */
  readonly calls: readonly string[];
}

/** Makes HTTP from recorded answers. */
export function recordHttp(answer: Answer | undefined): RecordedHttp {
  const calls: string[] = [];
  async function json(url: string, call: HttpCall = {}): Promise<unknown> {
    calls.push(url);
    await Promise.resolve();
    if (!answer) {
      throw new EngineError(
        "source_unavailable",
        "Cannot call a source: the sample has no `answer`",
      );
    }
    return structuredClone(answer(url, call));
  }
  return {
    calls,
    json,
    text: async (url, call) => String(await json(url, call)),
  };
}

/** Files in memory; `reads` counts those that were opened. */
export interface MemoryFiles extends FileAccess {
  /** Paths read, in order. */
  readonly reads: readonly string[];
}

const CHUNK = 1000;

/** Makes files from their contents. */
export function rememberFiles(
  contents: Readonly<Record<string, string | Uint8Array>> = {},
): MemoryFiles {
  const kept = new Map(Object.entries(contents));
  const reads: string[] = [];
  return {
    reads,
    async *read(path) {
      reads.push(path);
      const content = kept.get(path);
      if (content === undefined) throw unreadable(path);
      const bytes = typeof content === "string"
        ? new TextEncoder().encode(content)
        : content;
      for (let from = 0; from < bytes.length; from += CHUNK) {
        await Promise.resolve();
        yield bytes.slice(from, from + CHUNK);
      }
    },
    write(path, text) {
      kept.set(path, text);
      return Promise.resolve();
    },
    text(path) {
      const content = kept.get(path) ?? null;
      const text = content instanceof Uint8Array
        ? new TextDecoder().decode(content)
        : content;
      return Promise.resolve(text);
    },
  };
}

function unreadable(path: string): EngineError {
  return new EngineError(
    "file_unreadable",
    `Cannot read file "${path}": the sample does not have it`,
  );
}
