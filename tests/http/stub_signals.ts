/**
 * What the stub engine's shop has brought.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import type {
  DeadLetter,
  KnownPerformance,
  SignalCounts,
} from "../../core/ports/signals.ts";
import { AT } from "./stub_records.ts";

/** What a delivery brings. */
export const RECEIPT: Awaited<ReturnType<Engine["receive"]>> = {
  inserted: 0,
  restated: 0,
  unchanged: 0,
  vanished: 0,
  events: 1,
  duplicates: 1,
  deadLetters: 1,
  rejected: [{
    index: 0,
    reason: "time_missing",
    detail: "timestamp is absent",
    original: "{}",
  }],
};

/** What the shop has brought. */
const COUNTS: SignalCounts = {
  source: "shop",
  connector: "csv",
  performance: 2,
  revisions: 3,
  events: 4,
  deadLetters: { ["number_invalid"]: 1 },
  lastObservedAt: AT,
};

/** A total as the shop told it. */
const KNOWN: KnownPerformance = {
  rowKey: "ab".repeat(32),
  revision: 2,
  observedAt: AT,
  maturity: "settling",
  signal: {
    grain: "performance",
    report: "campaign_daily",
    level: "campaign",
    entities: { account: "a-1", campaign: "c-17" },
    day: "2026-01-31",
    periodDays: 1,
    zone: "Europe/Berlin",
    currency: "EUR",
    breakdowns: {},
    attribution: "click_30d",
    metrics: { spend_micros: 12_340_000n },
  },
};

/** A row that could not become a signal. */
const LETTER: DeadLetter = {
  id: "dl_1",
  source: "shop",
  connector: "csv",
  version: "",
  observedAt: AT,
  reason: "number_invalid",
  detail: "clicks is not a number",
  original: "a,b,x",
};

/** Signals of tenant acme; no other has any. */
export const SIGNALS: Engine["signals"] = {
  freshness: () => Promise.resolve([]),
  performance: ({ tenant, after, limit }) =>
    Promise.resolve(
      tenant === "acme" && !after ? [KNOWN].slice(0, limit) : [],
    ),
  count: (tenant) => Promise.resolve(tenant === "acme" ? [COUNTS] : []),
  listDeadLetters: (tenant, { limit, ...filter }) =>
    Promise.resolve(
      tenant === "acme" ? [{ ...LETTER, ...filter }].slice(0, limit) : [],
    ),
};

/** Nothing is wrong, and the views of a model were compared. */
export const TRUST: Engine["trust"] = {
  consistency: () => Promise.resolve([]),
  everyConsistency: () => Promise.resolve([]),
  consistencyOf: () =>
    Promise.resolve([{
      ...{ name: "engagement", version: 1 },
      ...{ checked: 3000, mismatched: 0, lower: 0, upper: 0.001 },
    }]),
  heldBack: () => [],
  findings: () => [],
};
