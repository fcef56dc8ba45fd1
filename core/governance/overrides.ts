/**
 * The three ways into force without a review before: the first content of a subject, a
 * rollback, and a kill switch. Each is bound by what makes it harmless.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import type { Actor, Change, ChangeKind } from "../domain/change.ts";
import type { ChangeAct } from "../domain/change_event.ts";
import type { Switch } from "../domain/verdict.ts";
import type { Scope } from "../ports/governance.ts";
import { carryOut, type Ports } from "./carry_out.ts";
import { gatherEvidence, loadContent } from "./evidence.ts";
import { addHours } from "./landing.ts";
import { begin, type Proposal } from "./proposal.ts";

/** How long an unconfirmed kill switch stands unquestioned, unless said otherwise. */
const CONFIRM_HOURS = 24;

/** A return to what was active before. */
export interface Restoring {
  readonly kind: ChangeKind;
  readonly subject: string;
  /** Hash of the content. */
  readonly to: string;
  readonly by: Actor;
  readonly reason: string;
}

/** A kill switch to turn on. */
export interface Engaging {
  readonly switch: Switch;
  readonly by: Actor;
  readonly reason: string;
  /** Within how many hours a second person is to confirm it; a day unless given. */
  readonly confirmHours?: number;
}

/** Ways into force without a review before. */
export interface Overrides {
  /** Puts the first content of a subject into force, such as a folder of files. */
  adopt(scope: Scope, proposal: Proposal): Promise<Change>;
  /** Puts into force what was so before: one person, at once, looked at afterwards. */
  rollBack(scope: Scope, asked: Restoring): Promise<Change>;
  /** Stops something at once: one person, confirmed by a second afterwards. */
  turnOn(scope: Scope, asked: Engaging): Promise<Change>;
}

/** Does what may be done without a review before. */
export function createOverrides(ports: Ports): Overrides {
  const { store, adapterOf, clock } = ports;
  /** Checks a new draft and does one more act, all at once. */
  const checkedThen = (scope: Scope, proposal: Proposal, then: ChangeAct) =>
    carryOut(ports, {
      scope,
      start: () => begin(ports, scope, proposal),
      acts: async (change) => {
        const adapter = adapterOf(change.kind);
        const evidence = await gatherEvidence(store, adapter, change);
        return [{ act: "check", by: proposal.by, evidence }, then];
      },
    });
  return {
    adopt: (scope, proposal) => {
      const { by, reason } = proposal;
      return checkedThen(scope, proposal, { act: "adopt", by, reason });
    },
    rollBack: async (scope, { to, ...asked }) => {
      const content = await loadContent(store, to);
      const title = `Back to ${to.slice(0, 12)}`;
      return await carryOut(ports, {
        scope,
        start: () => begin(ports, scope, { ...asked, title, content }),
        acts: async ({ kind }) => {
          const problems = await adapterOf(kind).recheck(content);
          const { by, reason } = asked;
          return [{ act: "restore", by, reason, problems }];
        },
      });
    },
    turnOn: (scope, asked) => {
      const { by, reason, confirmHours = CONFIRM_HOURS } = asked;
      const proposal = {
        kind: "switch" as const,
        subject: `switch:${asked.switch.id}`,
        title: `Stop by switch ${asked.switch.id}`,
        content: canonicalJson(asked.switch),
        ...{ by, reason },
      };
      const confirmBy = addHours(clock.now(), confirmHours);
      return checkedThen(scope, proposal, {
        ...{ act: "engage", by, reason, confirmBy },
      });
    },
  };
}
