/**
 * What the allocator calls a constraint, in the words of whoever asked for it.
 *
 * @module
 */
import { decimalFromMicros } from "../../../domain/money.ts";
import type { Candidate } from "../candidate.ts";
import type { Bound } from "./bound.ts";
import type { PolicyRow } from "./policy_rows.ts";
import type { Frame } from "./pose.ts";

/** One constraint, as it was asked for. */
export interface Asked {
  /** Fields of the request, and rules as `rule:<name>`. */
  readonly by: readonly string[];
  /** The amount it sets, micros of the period; null if it sets none. */
  readonly micros: bigint | null;
  /** What it says, for a person. */
  readonly text: string;
  /** Whom it is about, where its fields do not say; empty otherwise. */
  readonly whom: string;
}

/** Translates names of constraints. */
export type Translator = (constraint: string) => Asked;

/** Makes a translator for the bounds as they stand when it is asked. */
export function createTranslator(
  frame: Frame,
  candidates: readonly Candidate[],
): Translator {
  const { total, tree, request, ruled } = frame;
  const entities = new Map(
    candidates.map((one) => [one.fitted.entity as string, one]),
  );
  const sets = new Map(tree.sets.map((set) => [set.id, set]));
  return (constraint) => {
    if (constraint === "budget") return tellTotal(total, request.currency);
    const [, kind, id = "", side = ""] =
      /^(entity|group|linear):(.*):(\w+)$/.exec(constraint) ?? [];
    if (kind === "linear") {
      const row = ruled.find((one) => one.id === id);
      return row ? tellRule(row, request.currency) : tellField(id);
    }
    if (side === "step") return tellField("step_micros");
    if (side === "most") return tellField(`${id}.most_on`);
    const bounded = kind === "entity" ? entities.get(id) : sets.get(id);
    const bound = side === "lo" ? bounded?.lo : bounded?.hi;
    if (kind === undefined || !bound) {
      return tellField(constraint.replace(/^returns:/, ""));
    }
    const least = side === "lo" ? "least" : "most";
    return tellBound(bound, {
      said: `at ${least} ${printAmount(bound.micros, request.currency)}`,
      of: id,
    });
  };
}

function tellField(field: string): Asked {
  return { by: [field], micros: null, text: field, whom: "" };
}

function tellRule(
  { id, rule: { effect, members, to }, micros }: PolicyRow,
  currency: string,
): Asked {
  const side = effect === "cap" ? "most" : "least";
  const whom = ` for ${members.length} ${
    members.length === 1 ? "budget" : "budgets together"
  }`;
  const said = micros === null
    ? `${Number(to && "permille" in to ? to.permille : 0n) / 10}% of the plan`
    : printAmount(micros, currency);
  return { by: [id], micros, text: `${id} (at ${side} ${said}${whom})`, whom };
}

function tellTotal(
  { asked, micros, byDefault }: Bound,
  currency: string,
): Asked {
  const note = byDefault ? ", today's spend, as none is given" : "";
  const text = `${asked.join(" and ")} (${
    printAmount(micros, currency)
  }${note})`;
  return { by: asked, micros, text, whom: "" };
}

function tellBound(
  { asked, micros, byDefault }: Bound,
  { said, of }: { readonly said: string; readonly of: string },
): Asked {
  const whom = asked.some((field) => field.includes(of)) ? "" : ` for "${of}"`;
  const note = byDefault
    ? ", as none is given: three times today's spend, or the most seen"
    : "";
  return {
    by: asked,
    micros,
    text: `${asked.join(" and ")} (${said}${whom}${note})`,
    whom,
  };
}

function printAmount(micros: bigint, currency: string): string {
  return `${decimalFromMicros(micros, 2)} ${currency}`;
}
