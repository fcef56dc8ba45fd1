/**
 * Switches in a file: there after a restart, and never read as off when damaged.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BoardSwitch } from "../ports/governance.ts";
import { BOARD_FILE, createSwitchBoard } from "./switch_board.ts";

const ONE: BoardSwitch = {
  scope: null,
  switch: { id: "stop_tv", stops: { channel: "tv" }, reason: "It runs wild" },
  by: { name: "ann", human: true, groups: [] },
  reason: "It runs wild",
  at: "2026-03-01T00:00:00.000Z",
  recorded: false,
};

async function withFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "board_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("what is on is there after a restart, and nothing lies beside it", () =>
  withFolder(async (folder) => {
    const data = `${folder}/data`;
    assert.deepEqual(await createSwitchBoard(data).list(), []);
    await createSwitchBoard(data).replace([ONE]);
    assert.deepEqual(await createSwitchBoard(data).list(), [ONE]);
    await createSwitchBoard(data).replace([]);
    assert.deepEqual(await createSwitchBoard(data).list(), []);
    const names = Array.from(Deno.readDirSync(data), ({ name }) => name);
    assert.deepEqual(names, [BOARD_FILE]);
  }));

Deno.test.each([
  ...[
    "",
    "[",
    "{}",
    "[{}]",
    "null",
    `[${JSON.stringify({ ...ONE, switch: null })}]`,
  ],
  JSON.stringify([{
    ...ONE,
    switch: { ...ONE.switch, stops: { channel: 1 } },
  }]),
  JSON.stringify([{ ...ONE, scope: 1 }]),
])(
  "a damaged file does not count as off: %s",
  (text) =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/${BOARD_FILE}`, text);
      await assert.rejects(createSwitchBoard(folder).list(), {
        code: "file_unreadable",
      });
    }),
);
