/**
 * The policies in force, opened with the engine: those that were approved, or, for
 * development, the files of a folder as they are.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import type { Actor } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import type { OperatedEngine } from "../engine.ts";
import type { GovernanceStore } from "../ports/governance.ts";
import { loadPolicies } from "../verdicts/document/load.ts";
import {
  createPolicyBook,
  type NodeSwitches,
  POLICIES,
  type PolicyBook,
  type PolicySource,
} from "../verdicts/in_force/policy_book.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import type { Configuration } from "./configuration.ts";
import { readPolicies } from "./files.ts";

/** Who puts the folder into force where nothing is yet. */
const INSTALLATION: Actor = {
  name: "installation",
  human: false,
  groups: [],
};

/** Opens the book that the configuration asks for; nothing is in force yet. */
export function openPolicyBook(
  { policyChanges, policiesFolder }: Configuration,
  governance: GovernanceStore,
  board: NodeSwitches,
): PolicyBook {
  const source = policyChanges === "files"
    ? readFolder(governance, policiesFolder)
    : governance;
  return createPolicyBook(source, board);
}

/**
 * Puts policies into force: what was approved, and at the very first start the folder's.
 *
 * @returns What the operator should know; null for nothing.
 * @throws {EngineError} `policy_invalid` if what is to be in force is unsound.
 */
export async function putInForce(
  { changes }: Pick<OperatedEngine, "changes">,
  book: PolicyBook,
  { policyChanges, policiesFolder }: Configuration,
): Promise<string | null> {
  if (policyChanges === "files") {
    await book.renew();
    return notice(
      "the files of the policies folder are in force as they are: nobody approves what they change",
      ...book.problems(),
    );
  }
  const { content } = await changes.active(null, POLICIES);
  if (content === null) await adopt(changes, await readSet(policiesFolder));
  await renewApproved(book);
  const differs = content === null
    ? null
    : await compareFolder(policiesFolder, content);
  return notice(...differs === null ? [] : [differs], ...book.problems());
}

/** What was agreed with may be older than the engine. */
async function renewApproved(book: PolicyBook): Promise<void> {
  try {
    await book.renew();
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.code !== "policy_invalid") {
      throw cause;
    }
    throw new EngineError(
      "policy_invalid",
      `Cannot put what was approved into force: ${cause.message}; with MOE_POLICY_CHANGES=files the folder's files are in force while it is mended`,
      { cause },
    );
  }
}

function notice(...parts: readonly string[]): string | null {
  return parts.length === 0 ? null : parts.join("; ");
}

/** How the folder differs from what was approved, which holds whatever the folder says. */
async function compareFolder(
  folder: string,
  inForce: string,
): Promise<string | null> {
  try {
    const { hash } = await readSet(folder);
    return hash === inForce
      ? null
      : `the policies folder differs from what is in force (${
        inForce.slice(0, 12)
      }): "moe policy propose" proposes it`;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return `the policies folder does not load, and what was approved stays in force: ${error.message}`;
  }
}

/** Of two nodes that start at once, one is first. */
async function adopt(
  changes: OperatedEngine["changes"],
  { text }: PolicySet,
): Promise<void> {
  try {
    await changes.adopt(null, {
      kind: "policies",
      subject: POLICIES,
      title: "Policies of the first installation",
      reason: "Nothing was in force yet",
      content: text,
      by: INSTALLATION,
    });
  } catch (error) {
    const { content } = await changes.active(null, POLICIES);
    if (content === null) throw error;
  }
}

/**
 * The deployment's policies are the folder's, whatever was approved. While the folder does
 * not load it has a hash of its own, so that all else is read as ever.
 */
function readFolder(
  governance: GovernanceStore,
  folder: string,
): PolicySource {
  const read = memoize(folder);
  let last: Folder = { hash: "", text: "" };
  return {
    everyPointer: async () => {
      last = await read();
      const kept = await governance.everyPointer();
      const pointer = {
        ...{ subject: POLICIES, seq: 0, content: last.hash },
        ...{ change: null, trial: null },
      };
      return [
        { scope: null, pointer },
        ...kept.filter(({ scope, pointer: { subject } }) =>
          scope !== null || subject !== POLICIES
        ),
      ];
    },
    load: async (hash) => {
      if (hash !== last.hash) return await governance.load(hash);
      if ("failure" in last) throw last.failure;
      return last.text;
    },
    findAltered: (hashes) =>
      governance.findAltered(hashes.filter((hash) => hash !== last.hash)),
  };
}

/** A folder as it was read: the text of its set, or why there is none. */
type Folder =
  & { readonly hash: string }
  & ({ readonly text: string } | { readonly failure: EngineError });

/** Reads a folder; compiles it only where a file is another than at the last time. */
function memoize(folder: string): () => Promise<Folder> {
  let known = "";
  let last: Folder = { hash: "", text: "" };
  return async () => {
    try {
      const files = await readPolicies(folder);
      const now = JSON.stringify(files);
      if (now !== known) {
        const { text } = loadPolicies(files);
        last = { hash: sha256(text), text };
        known = now;
      }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      last = { hash: sha256(error.message), failure: error };
      known = "";
    }
    return last;
  };
}

async function readSet(folder: string): Promise<PolicySet> {
  return loadPolicies(await readPolicies(folder));
}
