/**
 * In what situation a change takes each of its steps, a set of policies is rolled back, and
 * a switch is confirmed or released.
 *
 * @module
 */
import { AT_ONCE } from "../../core/domain/change.ts";
import { TENANT } from "../pacing/served_nodes.ts";
import {
  activate,
  agree,
  check,
  type Left,
  propose,
  reason,
  register,
  submit,
} from "./desk.ts";
import { dayFromNow } from "./scene.ts";
import type { Situation } from "./situations.ts";
import type { Target } from "./target.ts";

/** A change that was left there, and what is said of the step. */
function after(left: Left, body?: unknown): Situation {
  return async (target) => {
    const { id } = await left(target);
    return { params: { id }, ...(body === undefined ? {} : { body }) };
  };
}

/** A change of what another has changed since. */
const overtaken: Left = async (target) => {
  const change = await propose(target);
  const { subject } = change;
  const id = subject.slice("switch:".length);
  const content = { id, stops: { campaign: id }, reason };
  await activate(target, { subject, content });
  return change;
};

/** A change on trial: a model's, whose first version decides. */
const onTrial: Left = async (target) => {
  const name = target.fresh("tried");
  await register(target, name, "champion");
  const { version } = await register(target, name, "none");
  return await activate(target, {
    ...{ kind: "model", subject: `model:${name}/champion` },
    ...{ content: { version }, rollout: { ...AT_ONCE, shadowHours: 24 } },
  });
};

/** Hash of a set of policies of the tenant that was in force and is not. */
async function formerSet({ opened }: Target): Promise<string> {
  const { governance } = opened.stores;
  const { content } = await governance.active(TENANT, "policies");
  const moves = await governance.moves(TENANT, "policies");
  return moves.map((move) => move.content)
    .find((former) => former !== null && former !== content) ?? "";
}

const ofSwitch: Situation = async (target) => {
  const id = target.fresh("odd");
  const on = { ["switch_id"]: id, stops: { campaign: id }, reason };
  await target.ask("POST /switches", { by: "second", body: on });
  return { params: { id }, body: { reason } };
};

/** By operation. */
export const CHANGE_SITUATIONS: Readonly<Record<string, Situation>> = {
  "get /changes/{id}": after(submit),
  "get /docs/changes/{id}": after(submit),
  "get /changes/{id}/content": after(propose),
  "get /changes/{id}/history": after(propose),
  "post /changes/{id}/check": after(propose),
  "post /changes/{id}/edit": after(propose, { title: "Another" }),
  "post /changes/{id}/rebase": after(overtaken),
  "post /changes/{id}/submit": after(check),
  "post /changes/{id}/recall": after(submit),
  "post /changes/{id}/approve": async (target) => {
    const { id } = await submit(target);
    const { signs } = await target.ask(`GET /changes/${id}`);
    return { params: { id }, by: "second", body: { signs } };
  },
  "post /changes/{id}/require": after(submit, {
    ...{ approvals: 2, groups: ["privacy"], reason },
  }),
  "post /changes/{id}/request-changes": after(submit, { reason }),
  "post /changes/{id}/reject": after(submit, { reason }),
  "post /changes/{id}/withdraw": after(propose),
  "post /changes/{id}/schedule": after(agree, {
    ["start_at"]: `${dayFromNow(2)}T00:00:00Z`,
  }),
  "post /changes/{id}/activate": after(agree),
  "post /changes/{id}/end-trial": after(onTrial, { reason }),
  "post /changes/{id}/acknowledge": async (target) => {
    const { ["change_id"]: id } = await target.ask("POST /policies/rollback", {
      ...{ by: "second", body: { to: await formerSet(target), reason } },
    });
    return { params: { id }, body: { reason } };
  },
  "post /policies/rollback": async (target) => ({
    body: { to: await formerSet(target), reason },
  }),
  "post /switches": (target) => {
    const id = target.fresh("odd");
    return { body: { ["switch_id"]: id, stops: { campaign: id }, reason } };
  },
  "post /switches/{id}/confirm": ofSwitch,
  "post /switches/{id}/release": ofSwitch,
};
