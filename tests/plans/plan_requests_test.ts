/**
 * Any request over any company: the plan keeps all that was asked, to the micro, or
 * the refusal names what conflicts.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EngineError } from "../../core/domain/error.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import {
  companies,
  type Company,
  listRuleBreaches,
  makePlan,
} from "./plan_companies.ts";
import { plainRequest, requestsFor } from "./plan_requests.ts";
import { scaleCompany, scaleRequest } from "./plan_scaling.ts";
import { listBreaches } from "./verify_plan.ts";

const RUNS = 150;

Deno.test("a plan keeps every constraint to the micro, planned and written", async () => {
  let made = 0;
  let refused = 0;
  const asked = companies({ doubt: false, ruled: true }).chain((company) =>
    requestsFor(company, false).map((one) => ({ company, ...one }))
  );
  await fc.assert(
    fc.asyncProperty(asked, async ({ company, request, days }) => {
      let plan;
      try {
        plan = await makePlan(company, request);
      } catch (error) {
        assert.ok(error instanceof EngineError, String(error));
        refused++;
        const { code, facts } = error;
        if (code === "request_invalid") {
          assert.match(
            `${facts.field}`,
            /^(groups|returns|bounds|change_limit)/,
          );
        } else assert.equal(code, "plan_infeasible");
        return;
      }
      made++;
      const { curves, spends } = company;
      const breaches = [
        ...listBreaches({ plan, request, curves, days, spends }),
        ...listRuleBreaches(company, plan),
      ];
      assert.deepEqual(breaches, []);
      const { gap, upperBound, goal, outcome } = plan.objective;
      assert.ok(gap >= 0 && (goal?.value ?? outcome) <= upperBound);
    }),
    { numRuns: RUNS },
  );
  assert.ok(made > RUNS / 4 && refused > 0, `${made} made, ${refused} refused`);
});

Deno.test("a conflict is minimal: what it names leaves no plan, and all but one of it does", async () => {
  let refused = 0;
  const asked = companies({ doubt: false, ruled: false }).chain((company) =>
    requestsFor(company, true).map((one) => ({ company, ...one }))
  );
  await fc.assert(
    fc.asyncProperty(asked, async ({ company, request, days }) => {
      const free = standAlone(request);
      const named = await findNamed(company, free);
      if (named === null || named.length === 0) return;
      refused++;
      const keep = (names: readonly string[]) =>
        findNamed(company, keepOnly(company, free, { names, days }));
      assert.notEqual(await keep(named), null, `not a conflict: ${named}`);
      const pauses = named.some((one) => one.startsWith("least_if_on"));
      for (const name of pauses ? [] : named) {
        const rest = await keep(named.filter((one) => one !== name));
        assert.equal(rest, null, `${name} of ${named} is not needed`);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
  assert.ok(refused > 0, `${refused}`);
});

/**
 * The request with one bound of an entity at most: of several only the tightest is
 * named, and the next stands behind it.
 */
function standAlone(request: PlanRequest): PlanRequest {
  const { stepMicros: _, returns: __, changeLimit, ...plain } = request;
  const { mostPermille, of = {} } = changeLimit ?? {};
  if (mostPermille === undefined && Object.keys(of).length === 0) return plain;
  const parents = Object.entries(plain.bounds)
    .filter(([key]) => key.startsWith("channel:"));
  return {
    ...plain,
    bounds: Object.fromEntries(parents),
    changeLimit: mostPermille === undefined ? { of } : { mostPermille },
  };
}

/** What conflicts, as the refusal names it; null if there is a plan. */
async function findNamed(
  company: Company,
  request: PlanRequest,
): Promise<string[] | null> {
  try {
    await makePlan(company, request);
    return null;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code !== "plan_infeasible") return null;
    return Object.entries(error.facts).flatMap(([key, value]) =>
      /^conflict_\d+$/.test(key) ? [`${value}`] : []
    );
  }
}

