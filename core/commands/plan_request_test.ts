/**
 * The request of `moe plan`, from options and from a file.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readPlanRequest } from "./plan_request.ts";

const NOW = "2026-03-02T09:00:00.000Z";

Deno.test("readPlanRequest() plans the week from tomorrow unless told", async () => {
  assert.deepEqual(await readPlanRequest({}, NOW), {
    model: null,
    entities: null,
    period: { from: "2026-03-03", until: "2026-03-10" },
    totalMicros: null,
    currency: "EUR",
    spend: "all",
    bounds: {},
  });
});

Deno.test("readPlanRequest() reads percent and objective", async () => {
  const options = {
    ...{ "change-most": "20", objective: "profit", total: "12.50" },
    schedule: "week",
  };
  const request = await readPlanRequest(options, NOW);
  assert.deepEqual(request.changeLimit, { mostPermille: 200 });
  assert.deepEqual(request.objective, { maximize: "profit" });
  assert.equal(request.totalMicros, 12_500_000n);
  assert.equal(request.schedule, "week");
});

Deno.test("readPlanRequest() reads a file as HTTP reads its body", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/request.json`;
    const body = {
      period: { from: "2026-03-09", until: "2026-03-16" },
      currency: "EUR",
      ["change_limit"]: { ["most_permille"]: 100 },
    };
    await Deno.writeTextFile(path, JSON.stringify(body));
    const request = await readPlanRequest({ request: path }, NOW);
    assert.deepEqual(request.changeLimit, { mostPermille: 100 });
    await assert.rejects(readPlanRequest({ request: path, days: "3" }, NOW), {
      code: "request_invalid",
      message: /--days/,
    });
    await Deno.writeTextFile(path, JSON.stringify({ ...body, totl: 1 }));
    await assert.rejects(readPlanRequest({ request: path }, NOW), {
      code: "request_invalid",
      message: /totl/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test.each([
  { "change-most": "-5" },
  { schedule: "hour" },
  { objective: "clicks" },
  { days: "0" },
])("readPlanRequest() refuses %o", async (options) => {
  await assert.rejects(readPlanRequest(options, NOW), {
    code: "request_invalid",
  });
});
