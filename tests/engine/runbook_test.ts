/**
 * What the runbook tells to type can be typed: commands exist and take what they are
 * given, routes exist and open to the roles that are named beside them, and so do
 * variables and metrics.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { VARIABLES } from "../../core/commands/environment.ts";
import { runCommand } from "../../core/commands/run.ts";
import { createMetrics } from "../../core/http/metrics.ts";
import { OPERATED } from "../../core/http/metrics/operated_test.ts";
import { ENDPOINTS } from "../../core/http/routes/all.ts";
import { isRole, ROLES } from "../../core/ports/access.ts";
import { ROOT } from "../architecture/paths.ts";

const README = Deno.readTextFileSync(`${ROOT}core/README.md`);
const RUNBOOK = README.slice(README.indexOf("\n## Runbook\n"));

/** What stands in backticks, on one line. */
function spansOf(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)]
    .map(([, span = ""]) => span.replaceAll(/\s+/g, " "));
}

/** Lines that a command prints about itself. */
async function helpOf(words: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  const ignored = () => {};
  await runCommand({
    configuration: readConfiguration(() => undefined),
    terminal: {
      line: (line) => lines.push(line),
      ...{ warn: ignored, progress: ignored, done: ignored },
    },
  }, [...words, "--help"]);
  return lines;
}

/** What is wrong with a command line; nothing if it can be typed. */
async function faultsOf(line: string): Promise<string[]> {
  const words = line.split(" ").slice(1);
  const firstOption = words.findIndex((word) => word.startsWith("--"));
  const until = firstOption < 0 ? words.length : firstOption;
  const help = await helpOf(words.slice(0, until)).catch(() => null);
  if (help === null) return [`no command: ${line}`];
  const [usage = "", , ...told] = help;
  const options = told.flatMap((text) => {
    const [, name, value] = /^ {2}(--[\w-]+)( <…>)? /.exec(text) ?? [];
    const isRequired = text.endsWith(" (required)");
    return name ? [{ name, takes: value !== undefined, isRequired }] : [];
  });
  const given = words.slice(until).filter((word) => word.startsWith("--"));
  const values = words.slice(until).length - given.length;
  const takes = options.filter(({ name, takes }) =>
    takes && given.includes(name)
  );
  const operands = usage.split(" ").length - 1 - until;
  return [
    ...operands === 0 ? [] : [`"${usage}" is not called as ${line}`],
    ...given.filter((name) => !options.some((one) => one.name === name)),
    ...values === takes.length ? [] : [`options without a value: ${line}`],
    ...options.filter(({ name, isRequired }) =>
      isRequired && !given.includes(name)
    ).map(({ name }) => `${name} is missing in ${line}`),
  ];
}

/** The endpoint that a span names; undefined where it names another thing. */
function routeOf(span: string) {
  const [, method = "GET", path] =
    /^(?:(GET|POST|PUT|DELETE) )?(\/[\w{}/-]+)$/.exec(span) ?? [];
  if (path === undefined) return undefined;
  const found = ENDPOINTS.find((one) =>
    one.path === path && one.method.toUpperCase() === method
  );
  assert.ok(found, `${span} is no route`);
  return found;
}

Deno.test.each([
  { line: "moe nothing", fault: /no command/ },
  { line: "moe jobs start NAME", fault: /not called as/ },
  { line: "moe jobs run", fault: /not called as/ },
  { line: "moe jobs run NAME --now", fault: /--now/ },
  { line: "moe jobs run NAME --tenant", fault: /without a value/ },
  { line: "moe switches on ID --as YOU", fault: /--reason is missing/ },
])("$line cannot be typed", async ({ line, fault }) => {
  assert.match((await faultsOf(line)).join(), fault);
});

Deno.test("every command of the runbook can be typed", async () => {
  const lines = spansOf(RUNBOOK).filter((span) => /^moe [a-z]/.test(span));
  assert.ok(lines.length > 40);
  for (const line of new Set(lines)) {
    assert.deepEqual(await faultsOf(line), [], line);
  }
});

Deno.test("every route of the runbook exists, and opens to the roles beside it", () => {
  let routes = 0;
  for (const entry of RUNBOOK.split(/^#{3,4} /m)) {
    const spans = spansOf(entry);
    const scopes = spans.flatMap((span) => {
      const route = routeOf(span);
      if (route !== undefined) routes++;
      return route?.scope ? [route.scope] : [];
    });
    const roles = [...entry.matchAll(/--role\s+(\w+)/g)];
    for (const [, role = ""] of roles) {
      assert.ok(isRole(role), role);
      const may: readonly string[] = ROLES[role];
      for (const scope of scopes) assert.ok(may.includes(scope), scope);
    }
  }
  assert.ok(routes > 8, String(routes));
});

Deno.test("every variable and metric of the runbook exists", () => {
  const metrics = createMetrics("1", OPERATED).described()
    .map(({ name }) => name);
  const spans = spansOf(RUNBOOK);
  const variables = spans.flatMap((span) =>
    /^[A-Z]+(?:_[A-Z]+)+\b/.exec(span) ?? []
  );
  assert.ok(variables.length > 10);
  for (const name of variables) assert.ok(VARIABLES.includes(name), name);
  const named = spans.filter((span) => /^moe_[a-z_]+$/.test(span));
  assert.ok(named.length > 3);
  for (const name of named) assert.ok(metrics.includes(name), name);
});
