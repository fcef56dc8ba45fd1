/**
 * A desk for tests of the book: policies in memory, and what comes of a bid.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../../domain/canonical.ts";
import type { Trial } from "../../domain/change.ts";
import type { PolicyDocument, Switch } from "../../domain/verdict.ts";
import type { Scope } from "../../ports/governance.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { POLICIES } from "./policy_book.ts";

/** What comes of a bid of 100 micros. */
export function bid(
  set: ReturnType<typeof compilePolicySet>,
  tenant = "acme",
): number | null {
  return set.judge("bid", {}, { tenant, channel: null, amountMicros: 100 })
    .amountMicros;
}

/** Caps bids. */
export function cap(policy: string, to: number): PolicyDocument {
  const rule = { id: "most", effect: "cap", to, reason: "Enough" } as const;
  return {
    policy,
    version: 1,
    owner: "growth",
    about: "A most",
    on: ["bid"],
    rules: [rule],
    cases: [{
      note: "cut",
      facts: { amount: { micros: to + 1 } },
      want: ["most"],
    }],
  };
}

/** Pointers and contents in memory. */
export function createSource() {
  const texts = new Map<string, string>();
  const pointers = new Map<string, {
    scope: Scope;
    subject: string;
    content: string;
    trial: Trial | null;
    seq: number;
  }>();
  const source = {
    load: (hash: string) => Promise.resolve(texts.get(hash) ?? null),
    findAltered: (hashes: readonly string[]) =>
      Promise.resolve(
        hashes.filter((hash) => sha256(texts.get(hash) ?? "") !== hash),
      ),
    everyPointer: () =>
      Promise.resolve(
        [...pointers.values()].map(({ scope, ...pointer }) => ({
          scope,
          pointer: { ...pointer, change: null },
        })),
      ),
    keep(text: string): string {
      texts.set(sha256(text), text);
      return sha256(text);
    },
    damage(hash: string, text: string): void {
      texts.set(hash, text);
    },
    /** Keeps another text under each hash, or the true ones again. */
    alter(scope: Scope, isAltered: boolean): void {
      for (const { content, scope: of } of pointers.values()) {
        const text = texts.get(content) ?? "";
        if (of !== scope || text.startsWith("#") === isAltered) continue;
        texts.set(content, isAltered ? `#${text}` : text.slice(1));
      }
    },
    point(
      ...[scope, subject, content, trial = null]: [
        Scope,
        string,
        string,
        (Trial | null)?,
      ]
    ): void {
      const name = `${scope} ${subject}`;
      const seq = (pointers.get(name)?.seq ?? 0) + 1;
      pointers.set(name, { scope, subject, content, trial, seq });
    },
    put(scope: Scope, documents: readonly PolicyDocument[]): void {
      source.point(
        scope,
        POLICIES,
        source.keep(compilePolicySet(documents).text),
      );
    },
    turnOn(scope: Scope, one: Switch): void {
      source.point(scope, `switch:${one.id}`, source.keep(canonicalJson(one)));
    },
    isAltered: (scope: Scope) =>
      (texts.get(source.active(scope)) ?? "").startsWith("#"),
    active: (scope: Scope = null) =>
      pointers.get(`${scope} ${POLICIES}`)?.content ?? "",
  };
  return source;
}
