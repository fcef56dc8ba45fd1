/**
 * Whether the audit log, and what is kept beside it, are as they were written. The log
 * alone would not show that its end was cut off: what changes and pointers say of
 * themselves has to be what the log says of them.
 *
 * @module
 */
import {
  type AuditDamage,
  type AuditRecord,
  readChangeEvent,
  startAuditWalk,
} from "../domain/audit_log.ts";
import { sha256 } from "../domain/canonical.ts";
import type { ActivePointer, Change } from "../domain/change.ts";
import type { ChangeEvent } from "../domain/change_event.ts";
import type { GovernanceStore, Scope } from "../ports/governance.ts";

/** Records that are read at once. */
const PAGE = 500;

/**
 * Finds every damage; begins anew if acts are retired meanwhile.
 *
 * @param visit Told of each record of the log, in order.
 */
export async function verifyAudit(
  store: GovernanceStore,
  scope: Scope,
  visit: (record: AuditRecord) => void = () => {},
): Promise<readonly AuditDamage[]> {
  const events: ChangeEvent[] = [];
  const anchor = await store.anchor(scope);
  const walk = startAuditWalk(anchor);
  for (let after = 0;;) {
    const records = await store.records(scope, { after, limit: PAGE });
    for (const record of records) {
      visit(record);
      const event = walk.take(record);
      if (event !== null) events.push(event);
    }
    const last = records.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  if ((await store.anchor(scope)).seq !== anchor.seq) {
    return await verifyAudit(store, scope, visit);
  }
  return [
    ...walk.end(),
    ...changeDamages(await store.list(scope, {}), events),
    ...await pointerDamages(store, scope, events),
  ];
}

/** What happened to a change, oldest first. */
export async function readEvents(
  store: GovernanceStore,
  scope: Scope,
  change: string,
): Promise<readonly ChangeEvent[]> {
  const events: ChangeEvent[] = [];
  let after = 0;
  for (;;) {
    const records = await store.records(scope, { after, limit: PAGE, change });
    const last = records.at(-1);
    if (last === undefined) return events;
    events.push(...records.flatMap((one) => readChangeEvent(one) ?? []));
    after = last.seq;
  }
}

function changeDamages(
  changes: readonly Change[],
  events: readonly ChangeEvent[],
): AuditDamage[] {
  const told = Map.groupBy(events, ({ change }) => change);
  const unlogged = changes.filter((change) => {
    const last = told.get(change.id)?.at(-1);
    return last === undefined || last.version !== change.version ||
      last.to !== change.state || last.content !== change.content ||
      last.base !== change.base ||
      last.evidence !== (change.evidence?.hash ?? null);
  });
  const kept = new Set(changes.map(({ id }) => id));
  const lost = [...told.keys()].filter((id) => !kept.has(id));
  return [
    ...unlogged.map(({ id, version }) => damage(version, "unlogged", id)),
    ...lost.map((id) => damage(told.get(id)?.length ?? 0, "removed", id)),
  ];
}

async function pointerDamages(
  store: GovernanceStore,
  scope: Scope,
  events: readonly ChangeEvent[],
): Promise<AuditDamage[]> {
  const told = Map.groupBy(
    events.filter(({ moved }) => moved !== null),
    ({ subject }) => subject,
  );
  const pointers = await store.pointers(scope);
  const subjects = new Set([
    ...told.keys(),
    ...pointers.map(({ subject }) => subject),
  ]);
  const damages: AuditDamage[] = [];
  for (const subject of subjects) {
    const kept = await store.moves(scope, subject);
    const moves = told.get(subject) ?? [];
    const most = Math.max(kept.length, moves.length);
    for (let place = 0; place < most; place++) {
      if (isTold(kept[place], moves[place], place + 1)) continue;
      damages.push(damage(place + 1, "unlogged", subject));
    }
    damages.push(...await contentDamages(store, subject, kept));
  }
  return damages;
}

function isTold(
  kept: ActivePointer | undefined,
  event: ChangeEvent | undefined,
  seq: number,
): boolean {
  const moved = event?.moved;
  return kept !== undefined && moved !== undefined && moved !== null &&
    kept.seq === seq && moved.seq === seq &&
    kept.content === moved.after &&
    (kept.trial?.content ?? null) === moved.trial;
}

/** Contents that ran and are not what their hash says. */
async function contentDamages(
  store: GovernanceStore,
  subject: string,
  moves: readonly ActivePointer[],
): Promise<AuditDamage[]> {
  const damages: AuditDamage[] = [];
  for (const { seq, content, trial } of moves) {
    for (const hash of [content, trial?.content ?? null]) {
      const text = hash === null ? null : await store.load(hash);
      if (hash === null || (text !== null && sha256(text) === hash)) continue;
      damages.push(damage(seq, text === null ? "removed" : "changed", subject));
    }
  }
  return damages;
}

function damage(
  seq: number,
  kind: AuditDamage["kind"],
  about: string,
): AuditDamage {
  return { seq, kind, about };
}
