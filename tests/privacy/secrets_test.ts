/**
 * Secrets of sources come from the environment and from files, and are found nowhere
 * else afterwards: in no log, answer, table or error, whatever vendors answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { runMoe } from "../engine/moe.ts";
import { pushSegment } from "../http/pushed.ts";
import { eventually, type Served, serveMoe } from "../operations/served.ts";
import { dumpFolder, readBytes } from "./planted_engine.ts";

const SECRETS = {
  writeKey: "write-key-that-nobody-sees",
  apiKey: "SG.api-key-that-nobody-sees",
  clientSecret: "client-secret-that-nobody-sees",
  refreshToken: "refresh-token-that-nobody-sees",
  rotatedToken: "rotated-token-that-nobody-sees",
  accessToken: "access-token-that-nobody-sees",
} as const;

function findSecrets(text: string, more: readonly string[] = []): string[] {
  return [...Object.values(SECRETS), ...more].filter((secret) => {
    const encoded = Buffer.from(secret).toString("base64").slice(0, -4);
    return text.includes(secret) || text.includes(encoded) ||
      text.includes(encodeURIComponent(secret));
  });
}

/** Repeats to the caller every secret that it was called with, in every place. */
async function answerLoudly(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/oauth/")) {
    return Response.json({
      access_token: SECRETS.accessToken,
      expires_in: 1800,
      refresh_token: SECRETS.rotatedToken,
    });
  }
  const said = [
    request.url,
    request.headers.get("authorization"),
    await request.text(),
    ...Object.values(SECRETS),
  ].join(" ");
  const statuses: Readonly<Record<string, number>> = {
    "/account-info/2026-03/details": 400,
    "/v3/user/username": 403,
  };
  return Response.json(
    { message: said, category: said, errors: [{ message: said, field: said }] },
    { status: statuses[pathname] ?? 500, headers: { "x-said": "no" } },
  );
}

Deno.test("secrets stay where the operator put them", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "secrets_" });
  const data = `${folder}/data`;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    answerLoudly,
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const env = await writeSources(folder, { data, origin });
  try {
    const made = await runMoe(env, [
      ...["keys", "create", "reader", "--scopes", "read,ingest"],
    ]);
    const key = made.text.trim();
    assert.match(key, /^moe_/, made.errors);
    const said: string[] = [];
    const served = await serveMoe(env);
    try {
      await t.step("a server that syncs and takes deliveries", async () => {
        said.push(...await use(served, key));
      });
    } finally {
      assert.equal(await served.stop(), 0);
    }
    said.push(...served.log, ...served.out);
    for (
      const args of [["sources", "--json"], ["dead-letters", "--json"], [
        "sync",
      ]]
    ) {
      const { text, errors } = await runMoe(env, args);
      said.push(text, errors);
    }
    await t.step("what is said and logged", () => {
      assert.ok(
        served.log.filter((line) => /"event":"sync"/.test(line)).length >= 2,
      );
      assert.deepEqual(said.flatMap((text) => findSecrets(text, [key])), []);
    });
    await t.step("what is kept", () => checkKept(data, key));
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

async function writeSources(
  folder: string,
  { data, origin }: { readonly data: string; readonly origin: string },
): Promise<Record<string, string>> {
  const file = async (name: keyof typeof SECRETS) => {
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, `${SECRETS[name]}\n`);
    return { file: path };
  };
  const via = { "api.sendgrid.com": origin, "api.hubapi.com": origin };
  const configs = {
    segment: { writeKey: { env: "SITE_WRITE_KEY" } },
    sendgrid: { apiKey: await file("apiKey") },
    hubspot: {
      portalId: "62515",
      clientId: "a-client",
      clientSecret: await file("clientSecret"),
      refreshToken: await file("refreshToken"),
    },
  };
  const sources = Object.entries(configs).map(([name, config]) => ({
    tenant: "default",
    source: name,
    connector: name,
    config,
    syncMinutes: 60,
    initialDays: 1,
    via,
  }));
  await Deno.writeTextFile(`${folder}/sources.json`, JSON.stringify(sources));
  return {
    MOE_DATA: data,
    MOE_SOURCES: `${folder}/sources.json`,
    MOE_MATERIALIZE_MINUTES: "0",
    SITE_WRITE_KEY: SECRETS.writeKey,
  };
}

