/**
 * The real data sets, ingested through the real connector with the mappings kept here.
 *
 * @module
 */
import csv from "../../connectors/csv/connector.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { ingest } from "../../core/signals/ingest.ts";
import { lendFiles } from "../../core/signals/lend/files.ts";
import { NO_HTTP, PSEUDONYMS } from "../ingest/memory_signals.ts";

const DATA = new URL("../../../shared/data/", import.meta.url);
const FIXTURES = new URL("../fixtures/", import.meta.url);

/** Whether the data sets are here; an absence fails where all is required. */
export function hasData(): boolean {
  try {
    return Deno.statSync(DATA).isDirectory;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}

/** Reads a JSON file of a fixture. */
export async function readFixture(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(new URL(path, FIXTURES)));
}

/** Ingests the first rows of a data set for a tenant. */
export async function ingestFixture(
  { store, clock }: { store: SignalStore; clock: Clock },
  { tenant, name, file, rows }: {
    readonly tenant: string;
    /** Folder of the mapping. */
    readonly name: string;
    /** Path below the data sets. */
    readonly file: string;
    readonly rows: number;
  },
): Promise<void> {
  const text = await Deno.readTextFile(new URL(file, DATA));
  const sample = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    const lines = text.split("\n").slice(0, rows + 1);
    await Deno.writeTextFile(sample, `${lines.join("\n").trimEnd()}\n`);
    await ingest({ store, clock, pseudonyms: () => PSEUDONYMS }, {
      tenant,
      source: name,
      connector: csv,
      config: {
        file: sample,
        mapping: await readFixture(`${name}/mapping.json`),
      },
      range: null,
      files: lendFiles([sample]),
      http: NO_HTTP,
      report: () => {},
    });
  } finally {
    await Deno.remove(sample);
  }
}
