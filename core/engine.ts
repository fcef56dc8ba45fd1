/**
 * The engine as its doors see it: every stage, each call scoped to a tenant.
 *
 * @module
 */
import { type Budgets, createBudgets } from "./decisions/budgets/budgets.ts";
import { createDecisions, type Decisions } from "./decisions/decisions.ts";
import {
  healthOfSpool,
  type Spooling,
} from "./decisions/log/writing/spooling.ts";
import { createWriter } from "./decisions/log/writing/writer.ts";
import { createLimits } from "./decisions/limits/limits.ts";
import { readScored } from "./decisions/scored_rows.ts";
import type { DayRange } from "./domain/day.ts";
import type { Soon } from "./domain/soon.ts";
import type { Features } from "./features/features.ts";
import type { Trust } from "./features/trust.ts";
import { healthOf, openTrustedFeatures } from "./features/trusted_features.ts";
import { createPlans, type Plans } from "./plans/plans.ts";
import type { KeyStore } from "./ports/access.ts";
import type { Guards } from "./ports/dependencies.ts";
import type { Erasure, ErasureStore } from "./ports/erasure.ts";
import type { JobQueue } from "./ports/jobs.ts";
import type { ModelRegistry, ModelWatchStore } from "./ports/models.ts";
import type { SignalStore } from "./ports/signals.ts";
import type { Stores } from "./ports/stores.ts";
import type { ConsumerLag } from "./ports/stream.ts";
import { announceChanges } from "./scores/announced.ts";
import { createLook, type Look } from "./scores/watch/look.ts";
import type { Scores } from "./scores/scores.ts";
import { keepSources, type SourceBook } from "./signals/configured.ts";
import type { Acting } from "./governance/acting.ts";
import type { Changes } from "./governance/changes.ts";
import type { Switches } from "./governance/switches.ts";
import {
  createGoverned,
  type Governed,
  type OperatedTrials,
} from "./engine/governed.ts";
import { createOnce, type Once } from "./engine/once.ts";
import { openScores } from "./engine/open_scores.ts";
import type { EngineParts } from "./engine/parts.ts";
import { openSides } from "./engine/sides.ts";
import type { VerifyActs } from "./engine/verify_acts.ts";
import type { IngestReport } from "./signals/ingest_report.ts";
import { erase, type EraseJob, type EraseScope } from "./signals/erase.ts";
import { knownId } from "./signals/pseudonym.ts";
import type { ReceiveReport } from "./signals/receive.ts";
import type { Signals } from "./signals/signals.ts";
import { guardGates } from "./training/gates.ts";
import { createTraining, type Training } from "./training/training.ts";
import { trainedOn } from "./training/trained_on.ts";
import { saySet, type SpokenPolicy } from "./verdicts/explain/sentence.ts";
import type { Delivery, Report } from "../plugins/contract.ts";

/** A delivery that a source pushed, and for whom. */
export interface DeliveryJob {
  readonly tenant: string;
  /** Name of the connector that reads it. */
  readonly connector: string;
  /** Name under which the tenant configured it. */
  readonly source: string;
  readonly delivery: Delivery;
}

