/**
 * The engine as its doors see it: every stage, each call scoped to a tenant.
 *
 * @module
 */
import { createDecisions, type Decisions } from "./decisions/decisions.ts";
import type { DayRange } from "./domain/day.ts";
import { EngineError } from "./domain/error.ts";
import type { ModelRecord } from "./domain/score.ts";
import { createFeatures, type Features } from "./features/features.ts";
import type { PlanDestination } from "./plans/change_set.ts";
import { createPlans, type Plans } from "./plans/plans.ts";
import type { Clock, Ids } from "./ports/clock.ts";
import type { KeyStore } from "./ports/decisions.ts";
import type { ModelRegistry } from "./ports/models.ts";
import type { SignalStore, WriteReport } from "./ports/signals.ts";
import type { Stores } from "./ports/stores.ts";
import { createScores } from "./scores/scores.ts";
import { ingest, type IngestReport } from "./signals/ingest.ts";
import { receive } from "./signals/receive.ts";
import { trainModel } from "./training/train.ts";
import type { PolicySet } from "./verdicts/policy_set.ts";
import type {
  Connector,
  Delivery,
  FileAccess,
  HttpClient,
  ModelFamily,
  Reject,
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
  readonly plans: Plans;
  readonly features: Pick<Features, "read" | "views">;
  readonly models: Pick<ModelRegistry, "find" | "list" | "review">;
  readonly signals: Pick<SignalStore, "count" | "listDeadLetters">;
  readonly keys: Pick<KeyStore, "find">;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The policy set in force. */
  policies(): PolicySet;
  /**
   * Verifies, reads and keeps a delivery.
   *
   * @throws {EngineError} `not_found` if the tenant has no such source that receives.
   */
  receive(
    job: DeliveryJob,
  ): Promise<WriteReport & { readonly rejected: readonly Reject[] }>;
  /**
   * Whether each part answers: its name, and null or what is wrong. A part named
   * `plugin:<name>` is missed, but the engine is ready without it.
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

/** A model to be trained. */
export interface TrainJob {
  readonly tenant: string;
  readonly spec: unknown;
  readonly by: string;
  readonly report: Report;
}

/** The engine with what only its operator may do. */
export interface OperatedEngine extends Engine {
  readonly features: Features;
  readonly models: ModelRegistry;
  /** Pulls a source to its end. */
  ingest(job: PullJob): Promise<IngestReport>;
  /** Trains a model and registers it as pending. */
  train(job: TrainJob): Promise<ModelRecord>;
}

/** A source that a tenant configured. */
export interface ConfiguredSource {
  readonly tenant: string;
  readonly source: string;
  readonly connector: string;
  readonly config: unknown;
}

/** What the engine is made of. */
export interface EngineParts {
  readonly stores: Stores;
  readonly connectors: readonly Connector[];
  readonly families: readonly ModelFamily[];
  /** The policy set in force. */
  policies(): PolicySet;
  readonly sources: readonly ConfiguredSource[];
  /** Where plans are written: connector and configuration for each tenant. */
  destination(tenant: string): { connector: string; config: unknown };
  /** Lends files to a connector. */
  lendFiles(connector: Connector, config: unknown): FileAccess;
  /** Lends HTTP to a connector. */
  lendHttp(connector: Connector, config: unknown): HttpClient;
  /** What is wrong with each plugin that was left out, by its name. */
  readonly leftOut: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Version of the code, kept with every model. */
  readonly code: string;
}

/**
 * Wires stores, plugins and policies into the path from signals to plans.
 *
 * @param parts What it is made of; closed with it.
 * @returns The engine.
 */
export function createEngine(parts: EngineParts): OperatedEngine {
  const { stores, clock, ids, policies, families, code } = parts;
  const { history, online, views, models, log, idempotency, keys } = stores;
  const archive = stores.policies;
  const signalScope = { store: stores.signals, clock };
  const features = createFeatures({ history, online, views });
  const scores = createScores({ models, clock });
  const answering = { scores, policies, archive, idempotency, clock, ids };
  return {
    features,
    models,
    keys,
    clock,
    ids,
    policies,
    signals: stores.signals,
    decisions: createDecisions({ ...answering, features, log }),
    plans: createPlans({
      ...answering,
      history,
      store: stores.plans,
      destination: (tenant) => openDestination(parts, tenant),
    }),
    receive: (job) => receive(signalScope, findSource(parts, job)),
    ingest: (job) => {
      const connector = findConnector(parts, job.connector);
      return ingest(signalScope, {
        ...job,
        connector,
        files: parts.lendFiles(connector, job.config),
        http: parts.lendHttp(connector, job.config),
      });
    },
    train: (job) => trainModel({ stores, families, clock, code }, job),
    health: async () => ({ ...await stores.health(), ...missing(parts) }),
    close: async () => {
      await scores.close();
      await stores.close();
    },
  };
}

function missing({ leftOut }: EngineParts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(leftOut).map(([name, why]) => [`plugin:${name}`, why]),
  );
}

function findConnector(
  { connectors }: EngineParts,
  wanted: string,
): Connector {
  const found = connectors.find(({ name }) => name === wanted);
  if (found) return found;
  const known = connectors.map(({ name }) => name).join(", ");
  throw new EngineError(
    "not_found",
    `Cannot use connector "${wanted}": there are ${known}`,
  );
}

function findSource(parts: EngineParts, job: DeliveryJob) {
  const found = parts.sources.find(({ tenant, source, connector }) =>
    tenant === job.tenant && source === job.source &&
    connector === job.connector
  );
  if (!found) {
    throw new EngineError(
      "not_found",
      `Cannot deliver to source "${job.source}": the tenant has none of that name for connector "${job.connector}"`,
    );
  }
  const connector = findConnector(parts, found.connector);
  return { ...found, connector, delivery: job.delivery };
}

function openDestination(
  parts: EngineParts,
  tenant: string,
): PlanDestination {
  const { connector: name, config: given } = parts.destination(tenant);
  const connector = findConnector(parts, name);
  const { destination } = connector;
  if (!destination) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot write plans to connector "${name}": it has no write side`,
    );
  }
  const config = connector.config.parse(given);
  const files = parts.lendFiles(connector, config);
  const http = parts.lendHttp(connector, config);
  const lent = { config, files, http };
  return {
    name,
    read: (targets) => destination.read(lent, targets),
    write: (change) => destination.write(lent, change),
  };
}
