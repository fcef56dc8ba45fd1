/**
 * Records that the log has already: what a spool carries on a second time, or an append
 * whose outcome nobody heard, is not appended again.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Appended, LogEntry } from "../../ports/decisions.ts";
import type { Session } from "../sql.ts";

/** SQL's code of a row whose id is there already. */
const UNIQUE_VIOLATION = "23505";

/** Whether an append failed because the log has one of its entries, or two are one. */
export function isKnownEntry(error: unknown): boolean {
  return error instanceof EngineError &&
    error.facts.cause === UNIQUE_VIOLATION;
}

/**
 * Appends what the log does not have; what it has stays where it is. To be called while
 * the chains are locked.
 *
 * @param tx The transaction.
 * @param entries Some of which the log may have.
 * @param append Appends the rest.
 * @returns One outcome for each entry, in order.
 */
export async function appendUnknown(
  tx: Session,
  entries: readonly LogEntry[],
  append: (unknown: readonly LogEntry[]) => Promise<readonly Appended[]>,
): Promise<readonly Appended[]> {
  const outcomes = await findKnown(tx, entries);
  const unknown = new Map<string, LogEntry>();
  for (const entry of entries) {
    const name = nameEntry(entry);
    if (!outcomes.has(name) && !unknown.has(name)) unknown.set(name, entry);
  }
  const appended = await append([...unknown.values()]);
  [...unknown.keys()].forEach((name, place) => {
    const outcome = appended[place];
    if (outcome) outcomes.set(name, outcome);
  });
  return entries.map((entry) => {
    const outcome = outcomes.get(nameEntry(entry));
    if (outcome === undefined) throw new Error("An entry has no outcome");
    return outcome;
  });
}

function nameEntry({ tenant, id }: Pick<LogEntry, "tenant" | "id">): string {
  return JSON.stringify([tenant, id]);
}

async function findKnown(
  tx: Session,
  entries: readonly LogEntry[],
): Promise<Map<string, Appended>> {
  const rows = await tx.query<
    { tenant: string; id: string; seq: bigint; hash: string }
  >(FIND, [
    entries.map(({ tenant }) => tenant),
    entries.map(({ id }) => id),
  ]);
  return new Map(
    rows.map(({ seq, hash, ...row }) => [
      nameEntry(row),
      { kind: "appended", seq: Number(seq), hash },
    ]),
  );
}

const FIND = `
  select tenant, id, seq, hash from decision
  join unnest($1::text[], $2::text[]) as given(tenant, id)
    using (tenant, id)`;
