/**
 * States of an Airbyte source, and the check of its counts.
 *
 * A source says the state of one stream (STREAM), of all together (GLOBAL), or in
 * the old way (LEGACY). What its next run is to be given is an array of the latest
 * state messages, or the LEGACY data by itself. A state may say how many records
 * the source wrote since the one before; if another number came, some were lost on
 * the way, and the state must not be taken.
 *
 * @see https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol,
 * `AirbyteStateMessage` and `AirbyteStateStats`, read on 2026-11-26
 * @module
 */
import { canonicalJson, EngineError } from "@moe/plugin";
import * as z from "zod";
import { printExactJson } from "../mapping/exact_json.ts";
import {
  demandShape,
  JsonObject,
  NO_STATE,
  printPart,
} from "../mapping/protocol.ts";

/** A stream's name, with its namespace if it has one. */
export const Descriptor = z.object({
  name: z.string().min(1),
  namespace: z.string().nullish(),
});

/** A stream's name, with its namespace if it has one. */
export type Descriptor = z.infer<typeof Descriptor>;

const Stats = {
  sourceStats: z.object({ recordCount: z.number().nullish() }).nullish(),
};
const State = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("STREAM"),
    stream: z.object({ stream_descriptor: Descriptor }),
    ...Stats,
  }),
  z.object({ type: z.literal("GLOBAL"), global: JsonObject, ...Stats }),
  z.object({ type: z.literal("LEGACY"), data: JsonObject, ...Stats }),
]);
const StateLine = z.object({
  state: z.preprocess(
    (state) =>
      JsonObject.safeParse(state).success
        ? { type: "LEGACY", ...state as object }
        : state,
    State,
  ),
});

/** What the source has said of its states. */
export interface States {
  /** Counts a record. */
  count(stream: Descriptor): void;
  /** Counts a line that could not be read, of whatever stream. */
  skip(): void;
  /**
   * Takes a state.
   *
   * @param line The parsed line.
   * @param text Its text.
   * @returns All that the next run is to be given, canonical JSON.
   * @throws {EngineError} `source_inconsistent` if other than all records came.
   */
  take(line: unknown, text: string): string;
}

/** In place of a stream's name, for what is said of all. */
const ALL = "";

/**
 * Opens the states of a run.
 *
 * @param given What the run was given, canonical JSON.
 * @returns The states; those of streams that the run does not mention stay.
 * @throws {EngineError} `request_invalid` if the given is no Airbyte state.
 */
export function openStates(given: string): States {
  const counts = openCounts();
  const latest = parseGiven(given);

  function take(line: unknown, text: string): string {
    const { state } = demandShape(StateLine, line);
    const key = state.type === "STREAM"
      ? streamKey(state.stream.stream_descriptor)
      : ALL;
    counts.settle(key, state.sourceStats?.recordCount ?? null);
    if (state.type !== "STREAM") latest.clear();
    if (state.type === "LEGACY") return printPart(text, "state", "data");
    const member = state.type === "GLOBAL" ? "global" : "stream";
    const told = printPart(text, "state", member);
    latest.delete(ALL);
    latest.set(key, `{"${member}":${told},"type":"${state.type}"}`);
    const sorted = [...latest].sort(([a], [b]) => a < b ? -1 : 1);
    return `[${sorted.map(([, one]) => one).join(",")}]`;
  }

  return {
    count: (stream) => counts.add(streamKey(stream)),
    skip: counts.skip,
    take,
  };
}

function parseGiven(given: string): Map<string, string> {
  if (given === NO_STATE) return new Map();
  const told: unknown = JSON.parse(given);
  if (!Array.isArray(told)) return new Map();
  const states = z.array(State).safeParse(told);
  if (!states.success) {
    throw new EngineError(
      "request_invalid",
      "Cannot go on from cursor: its state is not one of an Airbyte source",
    );
  }
  return new Map(states.data.map((state, at) => [
    state.type === "STREAM" ? streamKey(state.stream.stream_descriptor) : ALL,
    printExactJson(given, (all) => (all as readonly unknown[])[at]),
  ]));
}

function openCounts() {
  const since = new Map<string, { records: number; skipped: number }>();
  let skipped = 0;
  function sinceState(key: string) {
    const known = since.get(key) ?? { records: 0, skipped: 0 };
    since.set(key, known);
    return known;
  }
  return {
    add(key: string): void {
      sinceState(key).records++;
      sinceState(ALL).records++;
    },
    skip(): void {
      skipped++;
    },
    /** Lines that could not be read may have been records; they are dead letters. */
    settle(key: string, told: number | null): void {
      const { records, skipped: before } = sinceState(key);
      since.set(key, { records: 0, skipped });
      const most = records + skipped - before;
      if (told === null || (records <= told && told <= most)) return;
      throw new EngineError(
        "source_inconsistent",
        `Cannot take state${
          key === ALL ? "" : ` of ${key}`
        }: the source wrote ${told} records since the last, and ${records} came`,
        { facts: { written: told, came: records } },
      );
    },
  };
}

function streamKey({ name, namespace }: Descriptor): string {
  return canonicalJson(namespace ? [namespace, name] : [name]);
}
