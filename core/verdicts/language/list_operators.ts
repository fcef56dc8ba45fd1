/**
 * Operators over lists: `in`, `some`, `all`, `none`, and shared lists by name.
 *
 * @module
 */
import { suggestName } from "../../domain/nearest_name.ts";
import { children, type Expression, typeOf } from "./expression.ts";
import {
  type Build,
  narrow,
  type Part,
  parts,
  refuse,
  type Scope,
  typed,
} from "./operands.ts";

/** Longest literal list. */
export const MAX_ITEMS = 1000;

/** Whether a list holds a value. */
export function parseIn(args: readonly unknown[], path: string, scope: Scope) {
  const [itemPart, listPart] = parts(args, path, scope) as [Part, Part];
  const { list, holds } = parseListPart(listPart, "in");
  const item = scope.parse(itemPart);
  if (list.op !== "list" && typeOf(item) === "scalar") {
    refuse(scope, path, "a feature is looked up in a literal list only");
  }
  return { op: "in", item: narrow(item, holds, itemPart), list } as Expression;
}

/** Whether some, all or none of a list's items meet a condition. */
export function quantifier(how: "some" | "all" | "none"): Build {
  return (args, path, scope) => {
    const [listPart, holdsPart] = parts(args, path, scope) as [Part, Part];
    if (scope.item !== null) {
      refuse(
        scope,
        path,
        '"some", "all" and "none" do not stand in one another; use "in" inside',
      );
    }
    const { list, holds: item } = parseListPart(listPart, how);
    scope.item = item;
    const holds = typed("boolean", holdsPart);
    scope.item = null;
    if (!readsItem(holds)) {
      refuse(scope, holdsPart.path, 'it never reads the item, {"var": ""}');
    }
    return { op: "quantifier", how, list, holds };
  };
}

function readsItem(expression: Expression): boolean {
  return expression.op === "item" || children(expression).some(readsItem);
}

function parseListPart({ logic, path, scope }: Part, by: string) {
  const list = Array.isArray(logic)
    ? parseList(logic, path, scope)
    : scope.parse({ logic, path, scope });
  const type = typeOf(list);
  if (type !== "strings" && type !== "numbers") {
    refuse(scope, path, `"${by}" looks into a list, not into a ${type}`);
  }
  const holds = type === "strings" ? "string" : "number";
  return { list, holds } as const;
}

/** A shared list by its name. */
export function parseShared(
  args: readonly unknown[],
  path: string,
  scope: Scope,
) {
  const [name] = args;
  const shared = typeof name === "string" ? scope.lists.get(name) : undefined;
  if (shared) {
    return { op: "list", items: shared.items, name: shared.list } as Expression;
  }
  const advice = suggestName(String(name), [...scope.lists.keys()]);
  return refuse(scope, path, `list "${name}" is unknown; ${advice}`);
}

function parseList(items: unknown[], path: string, scope: Scope): Expression {
  const type = typeof items[0];
  const plain = type === "string" || type === "number";
  if (!plain || items.some((item) => typeof item !== type)) {
    refuse(
      scope,
      path,
      "a list holds texts only or numbers only, at least one",
    );
  }
  if (items.some((item) => type === "number" && !Number.isFinite(item))) {
    refuse(scope, path, "a number in a list is finite");
  }
  if (items.length > MAX_ITEMS) {
    refuse(scope, path, `more than ${MAX_ITEMS} items; use a feature instead`);
  }
  return { op: "list", items: items as (string | number)[] };
}
