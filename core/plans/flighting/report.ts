/**
 * What a flight plan's prices say in the problem's own units and names.
 *
 * @module
 */
import type { BindingConstraint } from "../../domain/allocation.ts";
import type { InteriorPoint } from "../interior/interior.ts";
import type { ConcaveProgram } from "../interior/search_state.ts";
import type { FlightPrices, FlightProblem } from "./problem.ts";
import { orderRows } from "./rows.ts";
import type { FlightSheet } from "./sheet.ts";

/** Prices below this share of the largest are those of bounds that do not hold. */
const NOTICED = 1e-7;

/** Prices in outcome units per unit of the amount. */
export function readPrices(
  sheet: FlightSheet,
  { prices, tangent }: InteriorPoint,
): FlightPrices {
  const rows = orderRows(sheet);
  const unit = sheet.outcomeUnit / sheet.amountUnit;
  const slice = (from: number, until: number) =>
    prices.slice(from, until).map((price) => price * unit);
  return {
    budget: (prices[rows.budget] as number) * unit,
    totals: slice(rows.totals, rows.periods),
    periods: slice(rows.periods, rows.groups),
    groups: slice(rows.groups, rows.budget),
    ramps: slice(rows.ramps, rows.totals),
    tangent: tangent.map((x) => x * sheet.amountUnit),
  };
}

/** What holds a plan back, and what one more unit of it would bring. */
export function listBinding(
  { entities, groups = [] }: FlightProblem,
  { sheet, program, best: { prices } }: {
    readonly sheet: FlightSheet;
    readonly program: ConcaveProgram;
    readonly best: InteriorPoint;
  },
): BindingConstraint[] {
  const { periods } = sheet;
  const rows = orderRows(sheet);
  const unit = sheet.outcomeUnit / sheet.amountUnit;
  const name = (row: number): string => {
    if (row === rows.budget) return "budget";
    if (row >= rows.groups) {
      const at = row - rows.groups;
      return `group:${groups[Math.floor(at / periods)]?.id}:${at % periods}`;
    }
    if (row >= rows.periods) return `period:${row - rows.periods}`;
    if (row >= rows.totals) return `entity:${entities[row - rows.totals]?.id}`;
    const [kind, cell] = row >= rows.ramps
      ? ["ramp", row - rows.ramps]
      : ["cell", row];
    return `${kind}:${entities[Math.floor(cell / periods)]?.id}:${
      cell % periods
    }`;
  };
  const largest = prices.reduce((most, p) => Math.max(most, Math.abs(p)), 0);
  const binding: BindingConstraint[] = [];
  for (let row = prices.length - 1; row >= 0; row--) {
    const price = prices[row] as number;
    const free = row >= rows.ramps || sheet.free[row] === 1;
    const sided = row === rows.budget || row >= rows.ramps ||
      price > 0 || (program.lo[row] as number) > 0;
    if (!(Math.abs(price) > NOTICED * largest) || !sided || !free) continue;
    const side = row === rows.budget ? "" : price > 0 ? ":hi" : ":lo";
    binding.push({
      constraint: `${name(row)}${side}`,
      shadowPrice: price * unit,
    });
  }
  return binding;
}
