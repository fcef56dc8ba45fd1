/**
 * What the engine is made of.
 *
 * @module
 */
import type { Spooling } from "../decisions/log/writing/spooling.ts";
import type { OpenedCheckpoints } from "../decisions/log/checkpoints/marks.ts";
import type { Masking } from "../decisions/log/records/masks.ts";
import type { ConsistencyLimits } from "../features/consistency_gate.ts";
import type { TenantDestination } from "../plans/destinations/tenant_destination.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { Findings, SwitchBoard } from "../ports/governance.ts";
import type { LogOwner } from "../ports/log.ts";
import type { Stores } from "../ports/stores.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import type { Priority } from "../signals/lend/budget_keys.ts";
import type { QuotaUsage } from "../signals/lend/quota.ts";
import type { Pseudonyms } from "../signals/pseudonym.ts";
import type { SubjectKeyring } from "../signals/erase.ts";
import type { Source } from "../signals/signals.ts";
import type { Fitter } from "../training/fit.ts";
import type { PolicyBook } from "../verdicts/in_force/policy_book.ts";
import type { PolicyJob } from "../verdicts/proposal/find_out.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import type {
  Connector,
  FileAccess,
  HttpClient,
  ModelFamily,
} from "../../plugins/contract.ts";

/** What the engine is made of. */
export interface EngineParts {
  readonly stores: Stores;
  readonly connectors: readonly Connector[];
  readonly families: readonly ModelFamily[];
  /** The policy set in force for a tenant. */
  policies(tenant: string): PolicySet;
  /** The sets for one decision, while something is on trial; that in force if absent. */
  choosePolicies?: PolicyBook["choose"];
  /** The kill switch that stops an operation other than a decision; none does if absent. */
  stopping?: PolicyBook["stopping"];
  /** Writes decisions where the log cannot take them; the log alone does unless given. */
  readonly spooling?: Spooling | undefined;
  /** Puts this node's kill switches into force; they are with the next look if absent. */
  renewSwitches?: PolicyBook["renewSwitches"];
  /** Kill switches of this node. */
  readonly switchBoard: SwitchBoard;
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
  /** What of records leaves masked; ids of people alone if absent. */
  readonly masking?: Masking;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Keys that what is about people is sealed under; nothing is sealed without. */
  readonly dataKeys?: SubjectKeyring | null;
  /** Version of the code, kept with every model. */
  readonly code: string;
  /** Opens what fits for one training; the engine's own thread unless given. */
  openFitter?(): Fitter;
  /** Finds out what proposed policies do; the engine's own thread unless given. */
  findOutPolicies?(job: PolicyJob): Promise<Findings>;
  /** Checkpoints of an owner's logs, from all the places that they are kept in; none unless given. */
  checkpointsOf?(owner: LogOwner): Promise<OpenedCheckpoints>;
  /** How far served features may differ from the signals; by 1 percent unless given. */
  readonly consistency?: ConsistencyLimits;
}
