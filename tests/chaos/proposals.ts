/**
 * People at work meanwhile: changes that are proposed under one key at both engines at
 * once, of which each may come to be once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Ground } from "./ground.ts";

/** Proposing until it is stopped. */
export interface Proposing {
  /** Ends it; the ids that were answered, by the title of what was proposed. */
  stop(): Promise<ReadonlyMap<string, string>>;
}

const PAUSE_MS = 250;
const TENANT = "acme";

/** Begins to propose; what is refused for now, or lost, is left at that. */
export function startProposing(ground: Ground): Proposing {
  const ids = new Map<string, string>();
  let isStopping = false;
  async function propose(title: string, engine: number): Promise<void> {
    const answer = await ground.call({
      ...{ engine, tenant: TENANT, line: "POST /changes", key: title },
      body: {
        ...{ kind: "switch", subject: "switch:unneeded", title },
        ...{ reason: "It is of no use any more", content: null },
      },
    }).catch(() => null);
    const said = await answer?.json().catch(() => null);
    if (answer?.status !== 201 || said === null) {
      return judgeRefusal(answer, said?.code);
    }
    const { change_id: id } = said;
    assert.equal(id, ids.get(title) ?? id, "a key has one answer");
    ids.set(title, id);
  }
  async function goOn(): Promise<void> {
    for (let count = 0; !isStopping; count++) {
      await Promise.all([0, 1].map((engine) => propose(`c-${count}`, engine)));
      await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
  }
  const going = goOn();
  return {
    async stop() {
      isStopping = true;
      await going;
      return ids;
    },
  };
}

function judgeRefusal(answer: Response | null, code: unknown): void {
  if (answer === null || answer.status === 201) return;
  assert.ok(
    [409, 503, 504].includes(answer.status),
    `${answer.status} ${code}`,
  );
}

/**
 * Judges what came of proposals.
 *
 * @throws {AssertionError} If one that was answered is not there, or one is there twice.
 */
export async function judgeProposals(
  ground: Ground,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const kept = await ground.reading((sql) =>
    sql.query<{ id: string; title: string }>(
      "select id, document->>'title' as title from change_request where tenant = $1",
      [TENANT],
    )
  );
  const titles = kept.map(({ title }) => title);
  assert.equal(new Set(titles).size, titles.length, "a key has one effect");
  const known = new Set(kept.map(({ id }) => id));
  assert.ok(ids.size > 0);
  for (const [title, id] of ids) assert.ok(known.has(id), `${title} is lost`);
}
