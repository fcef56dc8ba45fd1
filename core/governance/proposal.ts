/**
 * What somebody proposes, and the draft that becomes of it.
 *
 * @module
 */
import {
  type Actor,
  AT_ONCE,
  type Change,
  type ChangeKind,
  type Rollout,
} from "../domain/change.ts";
import { sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import type { Scope } from "../ports/governance.ts";
import type { Ports, Start } from "./carry_out.ts";
import { refuseRollout } from "./landing.ts";
import { refuseReason, refuseTitle } from "./wording.ts";
import { eventOf } from "./workflow.ts";

/** A wish to change what runs. */
export interface Proposal {
  readonly kind: ChangeKind;
  /** The pointer to move: `policies`, `model:<name>/<role>` or `switch:<id>`. */
  readonly subject: string;
  /** What it is, in a line. */
  readonly title: string;
  /** Why. */
  readonly reason: string;
  /** All of the content, as text. */
  readonly content: string;
  /** At once unless given. */
  readonly rollout?: Rollout;
  readonly by: Actor;
}

const SUBJECTS: Readonly<Record<ChangeKind, RegExp>> = {
  policies: /^policies$/,
  model: /^model:[a-z][a-z0-9_]*\/[a-z]+$/,
  switch: /^switch:[a-z][a-z0-9_]*$/,
};

/** Whether a kind of change has subjects of that name. */
export function isSubject(kind: ChangeKind, subject: string): boolean {
  return SUBJECTS[kind].test(subject);
}

/**
 * Makes a draft of what is active now; its content is kept, the draft not yet.
 *
 * @throws {EngineError} `request_invalid` if the subject is not of the kind, there is no
 * title or reason, or the rollout cannot be gone through.
 */
export async function begin(
  ports: Ports,
  scope: Scope,
  proposal: Proposal,
): Promise<Start> {
  const { store, clock, ids } = ports;
  refuseProposal(proposal);
  refuseUnmeasured(ports, proposal);
  const { kind, subject, title, reason, by, rollout = AT_ONCE } = proposal;
  const content = sha256(proposal.content);
  await store.keep(content, proposal.content);
  const { content: base } = await store.active(scope, subject);
  const at = clock.now();
  const change: Change = {
    id: ids.next("chg"),
    tenant: scope,
    ...{ kind, subject, title, reason, content, base, rollout },
    ...{ state: "draft", since: at, version: 1, cycle: 0 },
    ...{ evidence: null, quorum: null, approvals: [] },
    contributors: [by.name],
    createdBy: by.name,
    createdAt: at,
  };
  const act = { act: "propose" as const, by, reason };
  const event = eventOf(change, act, {
    ...{ at, from: null, moved: null, findings: null },
  });
  return { change, expected: null, events: [event] };
}

/**
 * What nobody measures would wait for ever to be found better.
 *
 * @throws {EngineError} `request_invalid` if a rollout wants to be measured where it is not.
 */
export function refuseUnmeasured(
  { adapterOf }: Ports,
  { kind, subject, rollout }: {
    readonly kind: ChangeKind;
    readonly subject: string;
    readonly rollout?: Rollout | undefined;
  },
): void {
  if (!rollout?.measure) return;
  const decides = !subject.includes("/") || subject.endsWith("/champion");
  if (decides && adapterOf(kind).measured) return;
  throw new EngineError(
    "request_invalid",
    `Cannot measure change of "${subject}": only what decides is measured by outcomes`,
    { facts: { subject } },
  );
}

function refuseProposal({ kind, subject, title, reason, rollout }: Proposal) {
  const refused = !isSubject(kind, subject)
    ? `no subject of ${kind} has that name`
    : reason.trim() === ""
    ? "a reason must be given"
    : refuseTitle(title) ?? refuseReason(reason) ??
      (rollout && refuseRollout(rollout));
  if (!refused) return;
  throw new EngineError(
    "request_invalid",
    `Cannot propose change of "${subject}": ${refused}`,
    { facts: { subject } },
  );
}
