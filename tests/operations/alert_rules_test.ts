/**
 * The alert rules as Prometheus itself reads them: each fires on what it is for, and not on
 * what nearly is; and each panel of the dashboard is an expression.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ROOT } from "../architecture/paths.ts";
import { ALERTS, needingPrometheus, promtool } from "../servers/prometheus.ts";
import { panelExpressions } from "../servers/panels.ts";

const CASES = `${ROOT}core/telemetry/alerts_test.yaml`;

Deno.test({
  ...needingPrometheus("Prometheus takes the rules"),
  fn: async () => {
    const { success, said } = await promtool(["check", "rules", ALERTS]);
    assert.ok(success, said);
  },
});

Deno.test({
  ...needingPrometheus("every alert fires when it should, and nearly does"),
  fn: async () => {
    const { success, said } = await promtool(["test", "rules", CASES]);
    assert.ok(success, said);
  },
});

Deno.test("every alert has a case that raises it, and one that nearly does", async () => {
  const named = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, name]) => name);
  const rules = await Deno.readTextFile(ALERTS);
  const cases = await Deno.readTextFile(CASES);
  const alerts = named(rules, /^ +- alert: (\w+)$/gm);
  assert.ok(alerts.length > 20);
  const raised = named(cases, /^ +- name: (\w+) fires$/gm);
  assert.deepEqual(raised, alerts);
  const nearly = named(cases, /^ +- name: (\w+) is nearly raised$/gm);
  assert.deepEqual(nearly, alerts);
});

Deno.test({
  ...needingPrometheus("every panel of the dashboard is an expression"),
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".json" });
    const rules = (await panelExpressions()).map((expr, place) => ({
      record: `panel:${place}`,
      expr,
    }));
    assert.ok(rules.length > 40);
    const groups = [{ name: "dashboard", rules }];
    await Deno.writeTextFile(file, JSON.stringify({ groups }));
    const { success, said } = await promtool(["check", "rules", file]);
    await Deno.remove(file);
    assert.ok(success, said);
  },
});
