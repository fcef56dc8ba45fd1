/**
 * From the operator's files to the caller, over real connections: who holds which client
 * certificate may do what its role may, and nobody else anything.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { openAccess } from "../../core/commands/configured_access.ts";
import { listen } from "../../core/commands/listen.ts";
import type { Opened } from "../../core/commands/open.ts";
import { systemClock } from "../../core/store/clock.ts";
import {
  createCa,
  type Issued,
  needingOpenssl,
  type TestCa,
} from "../servers/certificates.ts";
import { createStub } from "./stub_engine.ts";

const HOLDERS = [
  {
    ...{ uri: "spiffe://acme/scorer", tenant: "acme", role: "service" },
    name: "scorer",
  },
  { ...{ subject: "keeper", tenant: "acme", role: "admin", name: "keeper" } },
  { ...{ subject: "other", tenant: "rival", role: "admin", name: "other" } },
];

/** What browsers say of pages of other sites, those before 2023 by `Origin` alone. */
const OTHER_PAGES = [
  { ["sec-fetch-site"]: "cross-site", origin: "https://evil.example" },
  { ["sec-fetch-site"]: "same-site" },
  { origin: "https://evil.example" },
  { origin: "null" },
];
/** Of ours, and of programs that are no browsers. */
const OWN_PAGES = [
  { ["sec-fetch-site"]: "same-origin" },
  { ["sec-fetch-site"]: "none" },
  {},
];

/** Starts a server as it is configured, over an engine in memory. */
async function serve(ca: TestCa) {
  const shown = await ca.issue("server", {
    names: "DNS:localhost,IP:127.0.0.1",
  });
  const known = `${ca.folder}/known.json`;
  await Deno.writeTextFile(known, JSON.stringify(HOLDERS));
  const variables: Readonly<Record<string, string>> = {
    ...{ MOE_TLS_CERT: shown.files.cert, MOE_TLS_KEY: shown.files.key },
    ...{ MOE_TLS_CLIENT_CA: ca.certFile, MOE_CLIENT_CERTS: known },
  };
  const configuration = readConfiguration((name) => variables[name]);
  const stub = createStub();
  const logged: string[] = [];
  const quiet = { line: () => {}, progress: () => {}, done: () => {} };
  const listening = await listen(
    {
      configuration,
      terminal: { ...quiet, warn: (line) => logged.push(line) },
    },
    // What listening takes of it; nothing is configured that takes more.
    {
      ...{ engine: stub.engine, close: () => Promise.resolve() },
      access: await openAccess(configuration, systemClock),
    } as unknown as Opened,
    { port: 0 },
  );
  return { ...listening, key: stub.grant(), logged };
}

interface Asking {
  readonly ca: TestCa;
  readonly as?: Issued | undefined;
  readonly key?: string;
  /** What a browser says of who asks it to change something. */
  readonly page?: Readonly<Record<string, string>>;
}

/** Asks for a page: status, and the code of what went wrong. */
async function ask(
  url: string,
  { ca, as, key, page }: Asking,
): Promise<readonly [status: number, code: string | undefined]> {
  using client = Deno.createHttpClient({
    caCerts: [ca.cert],
    ...(as && { cert: as.cert, key: as.key }),
  });
  const response = await fetch(url, {
    client,
    ...(page && { method: "POST" }),
    headers: {
      ...page,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
  });
  const { code } = await response.json();
  return [response.status, code];
}

Deno.test({
  ...needingOpenssl("a certificate is its holder over a real connection"),
  fn: async (t) => {
    await using ca = await createCa();
    await using elsewhere = await createCa("/CN=test ca");
    const server = await serve(ca);
    const names = "URI:spiffe://acme/scorer";
    const scorer = await ca.issue("scorer", { names });
    const keeper = await ca.issue("keeper");
    try {
      await t.step("who is listed does what the role may", async () => {
        const [read, keys] = [`${server.url}/models`, `${server.url}/keys`];
        assert.deepEqual(await ask(read, { ca, as: scorer }), [200, undefined]);
        assert.deepEqual(await ask(keys, { ca, as: scorer }), [
          403,
          "access_denied",
        ]);
        assert.deepEqual(await ask(keys, { ca, as: keeper }), [200, undefined]);
      });
      await t.step("of the tenant that is listed alone", async () => {
        const plan = `${server.url}/optimization/plans/plan_1`;
        const other = await ca.issue("other");
        assert.equal((await ask(plan, { ca, as: keeper }))[0], 200);
        assert.deepEqual(await ask(plan, { ca, as: other }), [
          404,
          "not_found",
        ]);
      });
      await t.step("who is not listed is nobody, but by a key", async () => {
        const stranger = await ca.issue("stranger");
        const url = `${server.url}/keys`;
        assert.deepEqual(await ask(url, { ca, as: stranger }), [
          401,
          "credentials_invalid",
        ]);
        const { key } = server;
        assert.equal((await ask(url, { ca, as: stranger, key }))[0], 200);
        const wrong = { ca, as: keeper, key: key.slice(0, -1) + "g" };
        assert.equal((await ask(url, wrong))[0], 401);
      });
      await t.step(
        "what a page of another site asks for is nobody's wish",
        async () => {
          const { url, key } = server;
          const change = `${url}/keys/${"0".repeat(16)}/revoke`;
          for (const page of OTHER_PAGES) {
            const asking = { ca, as: keeper, page };
            assert.deepEqual(await ask(change, asking), [
              401,
              "credentials_invalid",
            ], JSON.stringify(page));
            const [status] = await ask(change, { ...asking, key });
            assert.notEqual(status, 401);
          }
          for (const page of [...OWN_PAGES, { origin: url }]) {
            const [status] = await ask(change, { ca, as: keeper, page });
            assert.notEqual(status, 401, JSON.stringify(page));
          }
        },
      );
      const refused = {
        none: undefined,
        "one of another CA": await elsewhere.issue("keeper"),
        "one that has expired": await ca.issue("keeper", { days: -1 }),
      };
      for (const [note, as] of Object.entries(refused)) {
        await t.step(`whoever shows ${note} gets nowhere`, async () => {
          const url = `${server.url}/healthz`;
          await assert.rejects(ask(url, { ca, as }), TypeError);
        });
      }
      assert.ok(!server.logged.join("").includes(server.key));
    } finally {
      await server.stop();
    }
  },
});
