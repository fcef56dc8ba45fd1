/**
 * The README keeps its word: its HTTP example is answered, its commands exist, its
 * tables say what the code says.
 *
 * @module
 */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { VARIABLES } from "../../core/commands/environment.ts";
import { ROOT } from "../architecture/paths.ts";
import { environmentOf, fillCompany } from "../company.ts";
import { startServer } from "../servers/engine.ts";
import { runMoe } from "./moe.ts";

const README = Deno.readTextFileSync(`${ROOT}README.md`);

Deno.test("the HTTP example is answered as the README says", async () => {
  const folder = await Deno.makeTempDir({ prefix: "readme_" });
  const place = { databaseUrl: null, folder };
  const key = await fillCompany(place, 1500);
  const server = await startServer({
    args: ["main.ts", "serve", "--port", "0"],
    env: environmentOf(place),
  });
  try {
    const body =
      /curl \S+\/optimization\/score[\s\S]*?-d '([\s\S]*?)'/.exec(README)
        ?.[1] ?? "";
    const response = await fetch(`${server.url}/optimization/score`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
      },
      body,
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    for (
      const member of [
        "score",
        "recommended_action",
        "policy_applied",
        "model_version",
        "valid_until",
        "features",
      ]
    ) {
      assert.ok(member in answer, `the answer has no ${member}`);
      assert.ok(README.includes(`\`${member}\``) || member === "features");
    }
    assert.equal(answer.features["audience.recency_months"].status, "given");
  } finally {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every command in the README exists", async () => {
  const { text } = await runMoe({}, ["help"]);
  const named = [...README.matchAll(/deno task moe ((?:[a-z-]+ ?)+)/g)]
    .map(([, words = ""]) => words.trim());
  assert.ok(named.length >= 7);
  for (const words of named) {
    const [first = ""] = words.split(" ");
    assert.ok(first === "help" || text.includes(`  ${first}`), `moe ${words}`);
  }
  const tasks = [...README.matchAll(/deno(?:@\S+)? task ([a-z]+)/g)]
    .map(([, task = ""]) => task);
  for (const task of tasks) assert.ok(task in config.tasks, `task ${task}`);
});

Deno.test("deno task policy may do what its commands do", async () => {
  const [, ...args] = config.tasks.policy.split(" ");
  const folder = await Deno.makeTempDir({ prefix: "readme_" });
  const page = `${folder}/page.html`;
  for (
    const words of [["--help"], [
      "page",
      "policies/consent.json",
      "--out",
      page,
    ]]
  ) {
    const ran = await new Deno.Command(Deno.execPath(), {
      args: [...args, ...words],
      cwd: ROOT,
    }).output();
    assert.ok(ran.success, new TextDecoder().decode(ran.stderr));
  }
  assert.match(await Deno.readTextFile(page), /consent/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("every variable and every package is in the README's tables", () => {
  for (const name of VARIABLES) assert.ok(README.includes(`\`${name}\``), name);
  const packages = Object.keys(config.imports)
    .filter((name) => !name.endsWith("/") && !name.startsWith("@moe/"));
  for (const name of packages) assert.ok(README.includes(`\`${name}\``), name);
});

Deno.test("the version of Deno is the same everywhere", () => {
  const versions = [README, Deno.readTextFileSync(`${ROOT}.ci/run`)]
    .flatMap((text) =>
      [...text.matchAll(/(?:deno@|DENO_VERSION=)(\d+\.\d+\.\d+)/gi)]
        .map(([, version]) => version)
    );
  assert.equal(new Set(versions).size, 1);
});
