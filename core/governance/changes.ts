/**
 * Changes to what the engine runs by, from the proposal to what is active and back.
 *
 * @module
 */
import type {
  AuditAnchor,
  AuditDamage,
  AuditHead,
  AuditRecord,
} from "../domain/audit_log.ts";
import type { ActivePointer, Actor, Change } from "../domain/change.ts";
import type { ChangeActName, ChangeEvent } from "../domain/change_event.ts";
import { EngineError } from "../domain/error.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type {
  ChangeAdapter,
  ChangeFilter,
  GovernanceStore,
  Scope,
} from "../ports/governance.ts";
import { permittedActs } from "./acts.ts";
import {
  QUORUM_SIZES,
  type QuorumSizes,
  reviewOf,
  type ReviewState,
} from "./approval.ts";
import {
  type Authoring,
  type ChangeRef,
  createAuthoring,
  findChange,
} from "./authoring.ts";
import type { Ports } from "./carry_out.ts";
import { findContent } from "./evidence.ts";
import { createOverrides, type Overrides } from "./overrides.ts";
import { type Tick, tick } from "./tick.ts";
import { readEvents, verifyAudit } from "./verify_audit.ts";
import { advance, type Workflow } from "./workflow.ts";

/** What changes stand on. */
export interface ChangesOptions {
  readonly store: GovernanceStore;
  /** One for each kind that is governed. */
  readonly adapters: readonly ChangeAdapter[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** People that have to agree; {@link QUORUM_SIZES} unless given. */
  readonly quorum?: QuorumSizes;
  /** The life of a change; the shipped one unless given. */
  readonly workflow?: Workflow;
}

/** Everything that is done with changes. Refusals throw `approval_invalid`. */
export interface Changes extends Authoring, Overrides {
  /** Does what is due. Any node, every few seconds. */
  tick(): Promise<Tick>;
  /** @throws {EngineError} `not_found` */
  find(ref: ChangeRef): Promise<Change>;
  /** Latest first. */
  list(scope: Scope, filter?: ChangeFilter): Promise<readonly Change[]>;
  /** Oldest first. */
  history(ref: ChangeRef): Promise<readonly ChangeEvent[]>;
  /** What somebody may try with it as it stands. */
  permitted(change: Change, by: Actor): readonly ChangeActName[];
  /** What an approval signs as it stands, who agreed with that, and who has yet to. */
  review(change: Change): ReviewState;
  active(scope: Scope, subject: string): Promise<ActivePointer>;
  /** What runs, for every subject that ever ran anything. */
  pointers(scope: Scope): Promise<readonly ActivePointer[]>;
  /** The text of a content; null if none of that hash is kept. */
  content(hash: string): Promise<string | null>;
  /** The audit log from `after` on, oldest first. */
  records(
    scope: Scope,
    asked: { readonly after: number; readonly limit: number },
  ): Promise<readonly AuditRecord[]>;
  /** Where the audit log ends. */
  head(scope: Scope): Promise<AuditHead>;
  /** From where it goes on, after acts were retired. */
  anchor(scope: Scope): Promise<AuditAnchor>;
  /**
   * Where the log, and what is kept beside it, are not as they were written.
   *
   * @param visit Told of each record of the log, in order.
   */
  verify(
    scope: Scope,
    visit?: (record: AuditRecord) => void,
  ): Promise<readonly AuditDamage[]>;
}

/**
 * Puts changes together.
 *
 * @throws {RangeError} If a quorum is below 1.
 */
export function createChanges(options: ChangesOptions): Changes {
  const ports = portsOf(options);
  const { store } = ports;
  return {
    ...createAuthoring(ports),
    ...createOverrides(ports),
    tick: () => tick(ports),
    find: (ref) => findChange(store, ref),
    list: (scope, filter = {}) => store.list(scope, filter),
    history: async ({ scope, id }) => await readEvents(store, scope, id),
    permitted: permittedActs,
    review: reviewOf,
    active: (scope, subject) => store.active(scope, subject),
    pointers: (scope) => store.pointers(scope),
    content: (hash) => findContent(store, hash),
    records: (scope, asked) => store.records(scope, asked),
    head: (scope) => store.head(scope),
    anchor: (scope) => store.anchor(scope),
    verify: (scope, visit) => verifyAudit(store, scope, visit),
  };
}

function portsOf(options: ChangesOptions): Ports {
  const { store, clock, ids, adapters } = options;
  const { quorum = QUORUM_SIZES, workflow = advance } = options;
  if (Object.values(quorum).some((size) => !(size >= 1))) {
    throw new RangeError("Cannot govern changes: a quorum is at least 1");
  }
  return {
    ...{ store, clock, ids, quorum, workflow },
    adapterOf: (kind) => {
      const adapter = adapters.find((one) => one.kind === kind);
      if (adapter !== undefined) return adapter;
      throw new EngineError(
        "request_invalid",
        `Cannot govern change of "${kind}": this engine does not govern it`,
      );
    },
  };
}
