/**
 * A process that proposes changes, has them agreed with and puts them into force, as fast
 * as it can, and prints the id of each that is. Arguments: URL of the database, name.
 *
 * @module
 */
import type { Actor, Change } from "../../core/domain/change.ts";
import { EngineError } from "../../core/domain/error.ts";
import { type Changes, createChanges } from "../../core/governance/changes.ts";
import { signatureOf } from "../../core/governance/approval.ts";
import type { ChangeAdapter } from "../../core/ports/governance.ts";
import { createGovernanceStore } from "../../core/store/change_store.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";

/** Whose changes. */
export const TENANT = "acme";
/** What they move. */
export const SUBJECT = "policies";

const REVIEWER: Actor = { name: "rae", human: true, groups: [] };

/** Every content is sound and tightens. */
const ADAPTER: ChangeAdapter = {
  kind: "policies",
  requires: [],
  check: () =>
    Promise.resolve({
      ...{ class: "tightening" as const, proven: true, owners: [] },
      ...{ guardians: [], items: [], problems: [] },
    }),
  recheck: () => Promise.resolve([]),
};

/** Changes over a database. */
export function openChanges(sql: Sql): Changes {
  return createChanges({
    store: createGovernanceStore(sql),
    adapters: [ADAPTER],
    clock: systemClock,
    ids: createIds(systemClock),
  });
}

/** Takes a content all the way; the change may be suspended if another was faster. */
export async function bringIntoForce(
  changes: Changes,
  content: string,
  name: string,
): Promise<Change> {
  const by: Actor = { name, human: true, groups: [] };
  const { id } = await changes.propose(TENANT, {
    ...{ kind: "policies", subject: SUBJECT, title: content },
    ...{ reason: "to try", content, by },
  });
  const ref = { scope: TENANT, id };
  await changes.check(ref, by);
  const submitted = await changes.act(ref, { act: "submit", by });
  const signs = signatureOf(submitted);
  if (signs === null) throw new TypeError("A change was submitted unchecked");
  await changes.act(ref, { act: "approve", by: REVIEWER, signs });
  return await changes.act(ref, { act: "activate", by });
}

async function goOn(url: string, name: string): Promise<never> {
  const changes = openChanges(openPostgres(url));
  const printer = new TextEncoder();
  for (let round = 0;; round++) {
    try {
      const content = JSON.stringify({ name, round });
      const { id, state } = await bringIntoForce(changes, content, name);
      if (state !== "active") continue;
      Deno.stdout.writeSync(printer.encode(`${id}\n`));
    } catch (error) {
      const late = error instanceof EngineError &&
        error.code === "approval_invalid";
      if (!late) throw error;
    }
  }
}

const [url, name] = Deno.args;
if (import.meta.main && url && name) await goOn(url, name);
