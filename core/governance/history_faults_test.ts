/**
 * Faults, one at a time: what the workflow, the store or what is found out would do if a
 * promise were not kept. Each names the promise that it breaks.
 *
 * @module
 */
import type { Actor } from "../domain/change.ts";
import { signatureOf } from "./approval.ts";
import { makeEvidence } from "./evidence.ts";
import {
  answering,
  asking,
  blindToLists,
  enter,
  finding,
  keeping,
  reEvidenced,
  when,
} from "./fault_kinds_test.ts";
import type { Fault } from "./history_walk_test.ts";
import { advance } from "./workflow.ts";

/** A fault by what it does, and the promise that it breaks. */
export interface NamedFault {
  readonly promise: string;
  readonly name: string;
  readonly fault: Fault;
}

const PERSON: Actor = { name: "ann", human: true, groups: [] };

/** Each promise broken on purpose. */
export const FAULTS: readonly NamedFault[] = [
  {
    promise: "A1",
    name: "approvals outlive an edit",
    fault: asking(({ change }) => {
      const signs = signatureOf(change);
      if (signs === null) return {};
      const approvals = change.approvals.map((one) => ({ ...one, ...signs }));
      return { change: { ...change, approvals } };
    }),
  },
  {
    promise: "A1",
    name: "whatever the reviewer saw, what is there is signed",
    fault: (options) => ({
      ...options,
      workflow: (change, act, context) => {
        const signs = signatureOf(change);
        if (act.act !== "approve" || signs === null) {
          return advance(change, act, context);
        }
        const answer = advance(change, { ...act, signs }, context);
        return "refused" in answer
          ? answer
          : { ...answer, event: { ...answer.event, findings: act.signs } };
      },
    }),
  },
  {
    promise: "A2",
    name: "the last approval puts it into force",
    fault: answering(({ change, event }, { context, act }) => {
      if (act.act !== "approve" || change.state !== "approved") return null;
      const pointer = enter(context, change);
      const moved = {
        seq: pointer.seq,
        before: context.active.content,
        after: pointer.content,
        trial: null,
      };
      return {
        change: { ...change, state: "active" },
        event: { ...event, to: "active", moved },
        pointer,
      };
    }),
  },
  {
    promise: "A3",
    name: "authors approve",
    fault: when("approve", ({ change }) => ({
      change: { ...change, contributors: [] },
    })),
  },
  {
    promise: "A3",
    name: "services approve",
    fault: when("approve", ({ act }) => ({
      act: { ...act, by: { ...act.by, human: true } },
    })),
  },
  {
    promise: "A3",
    name: "the quorum is taken anew in each round",
    fault: when("submit", ({ change }) => ({
      change: { ...change, quorum: null },
    })),
  },
  {
    promise: "A4",
    name: "the base is not looked at",
    fault: asking(({ change, act, context }) =>
      act.act === "activate"
        ? {
          context: {
            ...context,
            active: { ...context.active, content: change.base },
          },
        }
        : {}
    ),
  },
  {
    promise: "A4",
    name: "pointers are moved without looking whether they moved",
    fault: keeping((step, store) => {
      if (step.pointer === null) return step;
      const { subject } = step.pointer;
      const moves = store.pointerLog.filter((one) => one.subject === subject);
      const seq = moves.length + 1;
      return {
        ...step,
        pointer: { ...step.pointer, seq },
        events: step.events.map((event) =>
          event.moved ? { ...event, moved: { ...event.moved, seq } } : event
        ),
        changes: step.changes.map(({ change, expected }) => ({
          change,
          expected: expected === null
            ? null
            : store.changes.get(change.id)?.version ?? null,
        })),
      };
    }),
  },
  {
    promise: "A5",
    name: "failed evidence passes",
    fault: when("check", ({ act }) => {
      const { hash: _, ...found } = act.evidence;
      const items = ["meaning", "replay"].map((name) => ({
        ...{ name, passed: true, summary: "well" },
      }));
      const well = { ...found, items, problems: [] };
      return { act: { ...act, evidence: makeEvidence(well, found) } };
    }),
  },
  {
    promise: "A5",
    name: "evidence of an earlier version counts",
    fault: when("check", ({ change, act }) => ({
      act: { ...act, evidence: reEvidenced(change).evidence ?? act.evidence },
    })),
  },
  {
    promise: "A6",
    name: "one person lets a relaxation pass",
    fault: (options) => ({
      ...options,
      quorum: { tightening: 1, equivalent: 1, relaxing: 1, mixed: 1 },
    }),
  },
  {
    promise: "A6",
    name: "owners are not asked",
    fault: finding(() => ({ owners: [] })),
  },
  {
    promise: "A6",
    name: "guardians of consent are not asked",
    fault: finding(() => ({ guardians: [] })),
  },
  {
    promise: "A7",
    name: "one person changes a switch to less",
    fault: when("engage", ({ change }) => ({
      change: reEvidenced(change, { class: "tightening" }),
    })),
  },
  {
    promise: "A7",
    name: "a service turns a switch on",
    fault: when("engage", ({ act }) => ({
      act: { ...act, by: { ...act.by, human: true } },
    })),
  },
  {
    promise: "A7",
    name: "an unconfirmed switch turns itself off",
    fault: answering(({ change, event }, { act, context }) => {
      if (act.act !== "lapse") return null;
      const { seq, content } = context.active;
      const pointer = {
        ...{ ...context.active, seq: seq + 1 },
        ...{ content: null, change: null },
      };
      const moved = { seq: seq + 1, before: content, after: null, trial: null };
      return { change, event: { ...event, moved }, pointer };
    }),
  },
  {
    promise: "A7",
    name: "nobody is asked to confirm",
    fault: when("lapse", ({ context }) => ({
      context: { ...context, at: "2000-01-01T00:00:00.000Z" },
    })),
  },
  {
    promise: "A8",
    name: "a rollback goes anywhere",
    fault: when("restore", ({ change, context }) => ({
      context: { ...context, formerly: [change.content] },
    })),
  },
  {
    promise: "A8",
    name: "a rollback is not checked against today's schema",
    fault: when("restore", ({ act }) => ({ act: { ...act, problems: [] } })),
  },
  {
    promise: "A8",
    name: "nobody has to look at a rollback",
    fault: when("activate", ({ context }) => ({
      context: { ...context, reviewOpen: false },
    })),
  },
  {
    promise: "A8",
    name: "whoever rolled back looks at it alone",
    fault: when("acknowledge", ({ change }) => ({
      change: {
        ...change,
        afterReview: { openedBy: "nobody", closedBy: null },
      },
    })),
  },
  {
    promise: "A9",
    name: "what time brings about is not written down",
    fault: keeping((step) => ({
      ...step,
      events: step.events.filter(({ by }) => by !== "engine"),
    })),
  },
  {
    promise: "A9",
    name: "a state is set beside the workflow",
    fault: answering(({ change, event, pointer }, { act }) =>
      act.act === "recall"
        ? { change: { ...change, state: "approved" }, event, pointer }
        : null
    ),
  },
  {
    promise: "A10",
    name: "refusals need no reason",
    fault: (options) => ({
      ...options,
      workflow: (change, act, context) => {
        const answer = advance(change, { ...act, reason: "any" }, context);
        const reason = act.reason ?? "";
        return "refused" in answer
          ? answer
          : { ...answer, event: { ...answer.event, reason } };
      },
    }),
  },
  {
    promise: "A10",
    name: "what was rejected is edited and goes on",
    fault: when(
      "edit",
      ({ change, act }) =>
        change.state === "rejected" || change.state === "withdrawn"
          ? {
            change: { ...change, state: "draft" },
            act: { ...act, by: PERSON },
          }
          : {},
    ),
  },
  {
    promise: "A11",
    name: "a list is changed where it is kept",
    fault: keeping((step, store) => {
      const hash = step.pointer?.content ?? "";
      const text = store.texts.get(hash)?.replace('"list":["a"', '"list":["c"');
      if (text !== undefined) store.texts.set(hash, text);
      return step;
    }),
  },
  {
    promise: "A11",
    name: "lists do not count for what a change does",
    fault: blindToLists,
  },
];
