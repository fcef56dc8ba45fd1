/**
 * The kit is proven on broken connectors of reports: each must be caught by the check
 * that is meant for it, and the sound one by none.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Connector } from "../contract.ts";
import { connectorChecks } from "./connector_checks.ts";
import { failingChecks } from "./failing.ts";
import { FAULT_MUTANTS } from "./fixtures/fault_mutants.ts";
import { REPORT_MUTANTS } from "./fixtures/report_mutants.ts";
import { createSoundVendor } from "./fixtures/sound_vendor.ts";
import type { ConnectorSample } from "./sample.ts";
import { SOUND_REPORTS } from "./sound_reports.ts";

const MUTANTS = [...REPORT_MUTANTS, ...FAULT_MUTANTS];
/** Proven on connectors of every kind. */
const GENERAL = [
  "says what it is",
  "names the member of a configuration that it refuses",
];
const config = {
  accountId: "9007199254740997",
  clientSecret: "sound-client-secret",
  refreshToken: "sound-refresh-0",
};
/** With a day of 25 hours; where the account is, it is past midnight. */
const OCTOBER: ConnectorSample = {
  config,
  range: { from: "2026-10-20", until: "2026-10-30" },
  now: "2026-10-28T23:30:00.000Z",
  vendor: (clock) => createSoundVendor({ clock, zone: "Europe/Berlin" }),
};
/** With a day of 23 hours; where the account is, the day before is not over. */
const MARCH: ConnectorSample = {
  config,
  range: { from: "2026-03-04", until: "2026-03-12" },
  now: "2026-03-12T02:00:00.000Z",
  vendor: (clock) => createSoundVendor({ clock, zone: "America/New_York" }),
};
/** The same on recorded answers: one row of each report. */
const RECORDED: ConnectorSample = {
  config,
  range: { from: "2026-10-25", until: "2026-10-26" },
  now: "2026-10-25T12:00:00.000Z",
  answer: (url, { query = {} }) =>
    ANSWERS[`${new URL(url).pathname} ${query["level"] ?? ""}`.trim()],
};
const TOLD = { cost: 1.5, orders: "2E0", impressions: 70, clicks: 3 };
const ROW = { startsAt: "2026-10-24T22:00:00Z", campaign: { id: 1 }, ...TOLD };
const ADS = { ...ROW, ad: { id: 2 }, device: "mobile" };
const ANSWERS: Readonly<Record<string, unknown>> = {
  "/v3/account": {
    account: { id: 3, zone: "Europe/Berlin", currency: "EUR", settlesDays: 9 },
  },
  "/v3/report campaign": { rows: [ROW], nextPage: null },
  "/v3/report ad": { rows: [ADS], nextPage: null },
  "/v3/totals ad": { totals: TOLD },
};

Deno.test.each([
  { note: "where a day has 25 hours", sample: OCTOBER },
  { note: "where a day has 23 hours", sample: MARCH },
  { note: "on recorded answers", sample: RECORDED },
])("the kit lets sound reports pass $note", async ({ sample }) => {
  const checks = connectorChecks(SOUND_REPORTS as Connector, sample);
  assert.deepEqual(await failingChecks(checks), []);
});

Deno.test.each([...MUTANTS])(
  "the kit catches reports with $note",
  async ({ caught, mutant, inMarch }) => {
    const broken = { ...SOUND_REPORTS, ...mutant } as Connector;
    const checks = connectorChecks(broken, inMarch ? MARCH : OCTOBER);
    const meant = checks.filter(({ name }) => name === caught);
    assert.deepEqual(await failingChecks(meant), [caught]);
  },
);

Deno.test("every check of reports catches something", () => {
  const names = connectorChecks(SOUND_REPORTS as Connector, OCTOBER)
    .map(({ name }) => name);
  const proven = new Set([...GENERAL, ...MUTANTS.map(({ caught }) => caught)]);
  assert.deepEqual(names.filter((name) => !proven.has(name)), []);
});

const ON_RECORD = [
  {
    note: "a dimension that it does not declare",
    caught: "brings rows of the days asked for, each once",
  },
  {
    note: "something else each time",
    caught: "brings the same rows twice",
  },
  { note: "plain http", caught: "calls declared hosts only, over https" },
  { note: "a secret in a step", caught: "keeps secrets out of what it brings" },
  {
    note: "no rows where a call fails",
    caught: "does not hide a source that fails",
  },
];

Deno.test.each(ON_RECORD)(
  "the kit catches reports with $note on recorded answers",
  async ({ note, caught }) => {
    const mutant = MUTANTS.find((one) => one.note === note)?.mutant;
    assert.ok(mutant);
    const broken = { ...SOUND_REPORTS, ...mutant } as Connector;
    const failing = await failingChecks(connectorChecks(broken, RECORDED));
    assert.ok(failing.includes(caught), `only these fail: ${failing}`);
  },
);

Deno.test("every check of reports on recorded answers catches something", () => {
  const names = connectorChecks(SOUND_REPORTS as Connector, RECORDED)
    .map(({ name }) => name);
  const proven = [
    ...GENERAL,
    "declares its reports",
    ...ON_RECORD.map(({ caught }) => caught),
  ];
  assert.deepEqual(names.filter((name) => !proven.includes(name)), []);
});
