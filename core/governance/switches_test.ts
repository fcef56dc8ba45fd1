/**
 * Kill switches while the database is away, comes back, and releases them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Actor, ENGINE } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import type { SwitchScope } from "../domain/verdict.ts";
import type { BoardSwitch, SwitchBoard } from "../ports/governance.ts";
import { createChanges } from "./changes.ts";
import { createMemoryStore } from "./memory_store_test.ts";
import {
  compareSwitches,
  createSwitchAdapter,
  SWITCH_OFF,
} from "./switch_adapter.ts";
import { createSwitches } from "./switches.ts";

const ANN: Actor = { name: "ann", human: true, groups: [] };
const BOB: Actor = { name: "bob", human: true, groups: [] };
const CYD: Actor = { name: "cyd", human: true, groups: [] };
const STOP = {
  id: "stop_tv",
  stops: { channel: "tv" },
  reason: "It runs wild",
};
const ASKED = { switch: STOP, by: ANN, reason: "It runs wild" };

function openSwitches({ longestMs = 5000 } = {}) {
  let kept: readonly BoardSwitch[] = [];
  let down = false;
  let hanging = false;
  let ids = 0;
  let at = Date.parse("2026-03-01T00:00:00.000Z");
  const board: SwitchBoard = {
    list: () => Promise.resolve(kept),
    replace: (switches) => {
      kept = switches;
      return Promise.resolve();
    },
  };
  const store = createMemoryStore();
  const clock = { now: () => new Date(at++).toISOString() };
  const changes = createChanges({
    store: {
      ...store,
      active: (...asked) => {
        if (down) throw new EngineError("store_unavailable", "Away");
        if (hanging) return new Promise(() => {});
        return store.active(...asked);
      },
    },
    adapters: [createSwitchAdapter()],
    clock,
    ids: { next: (prefix) => `${prefix}_${++ids}` },
  });
  return {
    changes,
    switches: createSwitches({ changes, board, clock, longestMs }),
    setHanging: (is: boolean) => {
      hanging = is;
    },
    setDown: (is: boolean) => {
      down = is;
    },
    /** As on a node that never heard of any. */
    clear: () => {
      kept = [];
    },
  };
}

type Opened = ReturnType<typeof openSwitches>;

async function isOn({ changes }: Opened): Promise<boolean> {
  const { content } = await changes.active(null, "switch:stop_tv");
  const text = content === null ? null : await changes.content(content);
  return text !== null && text !== SWITCH_OFF;
}

async function release({ changes }: Opened): Promise<void> {
  const { id } = await changes.propose(null, {
    ...{ kind: "switch", subject: "switch:stop_tv", title: "Go on" },
    ...{ reason: "mended", content: SWITCH_OFF, by: ANN },
  });
  const ref = { scope: null, id };
  await changes.check(ref, ANN);
  const { content, base, evidence, cycle } = await changes.act(ref, {
    ...{ act: "submit", by: ANN },
  });
  const signs = { content, base, evidence: evidence?.hash ?? "", cycle };
  await changes.act(ref, { act: "approve", by: BOB, signs });
  await changes.act(ref, { act: "approve", by: CYD, signs });
  await changes.act(ref, { act: "activate", by: ANN });
}

Deno.test("while the database hangs switches are turned on one after the other, and recorded later", async () => {
  const opened = openSwitches({ longestMs: 10 });
  const { switches } = opened;
  opened.setHanging(true);
  const other = { ...STOP, id: "stop_radio", stops: { channel: "radio" } };
  const turned = await Promise.all([
    switches.turnOn(null, ASKED),
    switches.settle().then(() => ({ recorded: false })),
    switches.turnOn(null, { ...ASKED, switch: other }),
  ]);
  assert.deepEqual(turned.map(({ recorded }) => recorded), [
    ...[false, false, false],
  ]);
  const ids = (await switches.list()).map((one) => one.switch.id);
  assert.deepEqual(ids, ["stop_tv", "stop_radio"]);
  opened.setHanging(false);
  await switches.settle();
  const recorded = (await switches.list()).map((one) => one.recorded);
  assert.deepEqual(recorded, [true, true]);
  assert.ok(await isOn(opened));
});

Deno.test("a switch is on here and for all nodes", async () => {
  const opened = openSwitches();
  assert.deepEqual(await opened.switches.turnOn(null, ASKED), {
    recorded: true,
  });
  assert.ok(await isOn(opened));
  assert.equal((await opened.switches.list())[0]?.switch.id, "stop_tv");
});

Deno.test("without the database it is on here, and for all once that is back", async () => {
  const opened = openSwitches();
  opened.setDown(true);
  assert.deepEqual(await opened.switches.turnOn(null, ASKED), {
    recorded: false,
  });
  await opened.switches.settle();
  assert.deepEqual((await opened.switches.list())[0]?.switch, STOP);
  opened.setDown(false);
  assert.equal(await isOn(opened), false);
  await opened.switches.settle();
  assert.ok(await isOn(opened));
  const [change] = await opened.changes.list(null);
  assert.equal(change?.confirmation?.turnedOnBy, "ann");
});

Deno.test("it leaves the board when its release is in force, not before", async () => {
  const opened = openSwitches();
  await opened.switches.turnOn(null, ASKED);
  await opened.switches.settle();
  assert.equal((await opened.switches.list()).length, 1);
  await release(opened);
  opened.setDown(true);
  await opened.switches.settle();
  assert.equal((await opened.switches.list()).length, 1);
  opened.setDown(false);
  await opened.switches.settle();
  assert.deepEqual(await opened.switches.list(), []);
});

