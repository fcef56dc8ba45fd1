/**
 * `moe plans diff` and `moe plans plot` of a plan that a real engine made.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseXml } from "../../core/charts/fixtures/parse_xml.ts";
import type { ExplainedMove } from "../../core/plans/what_if/explain_moves.ts";
import { environmentOf, fillCompany, TENANT } from "../company.ts";
import { runMoe } from "./moe.ts";

const SUBJECTS = 300;

Deno.test("a stored plan is told move by move, and drawn", async () => {
  const folder = await Deno.makeTempDir({ prefix: "plan_sentences_" });
  const place = { databaseUrl: null, folder };
  try {
    await fillCompany(place, SUBJECTS);
    const moe = async (...args: string[]) => {
      const ran = await runMoe(environmentOf(place), [
        ...args,
        ...["--tenant", TENANT],
      ]);
      assert.equal(ran.code, 0, ran.errors);
      return ran.text.trim();
    };
    const first = JSON.parse(await moe("plan", "--days", "7", "--json"));
    const { moves } = JSON.parse(
      await moe("plans", "diff", first.id, "--all", "--json"),
    );
    assert.equal(moves.length, first.recommendations.length);
    moves.forEach(({ id, after, sentence }: ExplainedMove, at: number) => {
      const { entity, budgetMicros } = first.recommendations[at];
      assert.equal(id, entity);
      assert.equal(after, Number(budgetMicros) / 1e6);
      assert.ok(sentence.startsWith(`"${entity}" `), sentence);
    });
    assert.ok(moves.some(({ cause }: ExplainedMove) => cause !== "kept"));
    const second = JSON.parse(await moe("plan", "--days", "7", "--json"));
    assert.equal(
      await moe("plans", "diff", second.id, first.id),
      "nothing moves",
    );
    const told = await moe("plans", "plot", first.id, "--svg", `${folder}/svg`);
    assert.equal(told.split("\n").length, 4);
    for (const name of ["curves", "allocation", "frontier", "pacing"]) {
      const svg = await Deno.readTextFile(`${folder}/svg/${name}.svg`);
      assert.equal(parseXml(svg).name, "svg");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
