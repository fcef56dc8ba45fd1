/**
 * The engine as its doors see it: every stage, each call scoped to a tenant.
 *
 * @module
 */
import { type Budgets, createBudgets } from "./decisions/budgets/budgets.ts";
import { createDecisions, type Decisions } from "./decisions/decisions.ts";
import { readScored } from "./decisions/scored_rows.ts";
import type { DayRange } from "./domain/day.ts";
import type { ConsistencyLimits } from "./features/consistency_gate.ts";
import type { Features } from "./features/features.ts";
import type { Trust } from "./features/trust.ts";
import { healthOf, openTrustedFeatures } from "./features/trusted_features.ts";
import { createPlans, type Plans } from "./plans/plans.ts";
import {
  type DestinationScope,
  openTenantDestination,
  type TenantDestination,
} from "./plans/destinations/tenant_destination.ts";
import type { Clock, Ids } from "./ports/clock.ts";
import type { KeyStore } from "./ports/decisions.ts";
import type { Erasure, ErasureStore } from "./ports/erasure.ts";
import type { ModelRegistry, ModelWatchStore } from "./ports/models.ts";
import type { SignalStore } from "./ports/signals.ts";
import type { Stores } from "./ports/stores.ts";
import type { ConsumerLag } from "./ports/stream.ts";
import { announceChanges } from "./scores/announced.ts";
import { createLook, type Look } from "./scores/watch/look.ts";
import { createScores, type Scores } from "./scores/scores.ts";
import {
  type ConfiguredSource,
  keepSources,
  type SourceBook,
} from "./signals/configured.ts";
import type { IngestReport } from "./signals/ingest_report.ts";
import type { Priority } from "./signals/lend/budget_keys.ts";
import type { QuotaUsage } from "./signals/lend/quota.ts";
import { erase, type EraseJob, type EraseScope } from "./signals/erase.ts";
import { knownId, type Pseudonyms } from "./signals/pseudonym.ts";
import type { ReceiveReport } from "./signals/receive.ts";
import { createSignals, type Signals, type Source } from "./signals/signals.ts";
import type { Fitter } from "./training/fit.ts";
import { guardGates } from "./training/gates.ts";
import { createTraining, type Training } from "./training/training.ts";
import { trainedOn } from "./training/trained_on.ts";
import type { PolicySet } from "./verdicts/policy_set.ts";
import type {
  Connector,
  Delivery,
  FileAccess,
  HttpClient,
  ModelFamily,
  Report,
} from "../plugins/contract.ts";

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
export interface Engine {
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
  /** How challengers and shadows compare with the champions, in this process. */
  readonly compared: Scores["compared"];
  /** Whether sources and features can be trusted. */
  readonly trust: Pick<
    Trust,
    "consistency" | "consistencyOf" | "heldBack" | "findings"
  >;
  readonly signals: Pick<
    SignalStore,
    "count" | "freshness" | "listDeadLetters" | "performance"
  >;
  readonly keys: Pick<KeyStore, "find">;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The policy set in force. */
  policies(): PolicySet;
  /** How much of the vendors' quotas all have used, as this process last saw it. */
  quota(): readonly QuotaUsage[];
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
  /**
   * The id by which the engine knows a person: a tenant's pseudonym in place of an
   * e-mail address, phone number or IP address, any other id as it is.
   *
   * @throws {EngineError} `configuration_invalid` if there is no key for pseudonyms.
   */
  pseudonymOf(tenant: string, id: string): Promise<string>;
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
  /** Pulls a source to its end. */
  ingest(job: PullJob): Promise<IngestReport>;
  /** Everything that brings signals in. */
  readonly sources: Signals;
  /** A connector; `not_found` if there is none of that name. */
  readonly connector: SourceBook["connector"];
  /** A source that was configured; `not_found` if the tenant has none of that name. */
  readonly findSource: SourceBook["find"];
}

