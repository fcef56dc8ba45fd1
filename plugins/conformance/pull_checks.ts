/**
 * What a connector that pulls must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../../core/domain/canonical.ts";
import { deriveRowKey, type Signal } from "../../core/domain/signal.ts";
import { normalize } from "../../core/signals/normalize.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { type Connector, EngineError, type Page } from "../contract.ts";
import { type Check, once } from "./check.ts";
import { assertNoSecret, type ConnectorSample, nowOf } from "./sample.ts";
import {
  type MemoryFiles,
  type RecordedHttp,
  recordHttp,
  rememberFiles,
} from "./lent.ts";

const MAX_PAGES = 1000;

/** One whole pull, and what it touched. */
interface Run {
  readonly pages: readonly Page[];
  readonly http: RecordedHttp;
  readonly files: MemoryFiles;
  readonly steps: readonly string[];
}

/** Lists the checks of the pulling side; none without one. */
export function pullChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  if (!connector.pull || sample.vendor) return [];
  const run = (cursor: string | null = null) => pull(connector, sample, cursor);
  const first = once(run);

  return [
    {
      name: "ends, and each page says where to go on",
      run: async () => assertCursors((await first()).pages),
    },
    {
      name: "emits valid signals of declared grains only",
      run: async () => assertValid(connector, signalsOf(await first())),
    },
    {
      name: "stays within the days asked for",
      run: async () => assertInRange(signalsOf(await first()), sample),
    },
    {
      name: "gives the same answer twice",
      run: async () =>
        assertSamePages((await run()).pages, (await first()).pages),
    },
    {
      name: "goes on from any cursor",
      run: async () => {
        const { pages } = await first();
        for (const [index, { cursor }] of pages.entries()) {
          if (cursor === null) continue;
          const rest = await run(cursor);
          assertSamePages(rest.pages, pages.slice(index + 1));
        }
      },
    },
    {
      name: "tells each key once, unless it says the same",
      run: async () => assertKeys(signalsOf(await first())),
    },
    {
      name: "calls declared hosts only, over https",
      run: async () =>
        assertHosts(connector, sample, (await first()).http.calls),
    },
    {
      name: "keeps secrets out of what it emits",
      run: async () => {
        const { pages, steps } = await first();
        const text = canonicalJson([pages, steps]);
        assertNoSecret(text, { ...connector, config: sample.config });
      },
    },
    {
      name: "does not hide a source that fails",
      run: async () => assertFailureShows(connector, sample, await first()),
    },
  ];
}

async function pull(
  connector: Connector,
  sample: ConnectorSample,
  cursor: string | null,
): Promise<Run> {
  const http = recordHttp(sample.answer);
  const files = rememberFiles(sample.files);
  const steps: string[] = [];
  const pages: Page[] = [];
  const source = connector.pull?.({
    config: connector.config.parse(structuredClone(sample.config)),
    http,
    files,
    range: sample.range ?? null,
    cursor,
    now: nowOf(sample),
    report: (step) => steps.push(step),
  });
  for await (const page of source ?? []) {
    pages.push(page);
    assert.ok(pages.length <= MAX_PAGES, `does not end in ${MAX_PAGES} pages`);
  }
  return { pages, http, files, steps };
}

function signalsOf({ pages }: Run): readonly Signal[] {
  return pages.flatMap(({ signals }) => signals);
}

function assertCursors(pages: readonly Page[]): void {
  assert.ok(pages.length > 0, "the sample gives no page");
  assert.equal(pages.at(-1)?.cursor, null, "the last cursor must be null");
  const cursors = pages.slice(0, -1).map(({ cursor }) => cursor);
  assert.ok(!cursors.includes(null), "a cursor is null before the end");
  assert.equal(new Set(cursors).size, cursors.length, "a cursor comes twice");
}

/** Throws unless all signals pass the checks that the engine makes. */
export function assertValid(
  connector: Connector,
  signals: readonly Signal[],
): void {
  assert.ok(signals.length > 0, "the sample gives no signal");
  assert.deepEqual(checkSignals(connector, signals), []);
}

/**
 * Checks signals as the engine does before it keeps them.
 *
 * @param connector Which declared what it emits.
 * @param signals What it emitted.
 * @returns Reason and detail of each that would become a dead letter.
 */
export function checkSignals(
  { name, emits }: Pick<Connector, "name" | "emits">,
  signals: readonly Signal[],
): { readonly reason: string; readonly detail: string }[] {
  return normalize(kitOrigin(name, emits), { signals, rejects: [] })
    .rejects.map(({ reason, detail }) => ({ reason, detail }));
}

/** Where signals under test come from. */
export function kitOrigin(source: string, emits: Connector["emits"]) {
  return {
    source,
    emits,
    observedAt: "2026-11-26T12:00:00.000Z",
    settlesDays: 0,
    pseudonyms: openPseudonyms(new Uint8Array(32), "kit"),
  };
}

function assertInRange(
  signals: readonly Signal[],
  { range }: ConnectorSample,
): void {
  if (!range) return;
  for (const signal of signals) {
    const day = signal.grain === "event"
      ? signal.occurredAt.slice(0, 10)
      : signal.day;
    assert.ok(
      day >= range.from && day < range.until,
      `a signal of ${day} is outside the days asked for`,
    );
  }
}

function assertSamePages(got: readonly Page[], want: readonly Page[]): void {
  assert.equal(canonicalJson(got), canonicalJson(want));
}

function assertKeys(signals: readonly Signal[]): void {
  const told = new Map<string, string>();
  for (const signal of signals) {
    const key = signal.grain === "event"
      ? `event ${signal.eventId}`
      : `row ${deriveRowKey("sample", signal)}`;
    const content = canonicalJson(signal);
    assert.equal(told.get(key) ?? content, content, `${key} is told twice`);
    told.set(key, content);
  }
}

/** Throws if a call went elsewhere than was declared, or named in the configuration. */
export function assertHosts(
  connector: Connector,
  { config }: Pick<ConnectorSample, "config">,
  calls: readonly string[],
): void {
  const parsed = connector.config.parse(structuredClone(config));
  const named = connector.configuredHosts?.(parsed) ?? [];
  for (const call of calls) {
    const { protocol, hostname } = new URL(call);
    assert.equal(protocol, "https:", `calls ${hostname} without https`);
    const declared = named.includes(hostname) ||
      connector.hosts.some((host) =>
        host.startsWith("*.")
          ? hostname.endsWith(host.slice(1))
          : host === hostname
      );
    assert.ok(declared, `calls ${hostname}, not declared`);
  }
}

async function assertFailureShows(
  connector: Connector,
  sample: ConnectorSample,
  { http, files }: Run,
): Promise<void> {
  for (let good = 0; good < http.calls.length; good++) {
    let calls = 0;
    const answer: ConnectorSample["answer"] = (url, call) => {
      if (calls++ >= good) throw failure("source_unavailable");
      return sample.answer?.(url, call);
    };
    await assert.rejects(
      () => pull(connector, { ...sample, answer }, null),
      `call ${good + 1} fails, and the pull does not say so`,
    );
  }
  if (files.reads.length === 0) return;
  await assert.rejects(
    () => pull(connector, { ...sample, files: {} }, null),
    "a file is missing, and the pull does not say so",
  );
}

function failure(code: "source_unavailable"): EngineError {
  return new EngineError(code, "Cannot call a source: the kit plays a failure");
}
