/**
 * The request of `moe plan`: a few options, or a file that says it all.
 *
 * @module
 */
import { addDays, type DayRange } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { PlanRequest } from "../domain/plan_request.ts";
import { parseFields } from "../http/request/field_errors.ts";
import {
  planBody,
  planRequestFromJson,
} from "../http/wire/plan_request_json.ts";
import { type Options, textOption } from "./command.ts";
import { readJsonFile } from "./files.ts";
import { amountOption, dayOption, wholeNumberOption } from "./option.ts";

const DAYS = { otherwise: 7, least: 1, most: 366 };
const CHANGE = { otherwise: 0, least: 0, most: 1000 };

/** Options in whose place a file may stand. */
const TERMS = {
  model: "allocation model; the only approved one unless given",
  from: "first day; tomorrow unless given",
  days: "how many days; 7 unless given",
  total: "amount for the period in currency units; today's spend unless given",
  currency: "ISO 4217 code; EUR unless given",
  "change-most": "percent by which a budget moves at most",
  objective: "outcome or profit; outcome unless given",
  schedule: "day or week: when each budget is spent; not unless given",
  "up-to!": "spend up to the total rather than all of it",
};

/** Options of a request. */
export const REQUEST = {
  ...TERMS,
  request:
    "JSON file with the body of POST /optimization/plan, in place of these",
};

/**
 * Reads a request.
 *
 * @param now The present.
 * @throws {EngineError} `request_invalid` naming the option or the field of the file;
 * `file_unreadable` if there is no such file.
 */
export async function readPlanRequest(
  options: Options,
  now: string,
): Promise<PlanRequest> {
  const { request: path } = options;
  if (typeof path !== "string") return readTerms(options, now);
  const other = Object.keys(TERMS).map((name) => name.replace("!", ""))
    .find((name) => options[name] !== undefined);
  if (other !== undefined) {
    throw new EngineError(
      "request_invalid",
      `Cannot use option --${other}: --request "${path}" says it all; write it there`,
    );
  }
  return planRequestFromJson(
    parseFields(planBody, await readJsonFile(path), ""),
  );
}

function readTerms(options: Options, now: string): PlanRequest {
  const from = dayOption(options, "from", addDays(now.slice(0, 10), 1));
  const model = textOption(options, "model", "");
  const days = wholeNumberOption(options, "days", DAYS);
  const period: DayRange = { from, until: addDays(from, days) };
  const maximize = textOption(options, "objective", "outcome");
  if (maximize !== "outcome" && maximize !== "profit") {
    throw new EngineError(
      "request_invalid",
      `Cannot use --objective "${maximize}": expected outcome or profit`,
    );
  }
  const percent = wholeNumberOption(options, "change-most", CHANGE);
  const schedule = textOption(options, "schedule", "none");
  if (schedule !== "none" && schedule !== "day" && schedule !== "week") {
    throw new EngineError(
      "request_invalid",
      `Cannot use --schedule "${schedule}": expected day or week`,
    );
  }
  return {
    model: model === "" ? null : model,
    entities: null,
    period,
    totalMicros: amountOption(options, "total"),
    currency: textOption(options, "currency", "EUR"),
    spend: options["up-to"] ? "up_to" : "all",
    bounds: {},
    ...options["change-most"] === undefined
      ? {}
      : { changeLimit: { mostPermille: percent * 10 } },
    ...maximize === "profit" ? { objective: { maximize } } : {},
    ...schedule === "none" ? {} : { schedule },
  };
}
