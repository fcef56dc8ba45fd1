/**
 * What machines found out about a change, bound to exactly its content and base.
 *
 * @module
 */
import { digest, textOf } from "../domain/canonical.ts";
import type { Change, ChangeEvidence } from "../domain/change.ts";
import { EngineError } from "../domain/error.ts";
import type {
  ChangeAdapter,
  Findings,
  GovernanceStore,
} from "../ports/governance.ts";

/** Where contents are read. */
type Contents = Pick<GovernanceStore, "load">;

/**
 * Has a change checked by the adapter of its kind. What it does in place of a base that
 * is lost is not known.
 */
export async function gatherEvidence(
  store: Contents,
  adapter: ChangeAdapter,
  { content, base, subject, tenant: scope }: Change,
): Promise<ChangeEvidence> {
  const before = base === null ? null : await findContent(store, base);
  const isLost = base !== null && before === null;
  const findings = await adapter.check(
    await loadContent(store, content),
    before,
    { subject, scope },
  );
  const unknown = { class: "mixed", proven: false } as const;
  return makeEvidence(
    { ...findings, ...isLost && unknown },
    { content, base },
  );
}

/** The text of a content; null if none of that hash is kept, whatever else is. */
export async function findContent(
  store: Contents,
  hash: string,
): Promise<string | null> {
  return textOf(hash, await store.load(hash));
}

/**
 * The text of a content.
 *
 * @throws {EngineError} `not_found` if none of that hash is kept.
 */
export async function loadContent(
  store: Contents,
  hash: string,
): Promise<string> {
  const text = await findContent(store, hash);
  if (text !== null) return text;
  throw new EngineError(
    "not_found",
    `Cannot load content "${hash}": none is kept`,
  );
}

/** Binds findings to what was checked. */
export function makeEvidence(
  findings: Findings,
  of: Pick<ChangeEvidence, "content" | "base">,
): ChangeEvidence {
  const { content, base } = of;
  const evidence = { ...findings, content, base };
  return { ...evidence, hash: digest(evidence) };
}

/**
 * What speaks against reviewing a change, or letting it into force, by its evidence.
 *
 * @param requires Items that must be there.
 * @returns Why not, or null.
 */
export function refuseEvidence(
  { evidence, content, base }: Change,
  requires: readonly string[],
): string | null {
  if (evidence === null) return "it was not checked";
  const { hash, ...found } = evidence;
  if (found.content !== content || found.base !== base) {
    return "its evidence is of another content or base";
  }
  if (digest(found) !== hash) return "its evidence does not have its hash";
  const [problem] = found.problems;
  if (problem !== undefined) return problem;
  const failed = found.items.find(({ passed }) => !passed);
  if (failed !== undefined) return `${failed.name}: ${failed.summary}`;
  const missing = requires.find((name) =>
    !found.items.some((item) => item.name === name)
  );
  return missing === undefined ? null : `evidence "${missing}" is missing`;
}
