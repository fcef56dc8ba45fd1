/**
 * What is taken from others is pinned, hashed, and runs nothing while it is installed.
 *
 * @module
 */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../architecture/paths.ts";

interface Lock {
  readonly npm: Readonly<
    Record<string, { readonly integrity?: string; readonly scripts?: boolean }>
  >;
  readonly [part: string]: unknown;
}

const lock: Lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`));

Deno.test("every dependency has one exact version", () => {
  for (const [name, target] of Object.entries(config.imports)) {
    if (target.startsWith("./")) continue;
    assert.match(
      target,
      /^npm:\/?(?:@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+\/?$/,
      name,
    );
  }
});

Deno.test("every package of the lock has its hash, and comes from npm", () => {
  const packages = Object.entries(lock.npm);
  assert.ok(packages.length > Object.keys(config.imports).length);
  for (const [name, { integrity }] of packages) {
    assert.match(integrity ?? "", /^sha512-[\w+/]+=*$/, name);
  }
  assert.ok(!("jsr" in lock) && !("remote" in lock));
});

Deno.test("no package runs a script while it is installed", () => {
  assert.deepEqual(config.allowScripts.allow, []);
  const { deny } = config.allowScripts;
  for (const [name, { scripts }] of Object.entries(lock.npm)) {
    if (scripts !== true) continue;
    const [, plain = ""] = /^(@?[^@]+)@/.exec(name) ?? [];
    assert.ok(deny.includes(`npm:${plain}`), name);
  }
});

Deno.test("the gate installs what the lock says, and nothing else", async () => {
  const scripts: string[] = [];
  for await (const { name, isFile } of Deno.readDir(`${ROOT}.ci`)) {
    if (isFile) scripts.push(await Deno.readTextFile(`${ROOT}.ci/${name}`));
  }
  assert.match(scripts.join("\n"), /^deno install --frozen$/m);
});
