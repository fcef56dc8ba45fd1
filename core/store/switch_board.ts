/**
 * Kill switches of one node, in a file of the data folder: on the disk at once, whatever
 * the database does.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import type { BoardSwitch, SwitchBoard } from "../ports/governance.ts";

/** Name of the file in the data folder. */
export const BOARD_FILE = "switches.json";

/**
 * Opens the board of a folder.
 *
 * @returns A board whose `list` throws `file_unreadable` for a damaged file: what was on
 * is not known then, and must not count as off.
 */
export function createSwitchBoard(folder: string): SwitchBoard {
  const path = `${folder}/${BOARD_FILE}`;
  return {
    list: () => Promise.try(() => readBoard(path)),
    replace: async (switches) => {
      await Deno.mkdir(folder, { recursive: true });
      const beside = `${path}.${crypto.randomUUID()}`;
      await Deno.writeTextFile(beside, JSON.stringify(switches));
      using file = await Deno.open(beside, { write: true });
      await file.sync();
      await Deno.rename(beside, path);
    },
  };
}

/** At once: it is looked at several times a second, and mostly not there. */
function readBoard(path: string): readonly BoardSwitch[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return parseBoard(text, path);
}

function parseBoard(text: string, path: string): readonly BoardSwitch[] {
  try {
    return BoardForm.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read switches "${path}": the file is damaged; what was on must be known before the engine goes on: restore it, or write [] once nothing is to be stopped`,
      { cause },
    );
  }
}

const NAME = z.string().min(1);
const BoardForm = z.array(z.strictObject({
  scope: NAME.nullable(),
  switch: z.strictObject({
    id: NAME,
    stops: z.record(NAME, NAME),
    reason: z.string(),
  }),
  by: z.strictObject({
    name: NAME,
    human: z.boolean(),
    groups: z.array(z.string()),
  }),
  reason: z.string(),
  at: NAME,
  recorded: z.boolean(),
}));
