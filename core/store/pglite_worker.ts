/**
 * Runs PGlite off the main thread: it blocks the thread that it runs on.
 * One statement at a time, in the order of the messages.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { PGlite } from "@electric-sql/pglite";
import { DECODERS } from "./codec.ts";

/** What the worker is asked. The first request opens. */
export type WorkerRequest =
  | {
    readonly kind: "open";
    /** Folder of the database; null keeps it in memory. */
    readonly folder: string | null;
    /** Archive of a data folder to start from. */
    readonly template: Uint8Array<ArrayBuffer> | null;
  }
  | {
    readonly kind: "run";
    readonly text: string;
    readonly params: readonly (string | null)[];
    readonly mode: "object" | "array";
  }
  | { readonly kind: "copy"; readonly into: string; readonly rows: string }
  | { readonly kind: "dump" }
  | { readonly kind: "close" };

/** What it answers: a result, or what the database said. */
export type WorkerAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly message: string; readonly code: string } };

const AS_TEXT = Object.fromEntries(
  Object.keys(DECODERS).map((type) => [type, (text: string) => text]),
);

let database: PGlite | null = null;

async function answer(request: WorkerRequest): Promise<unknown> {
  if (request.kind === "open") {
    database = await open(request);
    return null;
  }
  if (database === null) throw new Error("The database is not open");
  switch (request.kind) {
    case "run":
      return (await database.query(request.text, [...request.params], {
        rowMode: request.mode,
        parsers: DECODERS,
        serializers: AS_TEXT,
      })).rows;
    case "copy":
      await database.query(`copy ${request.into} from '/dev/blob'`, [], {
        blob: new Blob([request.rows]),
      });
      return null;
    case "dump":
      return new Uint8Array(
        await (await database.dumpDataDir("none")).arrayBuffer(),
      );
    case "close":
      return await database.close();
  }
}

async function open(
  { folder, template }: WorkerRequest & { kind: "open" },
): Promise<PGlite> {
  const opened = await PGlite.create({
    dataDir: folder ?? "memory://",
    ...template ? { loadDataDir: new Blob([template]) } : {},
  });
  await opened.exec("set timezone = 'UTC'; set datestyle = 'ISO'");
  return opened;
}

self.onmessage = async ({ data }: MessageEvent<WorkerRequest>) => {
  try {
    self.postMessage({ result: await answer(data) });
  } catch (error) {
    const { message, code = "XX000" } = error as { message: string } & {
      code?: string;
    };
    self.postMessage({ error: { message, code } });
  }
};
