/**
 * Guardrails on reports that come late, in part, corrected, or after another change:
 * what is only missing is no regression.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, countDays, type Day } from "../../domain/day.ts";
import type { GuardrailLook, PlanGuardrail } from "../../domain/guardrail.ts";
import type { Plan } from "../../domain/plan.ts";
import { seededRandom } from "../../domain/random.ts";
import type { MetricSeries, SeriesQuery } from "../../ports/training_sets.ts";
import { type Company, found, makePlan, NOW } from "../rooms_test.ts";

const TODAY = NOW.slice(0, 10);
const PERIOD = { from: "2026-03-09", until: "2026-05-09" };
/** Nobody gets less than a sixth of what is spent. */
const EACH = { lo: 300_000_000n };
const CONVERSIONS: PlanGuardrail = {
  metric: "conversions",
  entity: null,
  bound: 0.9,
  baselineDays: 28,
  minDays: 5,
  settleDays: 2,
  confidence: 0.95,
};

interface Cell {
  readonly id: string;
  readonly day: Day;
  readonly query: SeriesQuery;
  /** Days since, when it was known. */
  readonly age: number;
  readonly before: boolean;
}

/**
 * Reports as the store reads them: periods without a row are 0, between the first day
 * and the last on which anybody reported anything.
 */
function report({ faults, clock }: Company, share: (cell: Cell) => number) {
  faults.series = (query) => {
    if (query.level !== "campaign") return Promise.resolve([]);
    const known = (query.knownAt ?? clock.at).slice(0, 10);
    const days: Day[] = [];
    for (let day = addDays(TODAY, -60); day < known; day = addDays(day, 1)) {
      if (day >= (query.from ?? "") && day < (query.until ?? "9")) {
        days.push(day);
      }
    }
    return Promise.resolve(
      ["search", "social", "tv"].map((id): MetricSeries => ({
        ...{ id, parent: null, days },
        totals: Float64Array.from(days, (day) => {
          const seed = countDays({ from: "2026-01-01", until: day }) * 7;
          const level = 1 + 0.05 * seededRandom(seed + id.length).normal();
          const age = countDays({ from: day, until: known });
          const before = day <= TODAY;
          const cell = { id, day, query, age, before };
          const spends = query.metric === "spend_micros";
          return share(cell) * (spends ? 1e7 : 3e7 * level);
        }),
      })),
    );
  };
}

async function applied(
  company: Company,
  guardrail: PlanGuardrail = CONVERSIONS,
): Promise<Plan> {
  const { plans } = company;
  const guardrails = [guardrail];
  const bounds = Object.fromEntries(
    ["search", "social", "tv"].map((id) => [`channel:${id}`, EACH]),
  );
  const totalMicros = 1_830_000_000n;
  const change = { guardrails, bounds, totalMicros, period: PERIOD };
  const { id } = await makePlan(company, change);
  await plans.approve("acme", id, "bob");
  return await plans.apply("acme", id, "cy");
}

/** A look at the end of each day. */
async function lookDaily(
  company: Company,
  id: string,
  days = 30,
): Promise<readonly GuardrailLook[]> {
  const looks: GuardrailLook[] = [];
  for (let day = 1; day <= days; day++) {
    company.clock.at = `${addDays(TODAY, day)}T09:00:00.000Z`;
    looks.push(...await company.plans.guardrails("acme", id));
  }
  return looks;
}

function verdicts(looks: readonly GuardrailLook[]): Set<string> {
  return new Set(looks.map(({ verdict }) => verdict));
}

const spends = ({ query }: Cell) => query.metric === "spend_micros";

Deno.test.each<{ note: string; share: (cell: Cell) => number }>([
  {
    note: "no source reports for days",
    share: ({ day }) => day >= "2026-03-06" && day < "2026-03-12" ? 0 : 1,
  },
  {
    note: "one source of three is late from the first day on",
    share: ({ id, before }) => id === "tv" && !before ? 0 : 1,
  },
  {
    note: "one source stops reporting in the middle",
    share: ({ id, day }) => id === "social" && day >= "2026-03-10" ? 0 : 1,
  },
  {
    note: "spend is there and conversions are not",
    share: (cell) => !spends(cell) && cell.day >= "2026-03-06" ? 0 : 1,
  },
  {
    note: "the conversions of one source are not there",
    share: (cell) =>
      !spends(cell) && cell.id === "tv" && cell.day >= "2026-03-06" ? 0 : 1,
  },
])("nothing has regressed when $note", async ({ share }) => {
  const company = found();
  report(company, share);
  const { id } = await applied(company);
  const looks = await lookDaily(company, id);
  assert.ok(!verdicts(looks).has("regressed"));
});

