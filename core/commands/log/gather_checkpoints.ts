/**
 * Checkpoints of an owner from all the places that they are kept in.
 *
 * @module
 */
import {
  openCheckpoints,
  type OpenedCheckpoints,
} from "../../decisions/log/checkpoints/marks.ts";
import { splitNotes } from "../../decisions/log/checkpoints/signed_note.ts";
import type { CheckpointStore, LogOwner } from "../../ports/log.ts";
import type { Stores } from "../../ports/stores.ts";
import { createCheckpointFiles } from "../../store/log/checkpoint_files.ts";
import { type CommandScope, type Options, textOption } from "../command.ts";
import { readVerifiers } from "./checkpoint_key.ts";
import { readText } from "./read_lines.ts";

/** Options of commands that compare a log with its checkpoints. */
export const CHECKPOINTS = {
  checkpoints:
    "file of checkpoints to compare with; those of the database and of MOE_CHECKPOINTS unless given",
  "public-key":
    "file of public keys, a line each, that checkpoints are verified with; those of this engine's key file unless given",
} as const;

/** Checkpoints, and whose there are. */
export interface Gathering {
  /** Everyone who has a log, or a checkpoint of one anywhere. */
  owners(): Promise<readonly LogOwner[]>;
  /** Opens all of an owner. */
  of(owner: LogOwner): Promise<OpenedCheckpoints>;
}

const PAGE = 1000;

/**
 * Prepares the gathering.
 *
 * @throws {EngineError} `file_unreadable`, `configuration_invalid` for a key that is none.
 */
export async function gatherCheckpoints(
  { configuration }: Pick<CommandScope, "configuration">,
  { stores }: { readonly stores: Pick<Stores, "checkpoints"> },
  options: Options,
): Promise<Gathering> {
  const key = textOption(options, "public-key", "");
  const file = textOption(options, "checkpoints", "");
  const verifiers = await readVerifiers(configuration, key || undefined);
  const { checkpointsFolder: folder } = configuration;
  const second = folder === null ? null : createCheckpointFiles(folder);
  return {
    owners: async () => {
      const known = await stores.checkpoints.owners();
      return [...new Set([...known, ...await second?.owners() ?? []])].sort();
    },
    of: async (owner) => {
      const notes = file !== "" ? splitNotes(await readText(file)) : [
        ...await listNotes(stores.checkpoints, owner),
        ...splitNotes(await second?.read(owner) ?? ""),
      ];
      return openCheckpoints([...new Set(notes)], { owner, verifiers });
    },
  };
}

async function listNotes(
  checkpoints: Pick<CheckpointStore, "list">,
  owner: LogOwner,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (let number = 0;;) {
    const page = await checkpoints.list(owner, number, PAGE);
    for (const { note } of page) notes.push(note);
    number = page.at(-1)?.number ?? number;
    if (page.length < PAGE) return notes;
  }
}
