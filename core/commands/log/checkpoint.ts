/**
 * `moe checkpoint`: signs where the logs end, and makes and shows the key for it.
 *
 * @module
 */
import { makeCheckpoints } from "../../decisions/log/checkpoints/make_checkpoints.ts";
import { EngineError } from "../../domain/error.ts";
import { createCheckpointFiles } from "../../store/log/checkpoint_files.ts";
import { type Command, textOption } from "../command.ts";
import { withEngine } from "../open.ts";
import { printError } from "../print_error.ts";
import {
  makeCheckpointKey,
  openCheckpointKey,
  readPublicLines,
  UNSIGNED,
} from "./checkpoint_key.ts";

/** Signs where the logs end. */
export const checkpoint: Command = {
  name: "checkpoint",
  about: "sign where the logs of decisions and of people's acts end now",
  operands: [],
  options: {},
  run: (scope) =>
    withEngine(scope, async ({ stores, clock }) => {
      const { configuration, terminal } = scope;
      const signer = await openCheckpointKey(configuration);
      if (signer === null) throw unsigned();
      const { checkpointsFolder: folder } = configuration;
      const archive = folder === null ? null : createCheckpointFiles(folder);
      const made = await makeCheckpoints(
        { ...stores, signer, archive, clock },
        { now: true },
      );
      for (const one of made) {
        if ("made" in one) {
          const { number, sizes: { decisions, acts } } = one.made;
          terminal.line(
            `${one.owner}: checkpoint ${number}, ${decisions} decisions and ${acts} acts`,
          );
        } else terminal.warn(`${one.owner}: ${printError(one.error)}`);
      }
      if (made.length === 0) terminal.line("nothing is new");
      return made.every((one) => "made" in one) ? 0 : 1;
    }),
};

/** Makes a key. */
export const checkpointKey: Command = {
  name: "checkpoint key",
  about: "make the key that checkpoints are signed with",
  operands: [],
  options: {
    "name*": "name of the deployment, part of every checkpoint: eu-1",
    "out*": "file to write it to; one that is there is left as it is",
    after:
      "file of the key that it takes the place of, whose checkpoints stay trusted",
  },
  run: async ({ terminal }, _operands, options) => {
    const path = textOption(options, "out", "");
    const lines = await makeCheckpointKey(
      path.includes("/") ? path : `./${path}`,
      {
        name: textOption(options, "name", ""),
        after: textOption(options, "after", "") || null,
      },
    );
    lines.forEach(terminal.line);
    return 0;
  },
};

/** Shows the public keys. */
export const checkpointPublicKey: Command = {
  name: "checkpoint public-key",
  about:
    "print the public keys that checkpoints are verified with, that of now first",
  operands: [],
  options: {},
  run: async ({ configuration, terminal }) => {
    if (await openCheckpointKey(configuration) === null) throw unsigned();
    (await readPublicLines(configuration)).forEach(terminal.line);
    return 0;
  },
};

function unsigned(): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot sign checkpoints: ${UNSIGNED}`,
  );
}