/** What the stages do, wired together. */
export interface Engine
  extends Pick<EngineParts, "clock" | "ids" | "policies" | "quota"> {
  readonly decisions: Decisions;
  /** Budgets that bids spend. */
  readonly budgets: Budgets;
  readonly plans: Plans;
  readonly features: Pick<
    Features,
    | "read"
    | "views"
    | "declared"
    | "declare"
    | "promote"
    | "lineage"
    | "statistics"
  >;
  readonly models: Omit<ModelRegistry, "register" | "champion" | "artifact">;
  /** Looks at a version that serves, and keeps what it finds. */
  readonly lookAt: Look;
  /** What was found of models. */
  readonly looks: Pick<ModelWatchStore, "latest">;
  /** How the spool of this node stands; null without one. */
  spooled(): ReturnType<Spooling["standing"]> | null;
  /** Decisions that were turned away because too many waited for the log. */
  turnedAway(): number;
  /** How challengers and shadows compare with the champions, in this process. */
  readonly compared: Scores["compared"];
  /** Models on trial. */
  readonly trials: OperatedTrials;
  /** Whether sources and features can be trusted. */
  readonly trust: Pick<
    Trust,
    | "consistency"
    | "everyConsistency"
    | "consistencyOf"
    | "heldBack"
    | "findings"
  >;
  readonly signals: Pick<
    SignalStore,
    "count" | "freshness" | "listDeadLetters" | "performance"
  >;
  readonly keys: KeyStore;
  /** Carries a write out once for each of a caller's keys. */
  readonly once: Once;
  /**
   * Works for one tenant, behind the second wall: whatever the work asks of the database,
   * it sees and writes that tenant's rows alone.
   */
  readonly actFor: Stores["actFor"];
  /** Changes to what the engine runs by. */
  readonly changes: Changes;
  /** Puts what people and services do by hand on record. */
  readonly acting: Acting;
  /** Whether that record is as it was written, and as checkpoints signed it. */
  readonly verifyActs: VerifyActs;
  /** What keeps requests from waiting for what does not answer. */
  readonly guards: Pick<Guards, "states" | "onUse">;
  /** Kill switches, turned on here whether or not the database answers. */
  readonly switches: Switches;
  /** The policies in force that concern a tenant, in sentences. */
  spokenPolicies(tenant: string): readonly SpokenPolicy[];
  /** Sources that were configured, of one tenant or of all. */
  readonly configured: SourceBook["list"];
  /** How far the consumers of the stream are. */
  streamLag(): Promise<readonly ConsumerLag[]>;
  /**
   * Verifies, reads and keeps a delivery.
   *
   * @throws {EngineError} `not_found` if the tenant has no such source that receives.
   */
  receive(job: DeliveryJob): Promise<ReceiveReport>;
  /**
   * Whose source takes deliveries at that address without a key of ours, because
   * its connector verifies the sender.
   *
   * @returns The tenant, or null if no tenant or several have a source of that name.
   */
  tenantOf(connector: string, source: string): string | null;
  /**
   * Takes people out of what is kept.
   *
   * @throws {EngineError} `request_invalid` for nobody or too many at a time.
   */
  erase(job: EraseJob): Promise<Erasure>;
  /** Who asked for erasures, and what they came to. */
  readonly erasures: Pick<ErasureStore, "list">;
  /** Work in the background: how it stands, and runs asked for. */
  readonly jobs: Pick<JobQueue, "list" | "ask" | "cancel">;
  /**
   * The id by which the engine knows a person: a tenant's pseudonym in place of an
   * e-mail address, phone number or IP address, any other id as it is.
   *
   * @throws {EngineError} `configuration_invalid` if there is no key for pseudonyms.
   */
  pseudonymOf(tenant: string, id: string): Soon<string>;
  /**
   * Whether each part answers: its name, and null or what is wrong. A part named
   * `plugin:<name>` is missed, `features:<view>` ages and `source:<name>` is not as
   * usual, but the engine is ready without them.
   */
  health(): Promise<Readonly<Record<string, string | null>>>;
  close(): Promise<void>;
}

/** A pull from a source, and what its connector is lent. */
export interface PullJob {
  readonly tenant: string;
  readonly source: string;
  /** Name of the connector. */
  readonly connector: string;
  readonly config: unknown;
  readonly range: DayRange | null;
  readonly report: Report;
}

/** The engine with what only its operator may do. */
export interface OperatedEngine extends Engine, Training {
  readonly features: Features;
  readonly models: ModelRegistry;
  readonly trust: Trust;
  /** Ends trials that this node saw go ill; a line for each. */
  watchTrials: Governed["watchTrials"];
  /** Does what time brings to changes; a line for each that moved. */
  keepTime: Governed["keepTime"];
  /** Pulls a source to its end. */
  ingest(job: PullJob): Promise<IngestReport>;
  /** Everything that brings signals in. */
  readonly sources: Signals;
  /** A connector; `not_found` if there is none of that name. */
  readonly connector: SourceBook["connector"];
  /** A source that was configured; `not_found` if the tenant has none of that name. */
  readonly findSource: SourceBook["find"];
}

