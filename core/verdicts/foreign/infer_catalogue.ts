/**
 * A catalogue for rules that come without one: types by use, and where use does not
 * tell, by what the contexts hold.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import {
  type Catalogue,
  defineCatalogue,
  type Field,
  type FieldType,
  readFact,
} from "../language/catalogue.ts";
import { refusePolicy } from "../language/refusal.ts";
import { type FactTerms, inferTerms, type PlacedLogic } from "./infer_terms.ts";
import { createTerm, settledTerm, type TypeTerm } from "./type_term.ts";

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * Finds out what facts conditions read.
 *
 * @param conditions Conditions, at least one.
 * @param contexts Examples; asked in order, for what no use tells.
 * @throws {EngineError} policy_invalid, if a fact is used as two types, or its path is
 * no path.
 */
export function inferCatalogue(
  conditions: readonly PlacedLogic[],
  contexts: readonly Facts[],
): Catalogue {
  const facts: FactTerms = new Map();
  for (const condition of conditions) {
    const known = facts.size;
    inferTerms(condition, facts);
    [...facts.keys()].slice(known)
      .forEach((path) => refuseNoPath(path, condition));
  }
  for (const [path, term] of facts) learn(term, findExample(path, contexts));
  return defineCatalogue([...facts].map(([path, term]): Field => ({
    path,
    type: typeOfTerm(term),
    unit: null,
    nullable: true,
    about: "",
  })));
}

function refuseNoPath(path: string, { place, path: at }: PlacedLogic): void {
  const stray = path.split(".").find((name) =>
    !NAME.test(name) || name in Object.prototype
  );
  if (stray === undefined) return;
  const reason =
    `fact "${path}" is unknown: "${stray}" cannot name a fact; names are ` +
    "letters, digits and _, joined by dots";
  throw refusePolicy(place, at, reason);
}

/** Fills in what use has left open. */
function learn(term: TypeTerm, example: unknown): void {
  const settled = settledTerm(term);
  if (settled.kind === "unknown") Object.assign(settled, kindOf(example));
  if (settled.item !== null && Array.isArray(example)) {
    learn(settled.item, example[0]);
  }
}

function kindOf(example: unknown): Partial<TypeTerm> {
  if (Array.isArray(example)) return { kind: "list", item: createTerm() };
  const kind = typeof example;
  return kind === "string" || kind === "number" || kind === "boolean"
    ? { kind }
    : {};
}

/** A value of the fact that tells something: no group, no null, no empty list. */
function findExample(path: string, contexts: readonly Facts[]): unknown {
  for (const context of contexts) {
    const found = readFact(context, path);
    const list = Array.isArray(found) ? found : [found];
    const [first] = list;
    if (first !== undefined && typeof first !== "object") return found;
  }
  return undefined;
}

/** What neither use nor example tells is a text: it is missing wherever asked for. */
function typeOfTerm(term: TypeTerm): FieldType {
  const { kind, item } = settledTerm(term);
  if (item !== null) {
    return settledTerm(item).kind === "number" ? "numbers" : "strings";
  }
  return kind === "boolean" || kind === "number" ? kind : "string";
}
