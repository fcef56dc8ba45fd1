/**
 * `moe changes …`: what authors and reviewers do to a change that is there.
 *
 * @module
 */
import type { Actor, Change } from "../../domain/change.ts";
import { EngineError } from "../../domain/error.ts";
import { ACTS } from "../../governance/acts.ts";
import { signatureOf } from "../../governance/approval.ts";
import type { ChangeRef, PlainAct } from "../../governance/authoring.ts";
import type { Changes } from "../../governance/changes.ts";
import { ACTOR, actorOption } from "../actor.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { withEngine } from "../open.ts";
import { printChange } from "./print_change.ts";
import { SCOPE, scopeOption, signCode } from "./scope_option.ts";

/** Agrees with what the reviewer saw. */
export const changesApprove: Command = onChange({
  word: "approve",
  about: 'agree with a change as "moe changes show" showed it',
  options: {
    "signs*": 'what "moe changes show" says that an approval signs',
  },
  async step(changes, { ref, options, ...said }) {
    const change = await changes.find(ref);
    const signs = signatureOf(change);
    const given = textOption(options, "signs", "");
    if (signs === null || given !== signCode(change)) {
      throw new EngineError(
        "approval_invalid",
        `Cannot approve change "${ref.id}": "${given}" is not what it signs now; look at it again with "moe changes show ${ref.id}"`,
        { facts: { change: ref.id } },
      );
    }
    return await changes.act(ref, { act: "approve", ...said, signs });
  },
});

/** Compares a change with what is in force now, and checks it again. */
export const changesRebase: Command = onChange({
  word: "rebase",
  about: "carry a change over to what is in force now, and check it again",
  async step(changes, { ref, by, reason }) {
    await changes.rebase(ref, { by, reason });
    return await changes.check(ref, by);
  },
});

/** Asks for review. */
export const changesSubmit: Command = onChange({
  word: "submit",
  about: "check a change and ask for its review",
  step: (changes, { ref, by, reason }) =>
    submitChecked(changes, ref, { by, reason }),
});

/** Wants something else. */
export const changesRequest: Command = plain("request-changes", {
  act: "return",
  about: "ask the author for something else",
});

/** Refuses a change. */
export const changesReject: Command = plain("reject", {
  act: "reject",
  about: "refuse a change for good",
});

/** Takes a change back. */
export const changesWithdraw: Command = plain("withdraw", {
  act: "withdraw",
  about: "take back a change of your own for good",
});

/** Takes a change out of review. */
export const changesRecall: Command = plain("recall", {
  act: "recall",
  about: "take a change of your own out of review, to go on writing",
});

/** Takes a change to its next stage. */
export const changesActivate: Command = plain("activate", {
  act: "activate",
  about: "take an approved change to its next stage, at the end into force",
});

/** Ends the look at a rollback. */
export const changesAcknowledge: Command = plain("acknowledge", {
  act: "acknowledge",
  about: "look at another person's rollback afterwards, and close it",
});

/**
 * Checks a change if that is still to be done, and asks for its review if it passes.
 *
 * @returns The change, `in_review` if all was well.
 */
export async function submitChecked(
  changes: Changes,
  ref: ChangeRef,
  { by, reason }: Pick<Asked, "by" | "reason">,
): Promise<Change> {
  const { state } = await changes.find(ref);
  if (state === "draft") {
    const checked = await changes.check(ref, by);
    if (checked.state !== "checked") return checked;
  }
  return await changes.act(ref, { act: "submit", by, reason });
}

interface Asked {
  readonly ref: ChangeRef;
  readonly by: Actor;
  readonly reason: string;
  readonly options: Options;
}

/** Acts that say who and why, and nothing more. */
type BareAct = Exclude<
  PlainAct["act"],
  "approve" | "require" | "schedule" | "breach" | "judge"
>;

function plain(
  word: string,
  { act, about }: { readonly act: BareAct; readonly about: string },
): Command {
  return onChange({
    ...{ word, about, isReasoned: ACTS[act].reasoned === true },
    step: (changes, { ref, by, reason }) =>
      changes.act(ref, { act, by, reason }),
  });
}

function onChange({ word, about, step, isReasoned, options: more = {} }: {
  readonly word: string;
  readonly about: string;
  /** Whether it is refused without a reason. */
  readonly isReasoned?: boolean;
  readonly options?: Command["options"];
  step(changes: Changes, asked: Asked): Promise<Change>;
}): Command {
  return {
    name: `changes ${word}`,
    about,
    operands: ["ID"],
    options: {
      ...{ ...SCOPE, ...ACTOR, ...more },
      [isReasoned ? "reason*" : "reason"]: "why",
    },
    run: (scope, [id = ""], options) =>
      withEngine(scope, async ({ engine }) => {
        const change = await step(engine.changes, {
          ref: { scope: scopeOption(options), id },
          by: actorOption(options),
          reason: textOption(options, "reason", ""),
          options,
        });
        printChange(change).forEach(scope.terminal.line);
        await engine.switches.settle();
        (await engine.keepTime()).forEach(scope.terminal.line);
        return isHeldUp(change) ? 1 : 0;
      }),
  };
}

/** Whether what was asked for did not come about, although nobody refused it. */
function isHeldUp({ state, evidence }: Change): boolean {
  return state === "draft" && evidence !== null &&
      (evidence.problems.length > 0 ||
        evidence.items.some(({ passed }) => !passed)) ||
    state === "suspended" || state === "expired";
}
