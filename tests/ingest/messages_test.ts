/**
 * Readers of messages on whatever comes: lines of any JSON and of none, cut
 * anywhere, gone on with from anywhere. They fail by name or not at all, and no
 * record is lost without a trace.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import airbyte from "../../connectors/airbyte/connector.ts";
import singer from "../../connectors/singer/connector.ts";
import {
  canonicalJson,
  EngineError,
  type FileAccess,
  type Page,
} from "../../plugins/contract.ts";
import { recordHttp, rememberFiles } from "../../plugins/conformance/test.ts";

const STREAMS = {
  a: {
    signals: [{
      grain: "event",
      eventId: "{id}",
      type: "Seen",
      occurredAt: { at: "2024-01-01T00:00:00Z" },
      entities: {},
      properties: { x: { column: "x", type: "number" } },
    }],
  },
};
const CONNECTORS = { airbyte, singer } as const;
type Name = keyof typeof CONNECTORS;

/** How each protocol writes a record and a state. */
const SPEECH: Record<Name, {
  readonly record: (stream: string, record: unknown) => unknown;
  readonly state: (at: number) => unknown;
}> = {
  airbyte: {
    record: (stream, data) => ({ type: "RECORD", record: { stream, data } }),
    state: (at) => ({ type: "STATE", state: { data: { at } } }),
  },
  singer: {
    record: (stream, record) => ({ type: "RECORD", stream, record }),
    state: (at) => ({ type: "STATE", value: { at } }),
  },
};

async function pull(
  name: Name,
  files: FileAccess,
  { cursor = null as string | null, steps = [] as string[] } = {},
): Promise<Page[]> {
  const connector = CONNECTORS[name];
  const pages = connector.pull?.({
    config: connector.config.parse({ file: "f", streams: STREAMS }),
    files,
    http: recordHttp(undefined),
    now: "2026-01-01T00:00:00.000Z",
    range: null,
    cursor,
    report: (step) => steps.push(step),
  });
  return await Array.fromAsync(pages ?? []);
}

/** Messages of a protocol with any member missing or strange, any JSON, any text. */
function anyLine(): fc.Arbitrary<string> {
  const types = [
    "RECORD STATE SCHEMA BATCH ACTIVATE_VERSION CATALOG TRACE LOG CONTROL",
    "SPEC CONNECTION_STATUS",
  ].join(" ").split(" ");
  const strange = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>("a", "STREAM", "GLOBAL", "ERROR", "INCOMPLETE"),
    fc.record({ name: fc.constant("a") }),
  );
  const members = fc.dictionary(
    fc.constantFrom(
      ..."stream record value schema key_properties properties state data"
        .split(" "),
      ..."global type sourceStats recordCount trace error stream_status log"
        .split(" "),
      ..."catalog streams json_schema connectionStatus level status".split(" "),
    ),
    fc.oneof(
      strange,
      fc.dictionary(fc.constantFrom("stream", "data"), strange),
    ),
  );
  const message = fc.tuple(fc.constantFrom(...types), members)
    .map(([type, told]) => JSON.stringify({ ...told, type }));
  return fc.oneof(
    message,
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "[".repeat(20_000),
      '{"a":1234567890123456,"b":'.repeat(9_000),
    ),
  );
}

const BOTH = (["airbyte", "singer"] as const).map((name) => ({ name }));

Deno.test.each(BOTH)(
  "$name: no line brings it down, except by name",
  async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLine(), { maxLength: 20 }),
        fc.nat(),
        async (lines, cut) => {
          const bytes = new TextEncoder().encode(lines.join("\n"));
          const content = bytes.slice(0, cut % (2 * bytes.length + 1));
          try {
            const pages = await pull(name, rememberFiles({ f: content }));
            assert.equal(pages.at(-1)?.cursor, null);
          } catch (error) {
            assert.ok(error instanceof EngineError, String(error));
          }
        },
      ),
      { numRuns: 300 },
    );
  },
);

type Told =
  | { readonly kind: "good" | "bad" | "unmapped" | "garbage" }
  | { readonly kind: "state" };

function anyRun(): fc.Arbitrary<readonly Told["kind"][]> {
  return fc.array(
    fc.constantFrom<Told["kind"]>(
      ...["good", "good", "bad", "unmapped", "garbage", "state"] as const,
    ),
    { maxLength: 60 },
  );
}

