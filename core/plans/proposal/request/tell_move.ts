/**
 * A bound that must move, in the words of whoever asked for it.
 *
 * @module
 */
import type { ErrorFacts } from "../../../domain/error.ts";
import { decimalFromMicros } from "../../../domain/money.ts";
import { readName } from "../../allocation/constraints.ts";
import type { Move } from "../../allocation/nearest.ts";
import { type Frame, readLeast } from "./pose.ts";
import type { Asked, Translator } from "./words.ts";

/** A move, for a person and for a machine. */
export interface ToldMove {
  /** The field or rule that moves. */
  readonly field: string;
  readonly sentence: string;
  readonly facts: ErrorFacts;
}

/** Tells what a bound must be; amounts are rounded so that it is enough. */
export function tellMove(
  move: Move,
  frame: Frame,
  translate: Translator,
): ToldMove {
  const asked = translate(move.constraint);
  const field = asked.by.join(" and ");
  const { kind, side } = readName(move.constraint);
  if (kind === "returns") return tellReturn(move, frame, field);
  if (side === "most") return tellCount(move, field);
  return tellAmount(move, frame, { ...asked, field });
}

function tellReturn(
  { constraint, to }: Move,
  frame: Frame,
  field: string,
): ToldMove {
  const { id } = readName(constraint);
  const row = frame.returns.find((one) => one.id === id);
  const { roas, cost } = readLeast(to, row ?? { roas: 0, cost: null }, frame);
  if (roas !== null) {
    const least = Math.floor(roas * 1e4) / 1e4;
    return {
      field,
      sentence: `${field} ${least} instead of ${row?.roas}`,
      facts: { ["to_roas"]: least },
    };
  }
  const most = Math.ceil(cost ?? Infinity);
  if (most === Infinity) {
    return { field, sentence: `${field} left out`, facts: {} };
  }
  return {
    field,
    sentence: `${field} ${most} instead of ${row?.cost}`,
    facts: { ["to_cost_micros"]: most },
  };
}

function tellCount({ from, to }: Move, field: string): ToldMove {
  return {
    field,
    sentence: `${field} ${to} instead of ${from}`,
    facts: { ["to_count"]: to },
  };
}

/** What policies say is never the caller's to move: it is told as theirs. */
function tellAmount(
  { from, to }: Move,
  { grid, request }: Frame,
  { micros, whom, field }: Asked & { readonly field: string },
): ToldMove {
  const units = (amount: bigint) =>
    `${decimalFromMicros(amount, 2)} ${request.currency}`;
  const isRule = field.includes("rule:");
  if (micros === null) {
    const short = BigInt(Math.ceil(Math.abs(to - from) / 1000)) *
      grid.unitMicros;
    return {
      field,
      sentence: `${field} missed by ${units(short)}${
        isRule ? ", which policy says" : ""
      }`,
      facts: { ["short_micros"]: `${short}` },
    };
  }
  const whole = BigInt(to > from ? Math.ceil(to) : Math.floor(to)) *
    grid.unitMicros;
  return {
    field,
    sentence: `${field}${whom} ${units(whole)} ${
      isRule ? "where policy says" : "instead of"
    } ${units(micros)}`,
    facts: { ["from_micros"]: `${micros}`, ["to_micros"]: `${whole}` },
  };
}
