/**
 * Steps that others take before a request, beside HTTP: models that are registered and
 * approved, changes that are written and agreed with.
 *
 * @module
 */
import type { Actor, Change } from "../../core/domain/change.ts";
import { AT_ONCE } from "../../core/domain/change.ts";
import type { ModelRecord } from "../../core/domain/score.ts";
import { signatureOf } from "../../core/governance/approval.ts";
import type { Proposal } from "../../core/governance/proposal.ts";
import { contentFromJson } from "../../core/http/wire/change_body.ts";
import { TENANT } from "../pacing/served_nodes.ts";
import type { Target } from "./target.ts";

/** People who may all: the one who attacks, and two who agree with what it does. */
export const PEOPLE = ["everything", "second", "third"] as const;

type Ground = Pick<Target, "fresh" | "opened">;

/** What is proposed: that a switch of its own be turned on, unless it says otherwise. */
export type Proposed = Partial<Omit<Proposal, "content">> & {
  readonly content?: unknown;
};

/** Where a change is left. */
export type Left = (ground: Ground, proposed?: Proposed) => Promise<Change>;

/** Why anything is done. */
export const reason = "it is better so";

const [AUTHOR, ...REVIEWERS] = PEOPLE.map((name): Actor => ({
  ...{ name, human: true, groups: ["growth-finance"] },
})) as [Actor, ...Actor[]];

/** Another version of a model, as the first bidder is: pending, or approved for a role. */
export async function register(
  { opened: { stores: { models }, clock } }: Ground,
  name: string,
  role: "champion" | "none" | "pending" = "pending",
): Promise<ModelRecord> {
  const ref = { name: "bidder", version: 1 };
  const first = await models.find(TENANT, ref);
  const artifact = await models.artifact(TENANT, ref);
  if (first === null) throw new TypeError("The bidder is not there");
  const { family, use, schema, unit, metrics, lineage, ...rest } = first;
  const at = clock.now();
  const record = await models.register(TENANT, {
    ...{ name, family, use, schema, unit, metrics, lineage },
    ...{ artifactKind: rest.artifactKind, artifactHash: rest.artifactHash },
    ...{ createdBy: "ann", createdAt: at },
  }, artifact);
  if (role === "pending") return record;
  return await models.review(TENANT, record, {
    ...{ by: "bob", at, approve: true },
    alias: role === "none" ? null : role,
  });
}

/** A change that is a draft. */
export const propose: Left = async (ground, proposed = {}) => {
  const id = ground.fresh("stop");
  const {
    kind = "switch",
    content = { id, stops: { campaign: id }, reason },
    ...more
  } = proposed;
  return await ground.opened.engine.changes.propose(TENANT, {
    ...{ subject: `switch:${id}`, title: "For the better", reason },
    ...{ by: AUTHOR, rollout: AT_ONCE, kind, ...more },
    content: contentFromJson(kind, content),
  });
};

/** A change that is checked. */
export const check: Left = async (ground, proposed) => {
  const { id } = await propose(ground, proposed);
  const ref = { scope: TENANT, id };
  return await ground.opened.engine.changes.check(ref, AUTHOR);
};

/** A change in review. */
export const submit: Left = async (ground, proposed) => {
  const { id } = await check(ground, proposed);
  const ref = { scope: TENANT, id };
  const act = { act: "submit", by: AUTHOR } as const;
  return await ground.opened.engine.changes.act(ref, act);
};

/** A change that is agreed with by as many as it takes. */
export const agree: Left = async (ground, proposed) => {
  let change = await submit(ground, proposed);
  const ref = { scope: TENANT, id: change.id };
  for (const by of REVIEWERS) {
    const signs = signatureOf(change);
    if (change.state !== "in_review" || signs === null) break;
    const act = { act: "approve", by, signs } as const;
    change = await ground.opened.engine.changes.act(ref, act);
  }
  return change;
};

/** A change that is in force, or on the trial that its rollout says. */
export const activate: Left = async (ground, proposed) => {
  const { id } = await agree(ground, proposed);
  const ref = { scope: TENANT, id };
  const act = { act: "activate", by: AUTHOR } as const;
  return await ground.opened.engine.changes.act(ref, act);
};