Deno.test("a switch that is turned on again after its release is recorded again", async () => {
  const opened = openSwitches();
  await opened.switches.turnOn(null, ASKED);
  await release(opened);
  opened.setDown(true);
  await opened.switches.turnOn(null, ASKED);
  opened.setDown(false);
  await opened.switches.settle();
  assert.ok(await isOn(opened));
  assert.equal((await opened.switches.list()).length, 1);
});

Deno.test.each([
  { note: "a service", by: { ...ANN, human: false }, reason: "stop" },
  { note: "somebody who does not say why", by: ANN, reason: " " },
])("$note turns no switch on, not even here", async ({ by, reason }) => {
  const opened = openSwitches();
  await assert.rejects(
    opened.switches.turnOn(null, { switch: STOP, by, reason }),
    { code: "approval_invalid" },
  );
  assert.deepEqual(await opened.switches.list(), []);
});

Deno.test("a switch that is on here never comes to stop less", async () => {
  const opened = openSwitches();
  opened.setDown(true);
  await opened.switches.turnOn(null, ASKED);
  const turnOn = (stops: SwitchScope) =>
    opened.switches.turnOn(null, { ...ASKED, switch: { ...STOP, stops } });
  await assert.rejects(turnOn({ channel: "search" }), {
    ...{ code: "approval_invalid", message: /give it another id/ },
  });
  await turnOn({ channel: "tv", account: "a-1" });
  assert.deepEqual((await opened.switches.list())[0]?.switch, STOP);
  await turnOn({});
  assert.deepEqual((await opened.switches.list())[0]?.switch.stops, {});
});

Deno.test("of an id that is on for something else, nobody is told that it is on", async () => {
  const opened = openSwitches();
  await opened.switches.turnOn(null, ASKED);
  const other = { ...STOP, stops: { channel: "search" } };
  await assert.rejects(
    opened.switches.turnOn(null, { ...ASKED, switch: other }),
    { code: "approval_invalid", message: /give it another id/ },
  );
  opened.clear();
  await assert.rejects(
    opened.switches.turnOn(null, { ...ASKED, switch: other }),
    { code: "approval_invalid", message: /give it another id/ },
  );
  assert.deepEqual(await opened.switches.list(), []);
});

Deno.test("a switch without a proper id is not put on the board", async () => {
  const opened = openSwitches();
  await assert.rejects(
    opened.switches.turnOn(null, {
      ...{ ...ASKED, switch: { ...STOP, id: "Stop-TV" } },
    }),
    { code: "approval_invalid", message: /snake_case/ },
  );
  assert.deepEqual(await opened.switches.list(), []);
});

Deno.test("the release of one that nobody confirms is asked for, even after a crash", async () => {
  const { changes, ...opened } = openSwitches();
  await opened.switches.turnOn(null, { ...ASKED, confirmHours: 0 });
  await changes.tick();
  const [asked, on] = await changes.list(null);
  assert.deepEqual([asked?.state, asked?.createdBy], ["in_review", "engine"]);
  assert.deepEqual([on?.state, on?.confirmation?.lapsed], ["active", true]);
  const draft = await changes.propose(null, {
    ...{ kind: "switch", subject: "switch:stop_tv", title: "Go on" },
    ...{ reason: "Nobody confirmed it", content: SWITCH_OFF, by: ENGINE },
  });
  await changes.tick();
  const { state } = await changes.find({ scope: null, id: draft.id });
  assert.equal(state, "in_review");
  assert.deepEqual((await changes.tick()).moved, []);
});

Deno.test("one that cannot be recorded stays on here, and holds up no other", async () => {
  const opened = openSwitches();
  opened.setDown(true);
  const search = { ...STOP, stops: { channel: "search" } };
  await opened.switches.turnOn(null, { ...ASKED, switch: search });
  const radio = { ...STOP, id: "stop_radio" };
  await opened.switches.turnOn(null, { ...ASKED, switch: radio });
  opened.setDown(false);
  await opened.changes.turnOn(null, ASKED);
  const lines = await opened.switches.settle();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^switch stop_tv is on here alone: /);
  const kept = await opened.switches.list();
  assert.deepEqual(
    kept.map((one) => [one.switch.id, one.recorded]),
    [["stop_tv", false], ["stop_radio", true]],
  );
});

const ALL: SwitchScope = {};
const TV: SwitchScope = { channel: "tv" };
const TV_A1: SwitchScope = { channel: "tv", account: "a-1" };

Deno.test.each([
  { before: null, after: TV, want: "tightening" },
  { before: TV, after: ALL, want: "tightening" },
  { before: TV_A1, after: TV, want: "tightening" },
  { before: TV, after: TV_A1, want: "relaxing" },
  { before: ALL, after: null, want: "relaxing" },
  { before: TV, after: TV, want: "equivalent" },
  { before: null, after: null, want: "equivalent" },
  { before: TV, after: { channel: "search" }, want: "mixed" },
])("a switch from $before to $after: $want", ({ before, after, want }) => {
  const switchOf = (stops: SwitchScope | null) => stops && { ...STOP, stops };
  assert.equal(compareSwitches(switchOf(before), switchOf(after)), want);
});

Deno.test("a switch of another id than its subject is not turned on", async () => {
  const findings = await createSwitchAdapter().check(
    ...[JSON.stringify(STOP), null] as const,
    { subject: "switch:stop_radio", scope: null },
  );
  assert.match(findings.problems[0] ?? "", /another id/);
});

Deno.test.each([
  "[]",
  "{}",
  '{"id":"a","stops":{"day":"x"},"reason":""}',
  '{"id":"a","stops":{},"reason":"","also":1}',
  "{",
])("%s is no switch", async (text) => {
  const adapter = createSwitchAdapter();
  const of = { subject: "switch:a", scope: null };
  const { problems } = await adapter.check(text, null, of);
  assert.equal(problems.length, 1);
});
