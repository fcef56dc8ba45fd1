/**
 * What of a record leaves the engine masked: left out, or replaced by a commitment, which
 * is the same for the same value under the same key and tells nothing else.
 *
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { canonicalJson } from "../../../domain/canonical.ts";

/** One thing that is masked. */
export interface Mask {
  /** JSON pointer into the record, `*` for any member: `/request/entities/subject`. */
  readonly path: string;
  /** `drop` leaves it out; `commit` puts a keyed hash in its place. */
  readonly how: "drop" | "commit";
}

/** Masks under one key. */
export interface Masking {
  readonly masks: readonly Mask[];
  /** Whether more is masked than who it is about. */
  readonly isWide: boolean;
  /** A record of a tenant as it may leave; the record itself is left alone. */
  apply(tenant: string, record: unknown): unknown;
}

/** People are named by commitments unless somebody asks for more. */
export const SUBJECT_MASK: Mask = {
  path: "/request/entities/subject",
  how: "commit",
};

const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

/**
 * Whether a text is a pointer that a mask may have.
 *
 * @see RFC 6901; the whole record, the empty pointer, is none of them.
 */
export function isMaskPath(text: string): boolean {
  return POINTER.test(text);
}

/**
 * Puts masks under a key.
 *
 * @param masks What is masked beside {@link SUBJECT_MASK}, or otherwise than by it.
 * @param key Key of commitments; one of its own, known to nobody, unless given.
 */
export function createMasking(
  masks: readonly Mask[] = [],
  key: Uint8Array = randomBytes(32),
): Masking {
  const own = masks.some(({ path }) => path === SUBJECT_MASK.path);
  const all = own ? masks : [SUBJECT_MASK, ...masks];
  const parsed = all.map(({ path, how }) => ({ how, steps: stepsOf(path) }));
  return {
    masks: all,
    isWide: all.some(({ path }) => path !== SUBJECT_MASK.path),
    apply: (tenant, record) =>
      parsed.reduce((masked, { steps, how }) => {
        const mask = how === "drop"
          ? () => undefined
          : (value: unknown) => commit(key, tenant, value);
        return maskAt(masked, steps, mask);
      }, record),
  };
}

function stepsOf(path: string): readonly string[] {
  return path.slice(1).split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function maskAt(
  value: unknown,
  [step, ...rest]: readonly string[],
  mask: (value: unknown) => unknown,
): unknown {
  if (step === undefined) return mask(value);
  if (typeof value !== "object" || value === null) return value;
  const isMasked = (name: string) => step === "*" || step === name;
  if (Array.isArray(value)) {
    return value.map((item, place) =>
      isMasked(String(place)) ? maskAt(item, rest, mask) ?? null : item
    );
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      if (!isMasked(name)) return [[name, member]];
      const masked = maskAt(member, rest, mask);
      return masked === undefined ? [] : [[name, masked]];
    }),
  );
}

function commit(key: Uint8Array, tenant: string, value: unknown): string {
  const hash = createHmac("sha256", key).update(`${tenant}\n`)
    .update(canonicalJson(value)).digest("hex");
  return `hmac:${hash}`;
}