/** The request with no demands but those named. */
function keepOnly(
  { curves }: Company,
  request: PlanRequest,
  { names, days }: { readonly names: readonly string[]; readonly days: number },
): PlanRequest {
  const kept = new Set(names);
  const ample = 10n ** 11n;
  const bounds: Record<string, { lo?: bigint; hi?: bigint }> = {};
  const keys = [
    ...curves.map(({ entity }) => entity),
    ...Object.keys(request.bounds),
  ];
  for (const key of keys as (keyof PlanRequest["bounds"])[]) {
    const { lo, hi } = request.bounds[key] ?? {};
    const capped = kept.has(`bounds["${key}"].hi_micros`);
    bounds[key] = {
      ...lo !== undefined && kept.has(`bounds["${key}"].lo_micros`) && { lo },
      ...!capped && { hi: ample * 100n },
      ...capped && hi !== undefined && { hi },
    };
  }
  const only = <T>(record: Readonly<Record<string, T>>, field: string) =>
    Object.fromEntries(
      Object.entries(record).filter(([key]) => kept.has(`${field}["${key}"]`)),
    );
  const { mostPermille, of = {} } = request.changeLimit ?? {};
  return {
    ...plainRequest(days),
    objective: request.objective ?? { maximize: "outcome" },
    bounds,
    ...kept.has("total")
      ? { totalMicros: request.totalMicros, spend: request.spend }
      : { totalMicros: ample, spend: "up_to" },
    changeLimit: {
      ...mostPermille !== undefined &&
        kept.has("change_limit.most_permille") && { mostPermille },
      of: only(of, "change_limit.of"),
    },
    leastIfOn: only(request.leastIfOn ?? {}, "least_if_on"),
    groups: (request.groups ?? []).map(({ hi, mostOn, ...group }, at) => ({
      ...group,
      ...hi !== undefined && kept.has(`groups[${at}].hi_micros`) && { hi },
      ...mostOn !== undefined && kept.has(`groups[${at}].most_on`) &&
        { mostOn },
    })),
    shares: (request.shares ?? []).map((share, at) =>
      ["least_permille", "most_permille"].some((side) =>
          kept.has(`shares[${at}].${side}`)
        )
        ? share
        : { of: share.of, in: null, leastPermille: 0 }
    ),
  };
}

Deno.test("money in another unit makes the same plan", async () => {
  const asked = companies({ doubt: false, ruled: false }).chain((company) =>
    requestsFor(company, false).map((one) => ({ company, ...one }))
  );
  await fc.assert(
    fc.asyncProperty(asked, async ({ company, request }) => {
      const [before, after] = await Promise.all(
        [1000n, 100_000n].map((by) =>
          makePlan(scaleCompany(company, by), scaleRequest(request, by))
            .catch((error) => {
              fc.pre(error.code === "plan_infeasible");
              return null;
            })
        ),
      );
      assert.equal(before === null, after === null);
      if (!before || !after) return;
      if (request.spend === "all") {
        assert.equal(after.totalMicros, before.totalMicros * 100n);
      }
      if (before.totalMicros < 1_000_000n) return;
      const worth = ({ objective: { goal, outcome } }: Plan, by: number) =>
        (goal?.value ?? outcome) / (goal?.unit === "micros" ? by : 1);
      const [was, is] = [worth(before, 1), worth(after, 100)];
      const { upperBound, goal } = before.objective;
      const bound = Math.abs(upperBound) +
        (goal?.unit === "micros" ? Number(before.totalMicros) : 0);
      const gap = before.objective.gap + after.objective.gap;
      const off = Math.abs(is - was);
      assert.ok(off <= (1e-6 + 2 * gap) * bound, `${was} ${is} of ${bound}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a plan under doubt says what its draws say, and keeps to its measure's bound", async () => {
  const asked = companies({ doubt: true, ruled: true }).chain((company) =>
    requestsFor(company, false).map((one) => ({ company, ...one }))
  );
  let hedged = 0;
  await fc.assert(
    fc.asyncProperty(
      asked,
      fc.constantFrom<PlanRequest["risk"]>(
        undefined,
        { measure: "mean_cvar", weight: 0.5, tail: 0.4 },
      ),
      async ({ company, request: rich, days }, risk) => {
        const request = risk ? { ...leaveGaps(rich), risk } : rich;
        const plan = await makePlan(company, request).catch((error) => {
          if (error instanceof EngineError) return null;
          throw error;
        });
        if (plan === null) return;
        if (risk) hedged++;
        const { curves, spends } = company;
        const made = { plan, request, curves, days, spends };
        assert.deepEqual([...listBreaches(made)], []);
        const { objective: { goal, outcome, upperBound }, forecast } = plan;
        assert.ok(forecast && forecast.draws === 3);
        const sum = plan.recommendations.reduce(
          (all, row) => all + row.expectedOutcome,
          0,
        );
        assert.ok(Math.abs(sum - outcome) <= 1e-9 * (1 + sum));
        const [least, most] = forecast.outcome;
        assert.ok(
          request.objective?.weights !== undefined ||
            least <= outcome * (1 + 1e-9) && outcome <= most * (1 + 1e-9),
        );
        assert.ok((goal?.value ?? outcome) <= upperBound);
        if (risk) assert.equal(goal?.measure, risk.measure);
      },
    ),
    { numRuns: 60 },
  );
  assert.ok(hedged > 5, `${hedged}`);
});

/** Without what no tail can be planned with. */
function leaveGaps(
  { returns: _, leastIfOn: __, objective: ___, groups, ...plain }: PlanRequest,
): PlanRequest {
  const bare = groups?.map(({ mostOn: _, ...group }) => group);
  return { ...plain, ...bare && { groups: bare } };
}