async function use(served: Served, key: string): Promise<string[]> {
  const seen = { type: "track", event: "Seen", userId: "u-1" };
  const pushes = [
    pushSegment(
      { batch: [seen], writeKey: SECRETS.writeKey },
      SECRETS.writeKey,
    ),
    pushSegment(
      { ...seen, type: "unheard of", writeKey: SECRETS.writeKey },
      SECRETS.writeKey,
    ),
    pushSegment(seen, `${SECRETS.writeKey}!`),
  ];
  const answers = pushes.map(({ path, body, headers }) =>
    fetch(`${served.url}${path}`, { method: "POST", body, headers })
  );
  const authorization = `Bearer ${key}`;
  const told = ["/metrics", "/healthz", "/dead-letters", "/signals/counts"]
    .map((path) =>
      fetch(`${served.url}${path}`, { headers: { authorization } })
    );
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  assert.deepEqual(statuses, [200, 200, 401]);
  await eventually(
    "both sources were asked",
    () =>
      ["sendgrid", "hubspot"].every((source) =>
        served.log.some((line) => line.includes(`"source":"${source}"`))
      ),
  );
  const after = await fetch(`${served.url}/metrics`, {
    headers: { authorization },
  });
  const all = [
    ...await Promise.all(answers),
    ...await Promise.all(told),
    after,
  ];
  return await Promise.all(all.map((response) => response.text()));
}

async function checkKept(data: string, key: string): Promise<void> {
  const identity = (await Deno.readTextFile(`${data}/identity.key`)).trim();
  assert.match(identity, /^[0-9a-f]{64}$/);
  const dump = await dumpFolder({ folder: data });
  assert.ok(
    (dump.event ?? []).length > 0 && (dump.dead_letter ?? []).length > 0,
  );
  for (const [table, rows] of Object.entries(dump)) {
    const found = rows.flatMap((row) => findSecrets(row, [identity, key]));
    assert.deepEqual(found, [], table);
  }
  const kept: string[] = [];
  for await (const { path, text } of readBytes(data)) {
    if (text.includes(SECRETS.rotatedToken)) kept.push(path);
    else if (path === `${data}/identity.key`) {
      assert.deepEqual(findSecrets(text), []);
    } else assert.deepEqual(findSecrets(text, [identity, key]), [], path);
  }
  assert.equal(kept.length, 1);
  const [credentials = ""] = kept;
  assert.ok(credentials.startsWith(`${data}/credentials/`));
  const modes = [`${data}/identity.key`, credentials, `${data}/credentials`]
    .map((path) => (Deno.statSync(path).mode ?? 0) & 0o777);
  assert.deepEqual(modes.map((mode) => mode.toString(8)), [
    "600",
    "600",
    "700",
  ]);
}

Deno.test.each([
  {
    note: "a variable that is not set",
    config: { writeKey: { env: "NOWHERE" } },
    names: /NOWHERE/,
  },
  {
    note: "a file that is not there",
    config: { writeKey: { file: "/no/file" } },
    names: /\/no\/file/,
  },
  {
    note: "a secret that is too short",
    config: { writeKey: { env: "SHORT" } },
    names: /writeKey/,
  },
  {
    note: "a secret under another name",
    config: { writeKei: { env: "SITE_WRITE_KEY" } },
    names: /writeKei/,
  },
])("$note is told without a value", async ({ config, names }) => {
  const folder = await Deno.makeTempDir({ prefix: "secrets_" });
  const sources = [{
    tenant: "default",
    source: "site",
    connector: "segment",
    config,
  }];
  await Deno.writeTextFile(`${folder}/sources.json`, JSON.stringify(sources));
  try {
    const { code, text, errors } = await runMoe({
      MOE_DATA: `${folder}/data`,
      MOE_SOURCES: `${folder}/sources.json`,
      SITE_WRITE_KEY: SECRETS.writeKey,
      SHORT: "s3cr3t",
    }, ["sources"]);
    assert.notEqual(code, 0);
    assert.match(errors, names);
    assert.deepEqual(findSecrets(text + errors, ["s3cr3t"]), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
