/**
 * Opens the spool of a server as it is configured.
 *
 * @module
 */
import {
  createSpooling,
  type Spooling,
  type SpoolingScope,
} from "../decisions/log/writing/spooling.ts";
import type { SpoolCipher } from "../ports/spool.ts";
import type { PolicyArchive } from "../ports/decisions.ts";
import { hasSpools, openSpools } from "../store/spool/folders.ts";
import { openSpooledSets } from "../store/spool/policy_sets.ts";
import type { Configuration } from "./configuration.ts";

/** What decisions are written with. */
export interface SpoolGround extends Pick<SpoolingScope, "log" | "clock"> {
  /** Seals what lies on the disk; null where nothing is sealed. */
  readonly cipher: SpoolCipher | null;
  /** Where the policy sets lie that decisions cite. */
  readonly policies: PolicyArchive;
}

/** A spool, and an archive of the policy sets that what it keeps cites. */
export interface OpenedSpooling {
  readonly spooling: Spooling;
  readonly policies: PolicyArchive;
}

/**
 * Opens the spool.
 *
 * @returns Null where decisions go to the log alone, and nothing is left from when they
 * did not.
 */
export async function openSpooling(
  { logWrites: writes, spoolMaxBytes, dataFolder }: Configuration,
  { log, clock, cipher, policies }: SpoolGround,
): Promise<OpenedSpooling | null> {
  if (writes === "postgres" && !await hasSpools(dataFolder)) return null;
  const spool = await openSpools(dataFolder, {
    ...{ maxBytes: spoolMaxBytes, cipher },
  });
  const sets = await openSpooledSets(policies, dataFolder);
  const spooling = createSpooling({ log, spool, writes, clock });
  return {
    policies: sets,
    spooling: {
      ...spooling,
      async carryOn(tell) {
        await sets.settle();
        return await spooling.carryOn(tell);
      },
    },
  };
}
