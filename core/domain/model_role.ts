/**
 * Roles of models as subjects of changes, `model:<name>/<role>`, and their contents,
 * `{"version":<number>}`.
 *
 * @module
 */
import { canonicalJson } from "./canonical.ts";
import { type Alias, ALIASES } from "./model_event.ts";

/** A role of a name. */
export interface ModelRole {
  /** Name of the model. */
  readonly name: string;
  /** The role. */
  readonly alias: Alias;
}

/**
 * Prints the subject of a role; the inverse of {@link parseModelSubject}.
 *
 * @param role The role.
 * @returns Such as `model:bidder/champion`.
 */
export function printModelSubject({ name, alias }: ModelRole): string {
  return `model:${name}/${alias}`;
}

/**
 * Reads the role that a subject names.
 *
 * @param subject The subject.
 * @returns The role; null if it names none.
 */
export function parseModelSubject(subject: string): ModelRole | null {
  const [, name = "", role] = /^model:([a-z][a-z0-9_]*)\/([a-z]+)$/
    .exec(subject) ?? [];
  const alias = ALIASES.find((one) => one === role);
  return alias === undefined ? null : { name, alias };
}

/**
 * Reads the version that a content names.
 *
 * @param text The content.
 * @returns The version; null if it names none, or not canonically.
 */
export function parseModelContent(text: string): number | null {
  const version = Number(/^\{"version":(\d{1,9})\}$/.exec(text)?.[1] ?? 0);
  return text === printModelContent(version) && version > 0 ? version : null;
}

/**
 * Prints a content; the inverse of {@link parseModelContent}.
 *
 * @param version The version.
 * @returns Canonical JSON.
 */
export function printModelContent(version: number): string {
  return canonicalJson({ version });
}
