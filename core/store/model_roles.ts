/**
 * Who decides, who is on trial, who is looked at: aliases, moved by two persons, and
 * given back by one.
 *
 * @module
 */
import { and, eq, inArray } from "drizzle-orm";
import { EngineError } from "../domain/error.ts";
import { type Alias, ALIASES, type ModelEvent } from "../domain/model_event.ts";
import { holderBefore, holdersOf, rolesAt } from "../domain/model_log.ts";
import { printModelRef } from "../domain/score.ts";
import type {
  AliasChange,
  Champion,
  Review,
  RoleReturn,
} from "../ports/models.ts";
import {
  addEvents,
  type LockedModel,
  type ModelName,
  type NewEvent,
  readEvents,
} from "./model_events.ts";
import { sameVersion, toRecord, versionNotFound } from "./model_rows.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { model } from "./tables/models.ts";

/** The version that decides, and the one that had the role before it. */
export async function findChampion(
  sql: Sql,
  named: ModelName,
): Promise<Champion | null> {
  const holders = holdersOf(await readEvents(sql, named), "champion");
  const version = holders.at(-1) ?? null;
  if (version === null) return null;
  const before = holderBefore(holders);
  const rows = await orm(sql).select().from(model).where(and(
    eq(model.tenant, named.tenant),
    eq(model.name, named.name),
    inArray(model.version, before === null ? [version] : [version, before]),
  ));
  const [champion, previous] = [version, before].map((wanted) =>
    rows.find((row) => row.version === wanted)
  );
  return champion === undefined ? null : {
    champion: toRecord(champion),
    previous: previous === undefined ? null : toRecord(previous),
  };
}

/** Writes down a wish. */
export async function propose(
  locked: LockedModel,
  { alias, version, by, at, reason }: Omit<AliasChange, "name">,
): Promise<ModelEvent> {
  const events = await readEvents(locked.tx, locked);
  const roles = rolesAt(events);
  const refuse = (why: string) =>
    refused(`propose ${alias} of model`, locked.name, why);
  if (version === roles[alias]) {
    throw refuse(
      version === null
        ? "no version has that role"
        : "it has that role already",
    );
  }
  if (version !== null) {
    await refuseUnapproved(locked, version);
    const problem = whyNotBeside(events, alias, version);
    if (problem !== null) throw refuse(problem);
  }
  const wish = { kind: "proposed" as const, at, version, alias, by, reason };
  return only(await addEvents(locked, [wish]));
}

/** Assigns or declines what was proposed. */
export async function settle(
  locked: LockedModel,
  seq: number,
  { by, at, approve, reason = "" }: Review,
): Promise<ModelEvent> {
  const events = await readEvents(locked.tx, locked);
  const proposal = events.find((event) =>
    event.seq === seq && event.kind === "proposed"
  );
  if (proposal === undefined || proposal.alias === null) {
    throw new EngineError(
      "not_found",
      `Cannot settle proposal "${seq}" of model "${locked.name}": there is none`,
    );
  }
  const { alias, version } = proposal;
  const problem = problemOf(events, { ...proposal, alias }, { by, approve });
  if (problem !== null) {
    throw refused(`settle proposal "${seq}" of model`, locked.name, problem);
  }
  const said = { by, at, version, alias, reason, settles: seq };
  if (!approve) {
    return only(await addEvents(locked, [{ ...said, kind: "declined" }]));
  }
  return only(await assign(locked, events, { ...said, alias }));
}

/** Gives an alias back to the version that had it before, unless that one decides now. */
export async function rollBack(
  locked: LockedModel,
  { alias, by, at, reason, from }: Omit<RoleReturn, "name">,
): Promise<ModelEvent> {
  const events = await readEvents(locked.tx, locked);
  const roles = rolesAt(events);
  const refuse = (why: string) =>
    refused(`roll back ${alias} of model`, locked.name, why);
  if (from !== undefined && from !== roles[alias]) {
    throw refuse(`version ${from} does not have that role any more`);
  }
  const holders = holdersOf(events, alias).filter((version) =>
    alias === "champion" || version !== roles.champion
  );
  const version = holderBefore(holders);
  if (version === null) throw refuse("no version had that role before");
  const change = { by, at, version, alias, reason };
  const vacated = vacate(events, change);
  return only(
    await addEvents(locked, [{ ...change, kind: "rolled_back" }, ...vacated]),
  );
}

/** Points an alias to a version, which leaves the role that it had. */
export async function assign(
  locked: LockedModel,
  events: readonly ModelEvent[],
  change: Omit<NewEvent, "kind"> & { readonly alias: Alias },
): Promise<readonly ModelEvent[]> {
  return await addEvents(locked, [
    { ...change, kind: "assigned" },
    ...vacate(events, change),
  ]);
}

function vacate(
  events: readonly ModelEvent[],
  change: Omit<NewEvent, "kind"> & { readonly alias: Alias },
): NewEvent[] {
  if (change.version === null) return [];
  const roles = rolesAt(events);
  return ALIASES.filter((alias) =>
    alias !== change.alias && roles[alias] === change.version
  ).map((alias) => ({ ...change, kind: "assigned", alias, version: null }));
}

function problemOf(
  events: readonly ModelEvent[],
  { seq, by: author, alias, version }: ModelEvent & { readonly alias: Alias },
  { by, approve }: Pick<Review, "by" | "approve">,
): string | null {
  if (events.some(({ settles }) => settles === seq)) {
    return "it is settled already";
  }
  if (!approve) return null;
  if (by === author) return "whoever proposed it may not approve it";
  const moved = events.some((event) =>
    event.seq > seq && event.alias === alias &&
    (event.kind === "assigned" || event.kind === "rolled_back")
  );
  if (moved) return "the alias was moved since; propose again";
  return version === null ? null : whyNotBeside(events, alias, version);
}

/** The version that decides does not leave that to stand beside itself. */
function whyNotBeside(
  events: readonly ModelEvent[],
  alias: Alias,
  version: number,
): string | null {
  return alias !== "champion" && version === rolesAt(events).champion
    ? "it decides; promote another version first"
    : null;
}

async function refuseUnapproved(
  { tx, tenant, name }: LockedModel,
  version: number,
): Promise<void> {
  const ref = { name, version };
  const [row] = await orm(tx).select({ status: model.status }).from(model)
    .where(sameVersion(tenant, ref));
  if (row === undefined) throw versionNotFound(ref);
  if (row.status === "approved") return;
  throw refused(
    "propose model",
    printModelRef(ref),
    `it is ${row.status}, not approved`,
  );
}

function only(events: readonly ModelEvent[]): ModelEvent {
  const [event] = events;
  if (event !== undefined) return event;
  throw new Error("Nothing was written to a log");
}

function refused(act: string, model: string, reason: string): EngineError {
  return new EngineError(
    "approval_invalid",
    `Cannot ${act} "${model}": ${reason}`,
  );
}
