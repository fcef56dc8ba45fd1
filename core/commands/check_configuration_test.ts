/**
 * All that is wrong is told at once, and nothing that is secret.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  demandReadable,
  demandSound,
  findProblems,
} from "./check_configuration.ts";
import { printConfiguration } from "./config.ts";
import { parseConfiguration, readConfiguration } from "./configuration.ts";

function configured(given: Readonly<Record<string, string>>) {
  return readConfiguration((name) => given[name]);
}

const ABSENT = `${import.meta.dirname}/no_such_file.json`;

Deno.test("every file that is wrong is named at once", async () => {
  const wrong = configured({
    ...{ MOE_SOURCES: ABSENT, MOE_PLANS: ABSENT, MOE_QUOTAS: ABSENT },
    ...{ MOE_RETENTION: ABSENT, MOE_HOST: "0.0.0.0" },
    ...{ MOE_DESTINATIONS: `${ABSENT}.other`, MOE_MASTER_KEY_FILE: ABSENT },
    ...{ MOE_CHECKPOINT_KEY_FILE: ABSENT },
  });
  const problems = await findProblems(wrong, []);
  assert.equal(problems.length, 8, problems.join("\n"));
  await assert.rejects(demandSound(wrong), {
    code: "configuration_invalid",
    message: /^Cannot serve: .*; .*; .*; .*; /,
  });
});

Deno.test("variables and files that are wrong are told in one list", async () => {
  const given: Record<string, string> = {
    ...{
      MOE_PORT: "s3cret",
      MOE_JWT_JWKS: "keys.json",
      MOE_TLS_CLIENT_CA: "ca",
    },
    ...{ MOE_PLANS: ABSENT, MOE_QUOTAS: ABSENT },
  };
  const { configuration, problems } = parseConfiguration((name) => given[name]);
  assert.equal(configuration.port, 8080);
  await assert.rejects(demandReadable(configuration, problems), (error) => {
    const text = String(error);
    assert.match(text, /MOE_PORT.*; .*MOE_TLS_CERT and MOE_TLS_KEY; /);
    assert.match(text, /MOE_JWT_ISSUER and MOE_JWT_AUDIENCE; /);
    assert.equal(text.split("no_such_file").length, 3, "both files");
    assert.doesNotMatch(text, /s3cret/);
    return true;
  });
  await demandReadable(configuration, []);
});

Deno.test("a configuration without files is sound", async () => {
  assert.deepEqual(await findProblems(configured({}), []), []);
});

Deno.test("a variable that is misspelt is told with the one that is meant", async () => {
  const names = ["MOE_POTR", "MOE_PORT", "PATH", "MOE_TEST_SEED"];
  assert.deepEqual(await findProblems(configured({}), names), [
    "Cannot read MOE_POTR: there is no such variable; did you mean MOE_PORT?",
  ]);
});

Deno.test("what is printed holds no secret", () => {
  const text = printConfiguration(configured({
    DATABASE_URL: "postgres://moe:s3cret@db:5432/moe?password=s3cret",
    NATS_URL: "nats://moe:s3cret@nats:4222",
    KV_URL: "https://s3cret@kv/?token=s3cret",
    MOE_IDENTITY_KEY: "ab".repeat(32),
    MOE_MASTER_KEY_COMMAND: '["kms","--token","s3cret"]',
  })).join("\n");
  assert.doesNotMatch(text, /s3cret|abab/);
  assert.match(text, /databaseUrl = postgres:\/\/db:5432\/moe/);
  assert.match(text, /identityKey = \(set\)/);
  assert.match(text, /port = 8080/);
});
