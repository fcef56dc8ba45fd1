/**
 * What a connector with reports must hold to, on recorded answers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../../core/domain/canonical.ts";
import { isEntityType } from "../../core/domain/entity.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { sync } from "../../core/signals/sync/sync.ts";
import type { SyncReport } from "../../core/signals/sync/sync_report.ts";
import { type Connector, EngineError } from "../contract.ts";
import { type Check, once } from "./check.ts";
import { type RecordedHttp, recordHttp, rememberFiles } from "./lent.ts";
import { keepInMemory, type MemorySignals } from "./memory_store.ts";
import { assertHosts } from "./pull_checks.ts";
import { assertNoSecret, type ConnectorSample, nowOf } from "./sample.ts";

const SNAKE = /^[a-z][a-z0-9_]*$/;

interface Run {
  readonly store: MemorySignals;
  readonly http: RecordedHttp;
  readonly steps: readonly string[];
  readonly report: SyncReport;
}

/** Lists the checks of reports; none without any. */
export function reportChecks(
  connector: Connector,
  sample: ConnectorSample,
): readonly Check[] {
  const { reports = [] } = connector;
  if (reports.length === 0) return [];
  const declared = {
    name: "declares its reports",
    run: () => assertDeclared(connector),
  };
  if (sample.vendor) return [declared];
  const first = once(() => run(connector, sample));
  return [
    declared,
    {
      name: "brings rows of the days asked for, each once",
      run: async () => {
        const { store, report } = await first();
        assert.deepEqual(report.failures, []);
        assert.deepEqual(report.written.rejects, {});
        assert.ok(store.rows.size > 0, "the sample gives no row");
        assertInRange(store, sample);
      },
    },
    {
      name: "brings the same rows twice",
      run: async () =>
        assert.equal(
          printRows((await run(connector, sample)).store),
          printRows((await first()).store),
        ),
    },
    {
      name: "calls declared hosts only, over https",
      run: async () =>
        assertHosts(connector, sample, (await first()).http.calls),
    },
    {
      name: "keeps secrets out of what it brings",
      run: async () => {
        const { store, steps } = await first();
        assertNoSecret(printRows(store) + canonicalJson(steps), {
          ...connector,
          config: sample.config,
        });
      },
    },
    {
      name: "does not hide a source that fails",
      run: async () => assertFailureShows(connector, sample, await first()),
    },
  ];
}

function assertDeclared({ reports = [], account }: Connector): void {
  assert.ok(account, "a connector with reports must describe its account");
  const names = reports.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, "a report is there twice");
  for (const { name, level, sliceDays, historyDays, recordCap } of reports) {
    assert.match(name, SNAKE, "a report's name must be snake_case");
    assert.ok(isEntityType(level), `level of ${name} is no entity type`);
    assert.ok(sliceDays >= 1, `sliceDays of ${name} must be at least 1`);
    assert.ok(historyDays === null || historyDays >= sliceDays);
    assert.ok(recordCap === null || recordCap > 1);
  }
}

async function run(
  connector: Connector,
  sample: ConnectorSample,
): Promise<Run> {
  const http = recordHttp(sample.answer);
  const steps: string[] = [];
  const store = keepInMemory();
  const now = nowOf(sample);
  const from = sample.range?.from ?? now.slice(0, 10);
  const report = await sync(
    {
      store,
      clock: { now: () => now },
      pseudonyms: (tenant) => openPseudonyms(new Uint8Array(32), tenant),
    },
    {
      tenant: "kit",
      source: "kit",
      connector,
      config: structuredClone(sample.config),
      files: rememberFiles(sample.files),
      http,
      report: (step) => steps.push(step),
      initialDays: Math.round(
        (Date.parse(now.slice(0, 10)) - Date.parse(from)) / 86_400_000,
      ),
    },
  );
  return { store, http, steps, report };
}

function assertInRange(
  { rows }: MemorySignals,
  { range }: ConnectorSample,
): void {
  for (const { signal: { day } } of rows.values()) {
    assert.ok(
      !range || day >= range.from,
      `a row of ${day} is before the days asked for`,
    );
  }
}

function printRows({ rows }: MemorySignals): string {
  return canonicalJson(Object.fromEntries(
    [...rows].map(([key, { signal }]) => [key, signal]),
  ));
}

async function assertFailureShows(
  connector: Connector,
  sample: ConnectorSample,
  { http }: Run,
): Promise<void> {
  for (let good = 0; good < http.calls.length; good++) {
    let calls = 0;
    const answer: ConnectorSample["answer"] = (url, call) => {
      if (calls++ >= good) {
        throw new EngineError(
          "source_unavailable",
          "Cannot call a source: the kit plays a failure",
        );
      }
      return sample.answer?.(url, call);
    };
    await assert.rejects(
      () => run(connector, { ...sample, answer }),
      `call ${good + 1} fails, and the sync does not say so`,
    );
  }
}
