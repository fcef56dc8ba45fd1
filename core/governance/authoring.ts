/**
 * What authors and reviewers do to changes, step by step.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import type { Actor, Change, Rollout } from "../domain/change.ts";
import type { ChangeAct } from "../domain/change_event.ts";
import { EngineError } from "../domain/error.ts";
import type { GovernanceStore, Scope } from "../ports/governance.ts";
import { carryOut, type Ports } from "./carry_out.ts";
import { gatherEvidence, loadContent } from "./evidence.ts";
import { begin, type Proposal, refuseUnmeasured } from "./proposal.ts";

/** A change of a scope. */
export interface ChangeRef {
  readonly scope: Scope;
  readonly id: string;
}

/** What is done to a change that is there, beside writing, checking and rebasing. */
export const PLAIN_ACTS = [
  "submit",
  "recall",
  "approve",
  "require",
  "return",
  "reject",
  "withdraw",
  "schedule",
  "activate",
  "confirm",
  "breach",
  "judge",
  "acknowledge",
] as const;

/** An act of a caller. */
export type PlainAct = Extract<
  ChangeAct,
  { readonly act: (typeof PLAIN_ACTS)[number] }
>;

/** What an author writes anew; the rest stays. Content is text. */
export interface Edit {
  readonly by: Actor;
  readonly reason?: string;
  readonly content?: string;
  readonly title?: string;
  readonly rollout?: Rollout;
}

/** Changes on their way to review and through it. */
export interface Authoring {
  /** Keeps a draft, compared with what is active now. */
  propose(scope: Scope, proposal: Proposal): Promise<Change>;
  /** Finds out what it does: `checked`, or `draft` again with what is to be mended. */
  check(ref: ChangeRef, by: Actor): Promise<Change>;
  edit(ref: ChangeRef, edit: Edit): Promise<Change>;
  /** Compares it with what is active now; merges both unless the content is given. */
  rebase(
    ref: ChangeRef,
    edit: Pick<Edit, "by" | "reason" | "content">,
  ): Promise<Change>;
  act(ref: ChangeRef, act: PlainAct): Promise<Change>;
}

/** Does what authors and reviewers ask for. */
export function createAuthoring(ports: Ports): Authoring {
  const { store } = ports;
  const onKept = (
    ref: ChangeRef,
    acts: (change: Change) => Promise<ChangeAct>,
  ) =>
    carryOut(ports, {
      scope: ref.scope,
      start: () => startKept(store, ref),
      acts: async (change) => [await acts(change)],
    });
  return {
    propose: (scope, proposal) =>
      carryOut(ports, {
        scope,
        start: () => begin(ports, scope, proposal),
        acts: () => Promise.resolve([]),
      }),
    check: (ref, by) =>
      onKept(ref, async (change) => {
        const adapter = ports.adapterOf(change.kind);
        const evidence = await gatherEvidence(store, adapter, change);
        return { act: "check", by, evidence };
      }),
    edit: (ref, { content: text, ...edit }) =>
      onKept(ref, async ({ kind, subject }) => {
        refuseUnmeasured(ports, { kind, subject, rollout: edit.rollout });
        return {
          ...{ act: "edit", ...edit },
          ...text !== undefined && { content: await keepText(store, text) },
        };
      }),
    rebase: (ref, { content: text, ...edit }) =>
      onKept(ref, async (change) => {
        const merged = text ?? await merge(ports, ref.scope, change);
        const content = await keepText(store, merged);
        return { act: "rebase", ...edit, content };
      }),
    act: async (ref, act) => {
      refuseForeign(act);
      return await onKept(ref, () => Promise.resolve(act));
    },
  };
}

/**
 * Finds a change.
 *
 * @throws {EngineError} `not_found`
 */
export async function findChange(
  store: GovernanceStore,
  { scope, id }: ChangeRef,
): Promise<Change> {
  const change = await store.find(scope, id);
  if (change !== null) return change;
  throw new EngineError(
    "not_found",
    `Cannot find change "${id}": there is none`,
  );
}

/** A kept change, before acts. */
export async function startKept(store: GovernanceStore, ref: ChangeRef) {
  const change = await findChange(store, ref);
  return { change, expected: change.version, events: [] };
}

/** Evidence and ways around the review come from the engine alone, whatever a body says. */
function refuseForeign({ act }: PlainAct): void {
  if (PLAIN_ACTS.includes(act)) return;
  throw new EngineError(
    "request_invalid",
    `Cannot ${act} a change: callers do not do that`,
  );
}

async function keepText(store: GovernanceStore, text: string): Promise<string> {
  const hash = sha256(text);
  await store.keep(hash, text);
  return hash;
}

async function merge(
  { store, adapterOf }: Ports,
  scope: Scope,
  { id, kind, subject, content, base }: Change,
): Promise<string> {
  const active = await store.active(scope, subject);
  const [mine, before, now] = await Promise.all(
    [content, base, active.content].map((hash) =>
      hash === null ? null : loadContent(store, hash)
    ),
  );
  const { merge } = adapterOf(kind);
  const merged = merge?.(mine ?? "", before ?? null, now ?? null) ?? null;
  if (merged !== null) return merged;
  throw new EngineError(
    "approval_invalid",
    `Cannot rebase change "${id}": it and what is active changed the same; give the content`,
    { facts: { change: id } },
  );
}