function write(name: Name, told: readonly Told["kind"][]): string {
  const { record, state } = SPEECH[name];
  return told.map((kind, id) => {
    if (kind === "garbage") return `{"id":${id}`;
    if (kind === "state") return JSON.stringify(state(id));
    const stream = kind === "unmapped" ? "b" : "a";
    const x = kind === "bad" ? "many" : id;
    return JSON.stringify(record(stream, { id, x }));
  }).map((line) => `${line}\n`).join("");
}

function count(told: readonly Told["kind"][], ...kinds: Told["kind"][]) {
  return told.filter((kind) => kinds.includes(kind)).length;
}

function stateOf(page: Page | undefined): unknown {
  return JSON.parse(page?.cursor ?? page?.resume ?? "null").state;
}

Deno.test.each(BOTH)(
  "$name: every record is a signal, a dead letter or counted",
  async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(anyRun(), async (told) => {
        const steps: string[] = [];
        const files = rememberFiles({ f: write(name, told) });
        const pages = await pull(name, files, { steps });
        const signals = pages.flatMap((page) => page.signals);
        const rejects = pages.flatMap((page) => page.rejects ?? []);
        assert.equal(signals.length, count(told, "good"));
        assert.equal(rejects.length, count(told, "bad", "garbage"));
        const left = steps.find((step) =>
          step.endsWith("the mapping leaves out")
        );
        assert.equal(Number.parseInt(left ?? "0"), count(told, "unmapped"));
        const last = told.lastIndexOf("state");
        assert.deepEqual(stateOf(pages.at(-1)), last < 0 ? null : { at: last });
      }),
      { numRuns: 150 },
    );
  },
);

Deno.test.each(BOTH)(
  "$name: a state never runs ahead of the records before it",
  async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(anyRun(), async (told) => {
        const files = rememberFiles({ f: write(name, told) });
        let signals = 0;
        for (const page of await pull(name, files)) {
          signals += page.signals.length;
          const { at = 0 } = (stateOf(page) ?? {}) as { at?: number };
          assert.ok(signals >= count(told.slice(0, at), "good"));
        }
      }),
      { numRuns: 100 },
    );
  },
);

Deno.test.each(BOTH)(
  "$name: going on from any cursor, also of a file that grew, tells the rest",
  async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(anyRun(), anyRun(), async (told, more) => {
        const files = rememberFiles({ f: write(name, told) });
        const pages = await pull(name, files);
        for (const [at, { cursor }] of pages.entries()) {
          if (cursor === null) continue;
          const rest = await pull(name, files, { cursor });
          assert.equal(canonicalJson(rest), canonicalJson(pages.slice(at + 1)));
        }
        const cursor = pages.at(-1)?.resume ?? null;
        const grown = rememberFiles({ f: write(name, [...told, ...more]) });
        const rest = await pull(name, grown, { cursor });
        const signals = rest.flatMap((page) => page.signals);
        assert.equal(
          signals.length,
          told.length === 0 ? count(more, "good") : count(more, "good"),
        );
      }),
      { numRuns: 60 },
    );
  },
);

/** A file that is made while it is read. */
function stream(chunks: Iterable<string | Uint8Array>): FileAccess {
  const encoder = new TextEncoder();
  return {
    ...rememberFiles(),
    async *read() {
      for (const chunk of chunks) {
        await Promise.resolve();
        yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
      }
    },
  };
}

Deno.test.each(BOTH)(
  "$name: a line without an end is not kept in memory",
  async ({ name }) => {
    const chunk = new Uint8Array(1024 * 1024).fill(65);
    function* lines() {
      yield write(name, ["good"]);
      for (let at = 0; at < 300; at++) yield chunk;
      yield "\n" + write(name, ["good", "state"]);
    }
    const before = Deno.memoryUsage().rss;
    const pages = await pull(name, stream(lines()));
    assert.ok(Deno.memoryUsage().rss - before < 128 * 1024 * 1024);
    const rejects = pages.flatMap((page) => page.rejects ?? []);
    assert.deepEqual(rejects.map(({ reason }) => reason), ["line_too_long"]);
    assert.ok((rejects[0]?.original.length ?? 0) <= 4096);
    assert.deepEqual(stateOf(pages.at(-1)), { at: 1 });
  },
);
