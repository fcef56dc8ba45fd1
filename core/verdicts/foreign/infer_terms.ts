/**
 * What types facts must have, by how rules use them. What is wrong beyond that, such as
 * an unknown operator, is left to the strict reading of the rule.
 *
 * @module
 */
import { type Place, refusePolicy } from "../language/refusal.ts";
import {
  createTerm,
  printTerm,
  settledTerm,
  type TermKind,
  type TypeTerm,
  unifyTerms,
} from "./type_term.ts";

/** A rule deeper than this is refused later; deeper parts tell no types. */
const MAX_DEPTH = 40;

/** Facts by path. */
export type FactTerms = Map<string, TypeTerm>;

/** A condition and where it stands. */
export interface PlacedLogic {
  readonly logic: unknown;
  readonly path: string;
  readonly place: Place;
}

interface Part extends PlacedLogic {
  readonly facts: FactTerms;
  readonly depth: number;
  /** The item of the list around it, for `{"var": ""}`. */
  readonly item: TypeTerm | null;
}

/**
 * Learns the types of facts from a condition.
 *
 * @param given A condition.
 * @param facts Learned so far; more are added.
 * @throws {EngineError} policy_invalid, if a fact is used as two types.
 */
export function inferTerms(given: PlacedLogic, facts: FactTerms): void {
  demand({ ...given, facts, depth: 0, item: null }, createTerm("boolean"));
}

/**
 * Has a part be of a type.
 *
 * @param beside A fact that the part is compared with; null for none.
 */
function demand(
  part: Part,
  wanted: TypeTerm,
  beside: string | null = null,
): void {
  const found = termOf(part);
  if (settledTerm(wanted).where === "") settledTerm(wanted).where = spot(part);
  if (unifyTerms(found, wanted)) return;
  const own = factIn(part.logic);
  const name = own ?? beside;
  if (name === null) return;
  if ([found, wanted].some((one) => settledTerm(one).kind === "unknown")) {
    const reason = `fact "${name}" is looked up in itself; name another list`;
    throw refusePolicy(part.place, part.path, reason);
  }
  const [here, other] = own === null ? [found, wanted] : [wanted, found];
  const { where } = settledTerm(other);
  throw refusePolicy(
    part.place,
    part.path,
    `fact "${name}" is used as a ${printTerm(here)} here and as a ` +
      `${printTerm(other)} elsewhere${where === "" ? "" : ` (${where})`}; ` +
      "use it as one type only",
  );
}

function spot({ path, place }: Part): string {
  return place.rule === null ? path : `rule "${place.rule}", at ${path}`;
}

function operandsOf(logic: unknown): readonly [string, readonly unknown[]] {
  if (typeof logic !== "object" || logic === null) return ["", []];
  const [entry, ...others] = Object.entries(logic);
  if (entry === undefined || others.length > 0) return ["", []];
  const [name, given] = entry;
  return [name, Array.isArray(given) ? given : [given]];
}

function factIn(logic: unknown): string | null {
  const [name, [path]] = operandsOf(logic);
  return name === "var" && typeof path === "string" && path !== ""
    ? path
    : null;
}

function termOf(part: Part): TypeTerm {
  const { logic, depth } = part;
  const plain = typeof logic;
  if (plain === "string" || plain === "number" || plain === "boolean") {
    return createTerm(plain);
  }
  if (Array.isArray(logic)) return literalList(logic);
  const [name, operands] = operandsOf(logic);
  if (name === "" || depth > MAX_DEPTH) return createTerm();
  const parts = operands.map((operand, index) => ({
    ...part,
    logic: operand,
    path: `${part.path}.${name}[${index}]`,
    depth: depth + 1,
  }));
  return name === "var" ? variable(part, parts) : operation(name, parts);
}

function literalList(items: readonly unknown[]): TypeTerm {
  const list = createTerm("list");
  const [first] = items;
  if (list.item && (typeof first === "string" || typeof first === "number")) {
    list.item.kind = typeof first as TermKind;
  }
  return list;
}

function variable(part: Part, [, fallback]: readonly Part[]): TypeTerm {
  const path = factIn(part.logic);
  if (path === null) return part.item ?? createTerm();
  const term = factTerm(path, part.facts);
  if (fallback) demandSame(part, term, termOf(fallback));
  return term;
}

function demandSame(part: Part, term: TypeTerm, other: TypeTerm): void {
  if (unifyTerms(term, other)) return;
  throw refusePolicy(
    part.place,
    part.path,
    `fact "${factIn(part.logic)}" is a ${printTerm(term)}, and its default a ` +
      `${printTerm(other)}; use one type`,
  );
}

function factTerm(path: string, facts: FactTerms): TypeTerm {
  const term = facts.get(path) ?? createTerm();
  facts.set(path, term);
  return term;
}

function operation(name: string, parts: readonly Part[]): TypeTerm {
  switch (name) {
    case "and":
    case "or":
    case "!":
    case "!!":
      return demandAll(parts, "boolean", "boolean");
    case "<":
    case "<=":
    case ">":
    case ">=":
      return demandAll(parts, "number", "boolean");
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "min":
    case "max":
      return demandAll(parts, "number", "number");
    case "==":
    case "===":
    case "!=":
    case "!==":
      demandAlike(parts);
      return createTerm("boolean");
    case "if":
    case "?:":
      return choice(parts);
    case "in":
      return membership(parts);
    case "some":
    case "all":
    case "none":
      return quantified(parts);
    case "missing":
    case "missing_some":
      parts.forEach(nameFacts);
      return createTerm("boolean");
    default:
      return createTerm();
  }
}

function demandAll(
  parts: readonly Part[],
  kind: TermKind,
  result: TermKind,
): TypeTerm {
  parts.forEach((part) => demand(part, createTerm(kind)));
  return createTerm(result);
}

function demandAlike(parts: readonly Part[]): TypeTerm {
  const alike = createTerm();
  const fact = parts.map(({ logic }) => factIn(logic))
    .find((path) => path !== null) ?? null;
  parts.forEach((part) => demand(part, alike, fact));
  return alike;
}

function choice(parts: readonly Part[]): TypeTerm {
  const last = parts.length - 1;
  const isBranch = (index: number) => index % 2 === 1 || index === last;
  parts.filter((_, index) => !isBranch(index))
    .forEach((part) => demand(part, createTerm("boolean")));
  return demandAlike(parts.filter((_, index) => isBranch(index)));
}

function membership([item, list]: readonly Part[]): TypeTerm {
  if (item && list) demand(item, itemTerm(list));
  return createTerm("boolean");
}

function quantified([list, holds]: readonly Part[]): TypeTerm {
  if (list && holds) {
    demand({ ...holds, item: itemTerm(list) }, createTerm("boolean"));
  }
  return createTerm("boolean");
}

function itemTerm(list: Part): TypeTerm {
  const wanted = createTerm("list");
  demand(list, wanted);
  return settledTerm(wanted).item ?? createTerm();
}

function nameFacts({ logic, facts }: Part): void {
  const names = Array.isArray(logic) ? logic : [logic];
  for (const name of names) {
    if (typeof name === "string") factTerm(name, facts);
  }
}