/** What the engine is made of. */
export interface EngineParts {
  readonly stores: Stores;
  readonly connectors: readonly Connector[];
  readonly families: readonly ModelFamily[];
  /** The policy set in force. */
  policies(): PolicySet;
  readonly sources: readonly ConfiguredSource[];
  /** Where a tenant's plans are written; what takes all that is left comes last. */
  destinations(tenant: string): readonly TenantDestination[];
  /** Lends files to a source. */
  lendFiles(source: Source): FileAccess;
  /** Lends HTTP to a source. */
  lendHttp(source: Source, priority: Priority): HttpClient;
  /** How much of the vendors' quotas all have used, as this process last saw it. */
  quota(): readonly QuotaUsage[];
  /** A tenant's pseudonyms of people. */
  pseudonyms(tenant: string): Promise<Pseudonyms>;
  /** What is wrong with each plugin that was left out, by its name. */
  readonly leftOut: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Version of the code, kept with every model. */
  readonly code: string;
  /** Opens what fits for one training; the engine's own thread unless given. */
  openFitter?(): Fitter;
  /** How far served features may differ from the signals; by 1 percent unless given. */
  readonly consistency?: ConsistencyLimits;
}

/**
 * Wires stores, plugins and policies into the path from signals to plans.
 *
 * @param parts What it is made of; closed with it.
 * @returns The engine.
 */
export function createEngine(parts: EngineParts): OperatedEngine {
  const { stores, clock, ids, policies } = parts;
  const { history, log, idempotency, keys, policies: archive } = stores;
  const book = keepSources(parts.sources, parts.connectors);
  const sources = openSources(parts);
  const writing = writingSides(parts, book);
  const trusted = openTrustedFeatures(stores, clock, parts.consistency);
  const { features, trust } = trusted;
  const guarded = guardGates(trusted.models);
  const scores = createScores({ models: guarded, clock });
  const models = announceChanges(guarded, scores.renew);
  const training = createTraining(parts);
  const budgets = createBudgets({ book: stores.budgets, clock, ids });
  const answering = { scores, policies, archive, idempotency, clock, ids };
  return {
    ...{ features, trust, models, sources, quota: parts.quota },
    compared: scores.compared,
    ...{ keys, clock, ids, policies, budgets, signals: stores.signals },
    decisions: createDecisions({ ...answering, features, log, budgets }),
    plans: createPlans({
      ...answering,
      ...{ history, store: stores.plans, models: stores.models },
      ...{ journal: stores.changes, leases: stores.leases },
      destination: (tenant) => openTenantDestination(writing, tenant),
    }),
    streamLag: () => stores.stream.lag(),
    ...{ connector: book.connector, configured: book.list },
    findSource: book.find,
    receive: (job) => sources.receive(book.receiver(job), job.delivery),
    tenantOf: book.tenantOf,
    pseudonymOf: (tenant, id) => knownId(id, () => parts.pseudonyms(tenant)),
    ingest: ({ range, report, ...job }) => {
      const connector = book.connector(job.connector);
      return sources.ingest({ ...job, connector }, range, report);
    },
    erase: (job) => erase(erasureScope(parts, features), job),
    ...{ erasures: stores.erasures, looks: stores.watches },
    ...training,
    lookAt: createLook({
      ...{ models, watches: stores.watches, clock },
      answers: (tenant, asked) => readScored(log, tenant, asked),
      labelled: training.labelledLately,
    }),
    health: async () => await healthOf(stores, trusted, missing(parts)),
    close: async () => {
      await scores.close();
      await stores.close();
    },
  };
}

function openSources(parts: EngineParts): Signals {
  const { stores: { signals, backfills }, clock, ids, pseudonyms, code } =
    parts;
  return createSignals(
    { store: signals, backfills, clock, ids, pseudonyms, code },
    { files: parts.lendFiles, http: parts.lendHttp },
  );
}

function erasureScope(
  { stores, clock, ids, pseudonyms }: EngineParts,
  { declared }: Features,
): EraseScope {
  const { erasures, history, online, models } = stores;
  return {
    ...{ erasures, history, online, clock, ids, pseudonyms },
    views: declared,
    models: async (tenant) => trainedOn(tenant, await models.list(tenant)),
  };
}

function missing({ leftOut }: EngineParts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(leftOut).map(([name, why]) => [`plugin:${name}`, why]),
  );
}

function writingSides(
  { destinations, stores: { signals }, clock, ...parts }: EngineParts,
  { connector }: SourceBook,
): DestinationScope {
  return {
    ...{ destinations, connector, signals, clock },
    lend: (source) => ({
      files: parts.lendFiles(source),
      http: parts.lendHttp(source, "write"),
      now: clock.now(),
    }),
  };
}
