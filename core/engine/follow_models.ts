/**
 * Gives models the roles that were agreed by a change: the registry's own log then says
 * the same as the audit log, with the author and one who agreed.
 *
 * @module
 */
import { textOf } from "../domain/canonical.ts";
import { type Change, ENGINE } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import type { ModelEvent } from "../domain/model_event.ts";
import { rolesAt } from "../domain/model_log.ts";
import {
  type ModelRole,
  parseModelContent,
  parseModelSubject,
} from "../domain/model_role.ts";
import { printModelRef } from "../domain/score.ts";
import { validApprovals } from "../governance/approval.ts";
import type { Clock } from "../ports/clock.ts";
import type { GovernanceStore } from "../ports/governance.ts";
import type { ModelRegistry } from "../ports/models.ts";

/** What following stands on. */
export interface FollowScope {
  readonly governance: Pick<
    GovernanceStore,
    "everyPointer" | "find" | "load"
  >;
  readonly models: Pick<ModelRegistry, "events" | "propose" | "settle">;
  readonly clock: Clock;
}

/**
 * Opens it.
 *
 * @returns Gives roles that were agreed and are not given yet; answers a line for each,
 * and for each that the registry refuses, once.
 */
export function createModelFollower(
  scope: FollowScope,
): () => Promise<readonly string[]> {
  const told = new Map<string, string>();
  return async () => {
    const lines: string[] = [];
    for (const agreed of await readAgreed(scope)) {
      const line = await follow(scope, agreed).catch(refusalOf);
      if (line === null || told.get(agreed.change.id) === line) continue;
      told.set(agreed.change.id, line);
      lines.push(line);
    }
    return lines;
  };
}

interface Agreed extends ModelRole {
  readonly tenant: string;
  readonly version: number;
  readonly change: Change;
}

async function readAgreed(
  { governance }: FollowScope,
): Promise<readonly Agreed[]> {
  const found: Agreed[] = [];
  for (const { scope: tenant, pointer } of await governance.everyPointer()) {
    const role = parseModelSubject(pointer.subject);
    const { content, change: id } = pointer;
    if (role === null || tenant === null || !content || !id) continue;
    const text = textOf(content, await governance.load(content));
    const version = parseModelContent(text ?? "");
    const change = await governance.find(tenant, id);
    if (version === null || change === null) continue;
    found.push({ ...role, tenant, version, change });
  }
  return found;
}

/** Gives one role; null where it is given, or somebody gave it away since. */
async function follow(
  { models, clock }: FollowScope,
  { tenant, name, alias, version, change }: Agreed,
): Promise<string | null> {
  const events = await models.events(tenant, name);
  const moved = (event: ModelEvent) =>
    event.alias === alias &&
    (event.kind === "assigned" || event.kind === "rolled_back");
  if (rolesAt(events)[alias] === version) return null;
  if (events.some((one) => moved(one) && one.at >= change.since)) return null;
  const reason = `${change.reason} (change ${change.id})`;
  const open = events.find((one) =>
    one.kind === "proposed" && one.reason === reason &&
    !events.some(({ settles }) => settles === one.seq)
  );
  const at = clock.now();
  const { seq } = open ?? await models.propose(tenant, {
    ...{ name, alias, version, at, reason },
    by: change.createdBy,
  });
  await models.settle(tenant, { name, seq }, {
    ...{ by: seconderOf(change), at, approve: true },
    reason: `Agreed in change ${change.id}`,
  });
  return `${printModelRef({ name, version })} is ${alias}: ${change.id}`;
}

/** One who agreed; the engine for a rollback, which takes one person alone. */
function seconderOf(change: Change): string {
  return validApprovals(change)[0]?.by ?? ENGINE.name;
}

function refusalOf(error: unknown): string {
  if (error instanceof EngineError) return error.message;
  throw error;
}
