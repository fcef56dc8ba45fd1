/**
 * Keeps looking, while a server runs, whether what this node serves can be trusted, says
 * once what it finds, and shows what the node found that looked at the sources.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { printProblem } from "../features/expectations.ts";
import type { Trust } from "../features/trust.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobQueue } from "../ports/jobs.ts";
import { foundSources } from "./jobs/watch_sources.ts";
import { printError } from "./print_error.ts";
import { type Background, type Found, inRounds, sayOnce } from "./rounds.ts";

/** Pause between two derivations of what was served. */
const SERVED_MS = 5000;
/** Pause between two looks at what was found of sources. */
const SHOW_MS = 60_000;

/** One line of the log. */
export interface TrustEntry {
  readonly at: Instant;
  readonly level: "warn" | "error";
  /** What is not as it should be; `failed` if that could not be found out. */
  readonly event:
    | "feature_mismatch"
    | "feature_held_back"
    | "trust_failed";
  /** Null if it is of all. */
  readonly tenant: string | null;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface TrustedScope {
  readonly trust: Pick<Trust, "checkServed" | "heldBack" | "found">;
  readonly queue: Pick<JobQueue, "memories">;
  readonly clock: Clock;
  log(entry: TrustEntry): void;
  /** Pauses, ms; 5 s and a minute unless given. */
  readonly servedMs?: number;
  readonly showMs?: number;
}

/** What is found in a round. */
interface FoundTrust extends Found {
  readonly event: TrustEntry["event"];
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepTrusted(scope: TrustedScope): Background {
  const stopping = new AbortController();
  const { signal } = stopping;
  return {
    stop: () => stopping.abort(),
    ended: Promise.all([
      checkServed(scope, signal),
      showSources(scope, signal),
    ]).then(() => {}),
  };
}

async function checkServed(
  scope: TrustedScope,
  signal: AbortSignal,
): Promise<void> {
  const { trust, clock, log, servedMs = SERVED_MS } = scope;
  const held = telling(scope);
  await repeat(scope, { signal, everyMs: servedMs }, async () => {
    for (const { tenant, ...mismatch } of await trust.checkServed()) {
      const { view, entityHash, features, since } = mismatch;
      const detail = `${view} of entity ${entityHash} was ${
        since === "held" ? "held for too long" : "computed otherwise"
      }: ${features.join(", ")}`;
      const at = clock.now();
      log({ at, level: "warn", event: "feature_mismatch", tenant, detail });
    }
    await held((say) => {
      for (const { tenant, problems } of trust.heldBack()) {
        for (const problem of problems) {
          const { view, feature, what } = problem;
          const id = [view, feature, what];
          const detail = printProblem(problem);
          say({ tenant, event: "feature_held_back", id, detail });
        }
      }
      return Promise.resolve();
    });
  });
}

/** Whichever node looked. */
async function showSources(
  scope: TrustedScope,
  signal: AbortSignal,
): Promise<void> {
  const { trust, queue, showMs = SHOW_MS } = scope;
  await repeat(scope, { signal, everyMs: showMs }, async () => {
    trust.found(await foundSources(queue));
  });
}

/** What is found is told when it first comes up. */
function telling({ clock, log }: TrustedScope) {
  return sayOnce<FoundTrust>((found) =>
    log({ at: clock.now(), level: "warn", ...found })
  );
}

async function repeat(
  { clock, log }: TrustedScope,
  { signal, everyMs }: {
    readonly signal: AbortSignal;
    readonly everyMs: number;
  },
  work: () => Promise<void>,
): Promise<void> {
  const failed = (error: unknown) =>
    log({
      at: clock.now(),
      level: "error",
      event: "trust_failed",
      tenant: null,
      detail: printError(error),
    });
  await inRounds(signal, { everyMs, failed }, work);
}
