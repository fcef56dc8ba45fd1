/**
 * Policies are kept in step in rounds that do not wait for each other, and what does not
 * hold is told once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BoardSwitch } from "../ports/governance.ts";
import { bid, cap, createSource } from "../verdicts/in_force/book_desk_test.ts";
import { createPolicyBook } from "../verdicts/in_force/policy_book.ts";
import { keepPolicies, type PolicyEntry } from "./keep_policies.ts";

const ROUND_MS = 5;
const MOST_ROUNDS = 2000;

Deno.test("a switch on the node's board is in force though the store hangs", async () => {
  const { source, book, here, hang, close } = await open();
  await hang();
  here.push({
    ...{ scope: null, recorded: false, reason: "Wrong prices" },
    switch: { id: "stop", stops: {}, reason: "Wrong prices" },
    ...{ by: { name: "ann", human: true, groups: [] }, at: "2026-01-01" },
  });
  await until(() => bid(book.active("acme")) === null);
  source.put(null, [cap("day", 4)]);
  here.pop();
  await until(() => bid(book.active("acme")) === 5);
  await close();
});

Deno.test("an altered text is told once, with its code, and what ends it", async () => {
  const { source, book, entries, close } = await open();
  source.alter(null, true);
  await until(() => entries.some(({ level }) => level === "error"));
  source.turnOn("acme", { id: "stop", stops: {}, reason: "Wrong prices" });
  await until(() => bid(book.active("acme"), "acme") === null);
  source.alter(null, false);
  await until(() => book.problems().length === 0);
  await close();
  const errors = entries.filter(({ level }) => level === "error");
  assert.equal(errors.length, 1);
  assert.match(errors[0]?.detail ?? "", /^policy_invalid: the deployment goes/);
});

/** A book that is kept, of a source that hangs if told to. */
async function open() {
  const source = createSource();
  const here: BoardSwitch[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let [mayHang, hangs] = [false, false];
  const answer = async () => {
    hangs = mayHang;
    if (hangs) await ended;
  };
  const book = createPolicyBook({
    load: source.load,
    everyPointer: () => answer().then(source.everyPointer),
    findAltered: (hashes) => answer().then(() => source.findAltered(hashes)),
  }, { list: () => Promise.resolve([...here]) });
  source.put(null, [cap("day", 5)]);
  await book.renew();
  const entries: PolicyEntry[] = [];
  const kept = keepPolicies({
    ...{ book, roundMs: ROUND_MS },
    tick: () => Promise.resolve([]),
    watch: () => Promise.resolve([]),
    leases: { take: () => Promise.resolve(false) },
    clock: { now: () => "2026-01-01T00:00:00.000Z" },
    ids: { next: (kind) => `${kind}_1` },
    log: (entry) => entries.push(entry),
  });
  return {
    ...{ source, book, here, entries },
    hang: () => {
      mayHang = true;
      return until(() => hangs);
    },
    close: async () => {
      end();
      kept.stop();
      await kept.ended;
    },
  };
}

/** Waits for many rounds. */
async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; !holds(); round++) {
    assert.ok(round < MOST_ROUNDS, `never: ${holds}`);
    await new Promise((wake) => setTimeout(wake, ROUND_MS));
  }
}
