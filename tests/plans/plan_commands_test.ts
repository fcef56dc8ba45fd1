/**
 * `moe plan solve` and `moe plan compare` as a person runs them: what-if questions,
 * and problems that have no plan.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseXml } from "../../core/charts/fixtures/parse_xml.ts";
import { EngineError } from "../../core/domain/error.ts";
import { ROOT } from "../architecture/paths.ts";
import { inFolder, moe, solve } from "./moe.ts";

const mm = (ceiling: number) => ({
  type: "michaelis_menten",
  ...{ ceiling, half: 20 },
});
const TWO = {
  schema: "moe-plan-problem/1",
  budget: 100,
  entities: [
    { id: "search", curve: mm(90), today: 70, hi: 90 },
    { id: "tv", curve: mm(60), today: 30, hi: 70 },
  ],
};

async function write(folder: string, value: unknown, name = "plan") {
  const path = `${folder}/${name}.json`;
  await Deno.writeTextFile(path, JSON.stringify(value));
  return path;
}

Deno.test("moe plan solve answers what-if questions", () =>
  inFolder(async (folder) => {
    const path = await write(folder, TWO);
    const own = await solve(
      path,
      "--explain",
      "--curves",
      "4",
      "--break-even",
      "1",
    );
    assert.equal(own.moves.length, 2);
    assert.match(own.moves[0].sentence, /^"search" gets .* less/);
    assert.equal(own.curves.tv.length, 5);
    assert.equal(own.curves.tv[4].outcome, 60 * 70 / 90);
    assert.ok(Math.abs(own.break_even.search - (Math.sqrt(1800) - 20)) < 1e-9);
    const more = await solve(path, "--budget", "+10%");
    assert.ok(Math.abs(more.compared.extra_budget - 10) < 1e-9);
    const extra = more.value - own.value;
    assert.equal(more.compared.extra_value, extra);
    assert.ok(extra <= 10 * own.shadow_prices.budget);
    assert.ok(extra >= 10 * more.shadow_prices.budget);
    const { frontier } = await solve(path, "--budgets", "50%,100,+10%,900");
    // deno-lint-ignore no-explicit-any -- answers are looked at member by member
    assert.deepEqual(frontier.map((step: any) => Math.round(step.budget)), [
      ...[50, 100, 110, 900],
    ]);
    assert.equal(frontier[1].value, own.value);
    assert.equal(frontier[3].feasible, false);
    assert.ok(frontier[0].value < frontier[1].value);
  }));

Deno.test("moe plan solve weighs the worst draws, and says what safety costs", () =>
  inFolder(async (folder) => {
    const sampled = (...ceilings: number[]) => ({
      curve: { type: "sampled", draws: ceilings.map(mm) },
    });
    const path = await write(folder, {
      ...{ schema: "moe-plan-problem/1", budget: 100 },
      uncertainty: { type: "mean_cvar", weight: 0.9, tail: 0.25 },
      entities: [
        { id: "bold", ...sampled(10, 50, 90, 130), group: "held" },
        { id: "safe", ...sampled(60, 58, 56, 54), today: 50 },
      ],
      groups: [{ id: "held", hi: 30 }],
    });
    const answer = await solve(path, "--risk", "0.25");
    const [low, high] = answer.forecast.interval;
    assert.ok(low < answer.forecast.mean && answer.forecast.mean < high);
    assert.ok(answer.allocation.bold <= 30);
    assert.equal(answer.risk.length, 11);
    for (const [at, point] of answer.risk.slice(1).entries()) {
      assert.ok(point.mean <= answer.risk[at].mean * (1 + 1e-7));
      assert.ok(point.tail >= answer.risk[at].tail * (1 - 1e-7));
    }
    await assert.rejects(
      () => solve(path, "--risk", "2"),
      /above 0, at most 1/,
    );
  }));

Deno.test("moe plan solve prints a table, and the certificate below", () =>
  inFolder(async (folder) => {
    const path = await write(folder, TWO);
    const lines = await moe(["plan", "solve", path]);
    assert.match(lines[0] ?? "", /^entity +today +plan +marginal +held by$/);
    assert.match(lines[2] ?? "", /^search +70 +57\.\d+ /);
    assert.match(lines[5] ?? "", /^spends 100 of 100; value .*gap \d/);
    assert.match(lines[6] ?? "", /^one more unit of budget brings /);
  }));

Deno.test("moe plan solve draws charts", () =>
  inFolder(async (folder) => {
    const path = await write(folder, TWO);
    const { charts } = await solve(path, "--svg", `${folder}/charts`);
    assert.equal(charts.length, 3);
    for (const chart of charts) {
      assert.equal(parseXml(await Deno.readTextFile(chart)).name, "svg");
    }
  }));

Deno.test("moe plan compare tells scenarios side by side, and what moves", () =>
  inFolder(async (folder) => {
    const first = await write(folder, TWO, "first");
    const entities = [
      TWO.entities[0],
      { ...TWO.entities[1], curve: mm(120) },
      { id: "radio", curve: mm(50) },
    ];
    const second = await write(folder, { ...TWO, entities }, "second");
    const lines = await moe(["plan", "compare", first, second, first]);
    assert.equal(lines.filter((line) => line.startsWith(first)).length, 2 + 1);
    assert.ok(lines.some((line) => line.startsWith('"radio" gets')));
    assert.ok(lines.includes("nothing moves"));
    const [json = ""] = await moe(["plan", "compare", first, second, "--json"]);
    const { scenarios } = JSON.parse(json);
    assert.equal(scenarios.length, 2);
    assert.equal(scenarios[1].moves.length, 3);
    assert.equal(scenarios[0].allocation.radio, undefined);
  }));

Deno.test.each([
  {
    note: "caps below the budget",
    change: { budget: 500 },
    conflict: ["budget", "entity:search:hi", "entity:tv:hi"],
  },
  {
    note: "floors above a group's most",
    change: {
      entities: TWO.entities.map((one) => ({ ...one, lo: 40, group: "all" })),
      groups: [{ id: "all", hi: 50 }],
    },
    conflict: ["group:all:hi", "entity:search:lo", "entity:tv:lo"],
  },
])(
  "moe plan solve tells $note, and the nearest way out",
  ({ change, conflict }) =>
    inFolder(async (folder) => {
      const path = await write(folder, { ...TWO, ...change });
      const lines: string[] = [];
      const run = moe(["plan", "solve", path, "--json"], lines);
      await assert.rejects(run, (error) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.code, "plan_infeasible");
        conflict.forEach((name) =>
          assert.ok(error.message.includes(name), name)
        );
        assert.match(error.message, /the nearest that can be met moves /);
        return true;
      });
      const told = JSON.parse(lines[0] ?? "");
      assert.deepEqual(told.conflict.toSorted(), conflict.toSorted());
      assert.ok(told.relaxation.length > 0);
    }),
);

Deno.test.each([
  { note: "no file", name: "none.json", text: null, want: /does not exist/ },
  { note: "no JSON", name: "a.json", text: "{", want: /it is not JSON/ },
  { note: "a list", name: "a.json", text: "[]", want: /schema: is missing/ },
  {
    note: "columns that are not beside it",
    name: "a.bin.json",
    text:
      '{"schema":"mmm-budget-bench-bin/1","n":1,"budget":1,"columns":["type","beta","k","s","lo","hi"]}',
    want: /a\.f64": it must lie beside/,
  },
])(
  "moe plan solve refuses $note",
  ({ name, text, want }) =>
    inFolder(async (folder) => {
      const path = `${folder}/${name}`;
      if (text !== null) await Deno.writeTextFile(path, text);
      await assert.rejects(() => solve(path), (error) => {
        assert.ok(error instanceof EngineError, String(error));
        assert.match(error.message, want);
        return true;
      });
    }),
);

Deno.test("moe plan solve needs neither stores nor credentials: it may only read", () =>
  inFolder(async (folder) => {
    const path = await write(folder, { ...TWO, budget: 500 });
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--no-prompt", "--allow-read", "--allow-env"],
        ...[`${ROOT}main.ts`, "plan", "solve", path],
      ],
      env: { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" },
      cwd: folder,
    }).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), /^plan_infeasible: Cannot/);
  }));
