/**
 * Policies put into force at the start and from files: what is broken says so, and keeps
 * no kill switch waiting.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson, sha256 } from "../domain/canonical.ts";
import type { ActivePointer } from "../domain/change.ts";
import type { GovernanceStore } from "../ports/governance.ts";
import { POLICIES } from "../verdicts/in_force/policy_book.ts";
import { readConfiguration } from "./configuration.ts";
import { openPolicyBook, putInForce } from "./in_force.ts";

Deno.test("files are in force as they are; while they do not load, those before are", async () => {
  const desk = await openDesk("files");
  await desk.write(5);
  desk.point(POLICIES, "tried, and not looked at");
  assert.match(await desk.start() ?? "", /nobody approves what they change$/);
  assert.equal(desk.bid(), 5);
  assert.equal(desk.book.choose("acme", "key").trial, null);
  await Deno.writeTextFile(`${desk.folder}/ceiling.json`, "{");
  await desk.book.renew();
  assert.match(desk.book.problems().join(), /stay as they were: .*ceiling/);
  assert.equal(desk.bid(), 5);
  desk.point("switch:stop", { id: "stop", stops: {}, reason: "Wrong prices" });
  await desk.book.renew();
  assert.equal(desk.bid(), null, "a kill switch does not wait for the folder");
  desk.point("switch:stop", null);
  await desk.write(7);
  await desk.book.renew();
  assert.deepEqual([desk.bid(), desk.book.problems()], [7, []]);
  await desk.close();
});

Deno.test("broken files put nothing into force at the start", async () => {
  const desk = await openDesk("files");
  await Deno.writeTextFile(`${desk.folder}/ceiling.json`, "{");
  await assert.rejects(desk.start(), { code: "policy_invalid" });
  await desk.close();
});

Deno.test("what was approved and does not hold any more says what to do", async () => {
  const desk = await openDesk("approved");
  desk.point(POLICIES, [{ policy: "ceiling" }]);
  await assert.rejects(desk.start(), {
    ...{ code: "policy_invalid", message: /MOE_POLICY_CHANGES=files/ },
  });
  await desk.close();
});

async function openDesk(changes: "files" | "approved") {
  const folder = await Deno.makeTempDir({ prefix: "in_force_" });
  const variables: Record<string, string> = {
    ...{ MOE_POLICIES: folder, MOE_POLICY_CHANGES: changes },
  };
  const configuration = readConfiguration((name) => variables[name]);
  const texts = new Map<string, string>();
  const pointers = new Map<string, ActivePointer>();
  const governance = {
    everyPointer: () =>
      Promise.resolve(
        [...pointers.values()].map((pointer) => ({ scope: null, pointer })),
      ),
    load: (hash: string) => Promise.resolve(texts.get(hash) ?? null),
    findAltered: () => Promise.resolve([]),
  } satisfies Partial<GovernanceStore>;
  const board = { list: () => Promise.resolve([]) };
  const book = openPolicyBook(
    configuration,
    governance as unknown as GovernanceStore,
    board,
  );
  const changesDesk = {
    active: () => Promise.resolve(pointers.get(POLICIES)),
  } as unknown as Parameters<typeof putInForce>[0]["changes"];
  return {
    ...{ folder, book },
    start: () => putInForce({ changes: changesDesk }, book, configuration),
    point(subject: string, of: unknown) {
      const text = canonicalJson(of as null);
      const content = sha256(text);
      texts.set(content, text);
      const seq = (pointers.get(subject)?.seq ?? 0) + 1;
      pointers.set(subject, {
        ...{ subject, seq, content, change: "chg_1" },
        trial: subject === POLICIES ? trialOf(content) : null,
      });
    },
    write: (to: number) =>
      Deno.writeTextFile(
        `${folder}/ceiling.json`,
        JSON.stringify(ceilingAt(to)),
      ),
    bid: () =>
      book.active("acme").judge("bid", {}, {
        ...{ tenant: "acme", channel: null, amountMicros: 100 },
      }).amountMicros,
    close: () => Deno.remove(folder, { recursive: true }),
  };
}

function ceilingAt(to: number) {
  return {
    ...{ policy: "ceiling", version: 1, owner: "growth", about: "A most" },
    on: ["bid"],
    rules: [{ id: "most", effect: "cap", to, reason: "Enough" }],
    cases: [{
      note: "cut",
      facts: { amount: { micros: to + 1 } },
      ...{ want: ["most"], wantMicros: to },
    }],
  };
}

function trialOf(content: string) {
  const stage = "shadow" as const;
  return { change: "chg_2", cycle: 1, content, stage, permille: 0 };
}