Deno.test("a regression is found between days that are missing, and said over how many", async () => {
  const company = found();
  report(company, (cell) => {
    if (["2026-02-20", "2026-03-06", "2026-03-09"].includes(cell.day)) return 0;
    return cell.before || spends(cell) ? 1 : 0.6;
  });
  const { id } = await applied(company);
  const looks = await lookDaily(company, id);
  const first = looks.find(({ verdict }) => verdict === "regressed");
  assert.equal(first?.days, 5);
});

Deno.test("an entity that begins to spend is no gap in the days before", async () => {
  const company = found();
  report(company, ({ id, before }) => id === "tv" && before ? 0 : 1);
  const { id } = await applied(company);
  const looks = await lookDaily(company, id, 20);
  assert.equal(looks.at(-1)?.verdict, "holds");
  assert.equal(looks.at(-1)?.days, 17);
});

/** A tenth of the conversions comes after two weeks and more. */
const LATE = ({ age }: Cell) => age > 20 ? 1 : 0.4 + 0.6 * age / 21;

Deno.test("conversions that are still coming in are no regression, and do not hide one", async () => {
  for (const ratio of [1, 0.6]) {
    const company = found();
    report(
      company,
      (cell) => spends(cell) ? 1 : LATE(cell) * (cell.before ? 1 : ratio),
    );
    const { id } = await applied(company);
    const looks = await lookDaily(company, id);
    assert.equal(verdicts(looks).has("regressed"), ratio < 1);
    const last = looks.at(-1)?.ratio ?? 0;
    assert.ok(Math.abs(last / ratio - 1) < 0.06, `${last}`);
  }
});

Deno.test("days that were loaded after the plan was applied tell nothing of how late reports are", async () => {
  const company = found();
  report(company, ({ query }) => query.knownAt === null ? 1 : 0);
  const { id } = await applied(company);
  const looks = await lookDaily(company, id);
  assert.equal(looks.at(-1)?.verdict, "holds");
});

Deno.test("days before an earlier plan was applied are not compared with", async () => {
  const company = found();
  const { plans, clock } = company;
  clock.at = `${addDays(TODAY, -10)}T09:00:00.000Z`;
  report(
    company,
    (cell) => spends(cell) || cell.day < addDays(TODAY, -10) ? 1 : 0.6,
  );
  const earlier = await makePlan(company, {
    entities: ["channel:tv"],
    totalMicros: 7_000_000n,
    period: PERIOD,
  });
  await plans.approve("acme", earlier.id, "bob");
  await plans.apply("acme", earlier.id, "cy");
  clock.at = NOW;
  const { id } = await applied(company);
  const looks = await lookDaily(company, id);
  assert.ok(!verdicts(looks).has("regressed"));
  assert.equal(looks.at(-1)?.verdict, "holds");
});

Deno.test("an earlier plan of other entities leaves the days before as they are, and one just before leaves none", async () => {
  for (const entity of ["channel:tv", "channel:search"] as const) {
    const company = found();
    const { plans, clock } = company;
    report(company, () => 1);
    clock.at = `${addDays(TODAY, -3)}T09:00:00.000Z`;
    const earlier = await makePlan(company, {
      entities: ["channel:tv"],
      totalMicros: 7_000_000n,
      period: PERIOD,
    });
    await plans.approve("acme", earlier.id, "bob");
    await plans.apply("acme", earlier.id, "cy");
    clock.at = NOW;
    const { id } = await applied(company, { ...CONVERSIONS, entity });
    const last = (await lookDaily(company, id)).at(-1);
    if (entity === "channel:search") assert.equal(last?.verdict, "holds");
    else {
      assert.match(
        last?.detail ?? "",
        new RegExp(`2 of 7 days before it .* since ${earlier.id} changed`),
      );
    }
  }
});

Deno.test("an entity that a plan turns off is missed by its guardrail", async () => {
  const company = found();
  const { plans } = company;
  report(company, ({ id, before }) => id === "tv" && !before ? 0 : 1);
  const { id } = await makePlan(company, {
    bounds: { "channel:tv": { hi: 0n } },
    guardrails: [{ ...CONVERSIONS, entity: "channel:tv" }],
    period: PERIOD,
  });
  await plans.approve("acme", id, "bob");
  await plans.apply("acme", id, "cy");
  const looks = await lookDaily(company, id);
  assert.ok(verdicts(looks).has("regressed"));
});

Deno.test("entities that report at different levels are read each at its own", async () => {
  const company = found();
  report(company, ({ before }) => before ? 1 : 0.6);
  const read = company.faults.series;
  company.faults.series = async (query) => {
    if (query.level !== "channel") return await read?.(query) ?? [];
    const rows = await read?.({ ...query, level: "campaign" }) ?? [];
    return rows.filter(({ id }) => id === "tv");
  };
  const { id } = await applied(company, {
    ...{ ...CONVERSIONS, entity: "channel:search" },
  });
  const looks = await lookDaily(company, id);
  assert.ok(verdicts(looks).has("regressed"));
});
