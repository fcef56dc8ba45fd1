/**
 * Keeps the policies in force in step with what was approved or switched off, on every
 * node, while a server runs, and notices texts that somebody altered in the store; and
 * does what time brings: scheduled starts, the stages of a trial, and its end where it
 * goes ill.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { LeaseStore } from "../ports/stores.ts";
import type { PolicyBook } from "../verdicts/in_force/policy_book.ts";
import { printError } from "./print_error.ts";
import { type Background, inRounds } from "./rounds.ts";

/** Pause between two looks at what is in force: a switch reaches each node within it. */
const ROUND_MS = 400;
/** Pause between two looks at the texts of what is in force. */
const TEXTS_MS = 60_000;
/** Name of the lease of who does what time brings. */
const LEASE = "changes";
const LEASE_MS = 15_000;
/** Pause between two looks at the time. */
const TICK_MS = 5_000;

/** One line of the log. */
export interface PolicyEntry {
  readonly at: Instant;
  readonly level: "info" | "error";
  readonly event: "policies_changed" | "policies_failed" | "changes_failed";
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface PolicyScope {
  readonly book: Pick<
    PolicyBook,
    "renew" | "renewSwitches" | "verifyTexts" | "active" | "problems"
  >;
  /** Does what time brings; a line for each change that moved. */
  tick(): Promise<readonly string[]>;
  /** Ends trials that this node saw go ill; a line for each. */
  watch(): Promise<readonly string[]>;
  readonly leases: Pick<LeaseStore, "take">;
  readonly clock: Clock;
  readonly ids: Ids;
  log(entry: PolicyEntry): void;
  /** Pause between rounds, ms; 400 unless given. */
  readonly roundMs?: number;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepPolicies(scope: PolicyScope): Background {
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = Promise.all([
    ...[renew(scope, signal), renewSwitches(scope, signal)],
    ...[verifyTexts(scope, signal), keepTime(scope, signal)],
  ]);
  return {
    stop: () => stopping.abort(),
    ended: ended.then(() => {}),
  };
}

async function renew(scope: PolicyScope, signal: AbortSignal): Promise<void> {
  const everyMs = scope.roundMs ?? ROUND_MS;
  let told = "";
  const fail = (detail: string) => {
    if (detail !== told) tell(scope, "policies_failed", detail);
    told = detail;
  };
  const failed = (error: unknown) => fail(printError(error));
  await inRounds(signal, { everyMs, failed }, async () => {
    if (await scope.book.renew()) {
      const { hash } = scope.book.active("");
      tell(scope, "policies_changed", `in force: ${hash}`);
    }
    const problems = scope.book.problems().join("; ");
    if (problems === "") told = "";
    else fail(`policy_invalid: ${problems}`);
  });
}

/**
 * A switch that is written on the node's board reaches it though the store hangs. What
 * fails is told by the rounds that renew all.
 */
async function renewSwitches(
  { book, roundMs }: PolicyScope,
  signal: AbortSignal,
): Promise<void> {
  const everyMs = roundMs ?? ROUND_MS;
  await inRounds(signal, { everyMs, failed: () => {} }, book.renewSwitches);
}

/** What it finds is told by the rounds that renew, as is a store that does not answer. */
async function verifyTexts(
  { book, roundMs }: PolicyScope,
  signal: AbortSignal,
): Promise<void> {
  const everyMs = roundMs ?? TEXTS_MS;
  await inRounds(signal, { everyMs, failed: () => {} }, book.verifyTexts);
}

async function keepTime(
  scope: PolicyScope,
  signal: AbortSignal,
): Promise<void> {
  const holder = scope.ids.next("node");
  const failed = (error: unknown) =>
    tell(scope, "changes_failed", printError(error));
  const everyMs = scope.roundMs ?? TICK_MS;
  let told = new Set<string>();
  await inRounds(signal, { everyMs, failed }, async () => {
    const before = told;
    const now = new Set<string>();
    const say = (line: string) => {
      now.add(line);
      if (!before.has(line)) tell(scope, "policies_changed", line);
    };
    told = now;
    (await scope.watch()).forEach(say);
    if (!await scope.leases.take(LEASE, holder, LEASE_MS)) return;
    (await scope.tick()).forEach(say);
  });
}

function tell(
  { clock, log }: PolicyScope,
  event: PolicyEntry["event"],
  detail: string,
): void {
  const level = event === "policies_changed" ? "info" : "error";
  log({ at: clock.now(), level, event, detail });
}
