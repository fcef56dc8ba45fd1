/**
 * Policy sets by hash: kept before the first decision that cites them, and read
 * back for replays.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { PolicyArchive } from "../ports/decisions.ts";
import {
  parsePolicySet,
  type PolicySet,
} from "../verdicts/judge/policy_set.ts";

/** The archive, each set written and compiled once. */
export interface Archived {
  /** Keeps a set; returns null when it is known to be kept. */
  keep(policies: PolicySet): Promise<void> | null;
  /**
   * Reads a set back.
   *
   * @throws {EngineError} `log_tampered` if it is gone, or not what its hash says.
   */
  read(hash: string): Promise<PolicySet>;
}

const SETS_KEPT = 16;

/** Opens the archive. */
export function openArchive(archive: PolicyArchive): Archived {
  const kept = new Set<string>();
  const saving = new Map<string, Promise<void>>();
  const compiled = new Map<string, PolicySet>();
  async function save({ hash, text }: PolicySet): Promise<void> {
    try {
      await archive.save(hash, text);
      kept.add(hash);
    } finally {
      saving.delete(hash);
    }
  }
  return {
    keep(policies) {
      if (kept.has(policies.hash)) return null;
      const under = saving.get(policies.hash) ?? save(policies);
      if (!kept.has(policies.hash)) saving.set(policies.hash, under);
      return under;
    },
    async read(hash) {
      const known = compiled.get(hash);
      if (known) return known;
      const text = await archive.load(hash);
      const set = text === null ? null : parsePolicySet(text);
      if (set?.hash !== hash) throw lost(hash);
      if (compiled.size >= SETS_KEPT) compiled.clear();
      compiled.set(hash, set);
      return set;
    },
  };
}

function lost(hash: string): EngineError {
  return new EngineError(
    "log_tampered",
    `Cannot replay under policy set "${hash}": the archive does not hold what its hash says`,
    { facts: { policySet: hash } },
  );
}