/**
 * Wires stores, plugins and policies into the path from signals to plans.
 *
 * @param parts What it is made of; closed with it.
 * @returns The engine.
 */
export function createEngine(parts: EngineParts): OperatedEngine {
  const { stores, clock, ids, policies, choosePolicies, spooling } = parts;
  const { history, idempotency, keys, guards, policies: archive } = stores;
  const writer = spooling?.writer ?? createWriter(stores.log);
  const book = keepSources(parts.sources, parts.connectors);
  const { sources, receive, destinations } = openSides(parts, book);
  const trusted = openTrustedFeatures(stores, clock, parts.consistency);
  const { features, trust } = trusted;
  const guarded = guardGates(trusted.models);
  const { scores, tally } = openScores(parts, guarded);
  const models = announceChanges(guarded, scores.renew);
  const training = createTraining(parts);
  const budgets = createBudgets({ book: stores.budgets, clock, ids });
  const limits = createLimits(stores.limits);
  const counted = { tally, renew: scores.renew };
  const { rollouts, ...governed } = createGoverned(parts, models, counted);
  const shared = { scores, policies, archive, idempotency, clock, ids };
  return {
    ...{ guards, features, trust, models, sources, quota: parts.quota },
    ...{ keys, clock, ids, policies, budgets, signals: stores.signals },
    decisions: createDecisions({
      ...{ ...shared, choosePolicies, features },
      ...{ log: spooling?.log ?? stores.log, writer },
      ...{ budgets, limits, rollouts, trials: tally, masking: parts.masking },
    }),
    plans: createPlans({
      ...shared,
      ...{ history, store: stores.plans, models: stores.models },
      ...{ journal: stores.changes, leases: stores.leases, ...destinations },
    }),
    ...{ compared: scores.compared, streamLag: () => stores.stream.lag() },
    spokenPolicies: (tenant) => saySet(policies(tenant), tenant),
    ...{ connector: book.connector, configured: book.list },
    ...{ receive, tenantOf: book.tenantOf, findSource: book.find },
    pseudonymOf: (tenant, id) => knownId(id, () => parts.pseudonyms(tenant)),
    ingest: ({ range, report, ...job }) => {
      const connector = book.connector(job.connector);
      return sources.ingest({ ...job, connector }, range, report);
    },
    erase: (job) => erase(erasureScope(parts, features), job),
    ...{ ...governed, ...training },
    ...{ erasures: stores.erasures, looks: stores.watches, jobs: stores.jobs },
    ...{ actFor: stores.actFor, once: createOnce({ ...stores, clock, ids }) },
    lookAt: openLook({ ...parts, models, training }),
    ...{ spooled: () => spooling?.standing() ?? null, turnedAway: writer.shed },
    health: async () =>
      healthOfSpool(await healthOf(stores, trusted, missing(parts)), spooling),
    close: () => closeAll([scores, limits, stores]),
  };
}

/** One after the other: each may still need what is closed after it. */
async function closeAll(
  parts: readonly { close(): Promise<void> }[],
): Promise<void> {
  for (const part of parts) await part.close();
}

function openLook(
  { stores: { watches, log }, clock, models, training }:
    & Pick<EngineParts, "stores" | "clock">
    & { readonly models: ModelRegistry; readonly training: Training },
): Look {
  return createLook({
    ...{ models, watches, clock },
    answers: (tenant, asked) => readScored({ log, tenant }, asked),
    labelled: training.labelledLately,
  });
}

function erasureScope(
  { stores, clock, ids, pseudonyms, dataKeys }: EngineParts,
  { declared }: Features,
): EraseScope {
  const { erasures, history, online, models } = stores;
  return {
    ...{ erasures, history, online, clock, ids, pseudonyms },
    sealed: dataKeys ?? null,
    views: declared,
    models: async (tenant) => trainedOn(tenant, await models.list(tenant)),
  };
}

function missing({ leftOut }: EngineParts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(leftOut).map(([name, why]) => [`plugin:${name}`, why]),
  );
}
