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
      const before = await makePlan(company, request).catch(() => null);
      const after = await makePlan(
        scaleCompany(company, 1000n),
        scaleRequest(request, 1000n),
      ).catch(() => null);
      assert.equal(before === null, after === null);
      if (before === null || after === null) return;
      if (request.spend === "all") {
        assert.equal(after.totalMicros, before.totalMicros * 1000n);
      }
      if (before.totalMicros < 1_000_000n) return;
      const worth = ({ objective: { goal, outcome } }: Plan, by: number) =>
        (goal?.value ?? outcome) / (goal?.unit === "micros" ? by : 1);
      const [was, is] = [worth(before, 1), worth(after, 1000)];
      const bound = Math.abs(before.objective.upperBound);
      const gap = before.objective.gap + after.objective.gap;
      const off = Math.abs(is - was);
      assert.ok(off <= (1e-6 + 2 * gap) * bound, `${was} ${is} of ${bound}`);
    }),
    { numRuns: 60 },
  );
});

function scaleCompany(company: Company, by: bigint): Company {
  return {
    ...company,
    spends: company.spends.map((spend) => spend * by),
    curves: company.curves.map((one) => ({
      ...one,
      curve: one.curve.type === "hill"
        ? { ...one.curve, half: one.curve.half * Number(by) }
        : one.curve,
      seenMicros: [0, one.seenMicros[1] * Number(by)] as const,
    })),
  };
}

function scaleRequest(request: PlanRequest, by: bigint): PlanRequest {
  const { totalMicros, bounds, leastIfOn, stepMicros, groups } = request;
  const { objective, returns } = request;
  const sides = (
    { lo, hi }: { readonly lo?: bigint; readonly hi?: bigint },
  ) => ({
    ...lo !== undefined && { lo: lo * by },
    ...hi !== undefined && { hi: hi * by },
  });
  const each = <T, U>(all: Readonly<Record<string, T>>, to: (one: T) => U) =>
    Object.fromEntries(Object.entries(all).map(([key, one]) => [key, to(one)]));
  return {
    ...request,
    totalMicros: totalMicros === null ? null : totalMicros * by,
    bounds: each(bounds, sides),
    ...leastIfOn && { leastIfOn: each(leastIfOn, (least) => least * by) },
    ...stepMicros !== undefined && { stepMicros: stepMicros * by },
    ...groups && { groups: groups.map((one) => ({ ...one, ...sides(one) })) },
    ...objective && {
      objective: {
        ...objective,
        valueMicros: (objective.valueMicros ?? 1) * Number(by),
      },
    },
    ...returns && {
      returns: returns.map(({ mostCostMicros = 0, ...one }) => ({
        ...one,
        mostCostMicros: mostCostMicros * Number(by),
      })),
    },
  };
}

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
