/**
 * The plans that are made at night, from a JSON file: a list of what
 * `POST /optimization/plan` takes, each with its `tenant`, and with `days` in place of
 * `period`, which begins the day after the night it is made in.
 *
 * @module
 */
import { z } from "zod";
import { addDays, type Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { PlanRequest } from "../domain/plan_request.ts";
import { isTenant } from "../domain/names.ts";
import {
  planBody,
  planRequestFromJson,
} from "../http/wire/plan_request_json.ts";

/** A plan that is made every night. */
export interface NightlyPlan {
  readonly tenant: string;
  /** The setting as it was given. */
  readonly text: string;
  /** What is asked for in a night. */
  request(now: Instant): PlanRequest;
}

const Settings = z.array(z.looseObject({
  tenant: z.string().refine(
    isTenant,
    "expected 1 to 63 letters, digits, _ and -",
  ),
  days: z.int().min(1).max(366),
}));

/**
 * Reads settings.
 *
 * @param given The file's content.
 * @returns The plans, in order.
 * @throws {EngineError} `configuration_invalid`, naming the setting and the field.
 */
export function parseNightlyPlans(given: unknown): NightlyPlan[] {
  const parsed = Settings.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error.issues);
  return parsed.data.map(({ tenant, days, ...body }, place) => {
    const readBody = (now: Instant) => {
      const from = addDays(now.slice(0, 10), 1);
      return planBody.safeParse({
        ...body,
        period: { from, until: addDays(from, days) },
      });
    };
    const checked = readBody("2026-01-01T00:00:00.000Z");
    const issues = [
      ...checked.error?.issues ?? [],
      ..."period" in body
        ? [{ path: ["period"], message: "say days in its place" }]
        : [],
    ];
    if (issues.length > 0) throw invalid(issues, place);
    return {
      tenant,
      text: JSON.stringify({ tenant, days, ...body }),
      request: (now) => {
        const { data } = readBody(now);
        if (data === undefined) throw invalid([], place);
        return planRequestFromJson(data);
      },
    };
  });
}

function invalid(
  issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly message: string;
  }[],
  place?: number,
): EngineError {
  const wrong = issues.map(({ path, message }) =>
    `${[...place === undefined ? [] : [place], ...path].join(".")} (${message})`
  );
  return new EngineError(
    "configuration_invalid",
    `Cannot read the plans of MOE_PLANS: ${wrong.join(", ")}`,
  );
}
