/**
 * Who decides, over HTTP: two holders move a role, one gives it back, and the log tells
 * it; over a real registry.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createApp } from "../../core/http/app.ts";
import { createModelRegistry } from "../../core/store/model_registry.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { openCaller } from "./caller.ts";
import { createStub } from "./stub_engine.ts";
import { modelOf } from "./stub_records.ts";

const ARTIFACT = new Uint8Array([1]);

/** Two versions of a bidder, neither judged, and two holders of keys. */
async function withModels(
  work: (
    at: (who: string, line: string, body?: unknown) => Promise<
      // deno-lint-ignore no-explicit-any -- tests look into answers of any shape
      { status: number; body: any }
    >,
  ) => Promise<void>,
): Promise<void> {
  const sql = await openPglite({ folder: null });
  try {
    await migrate(sql);
    const models = createModelRegistry(sql);
    const stub = createStub();
    const known = { ...modelOf("bidder", 1), artifactHash: sha256(ARTIFACT) };
    for (let n = 0; n < 2; n++) await models.register("acme", known, ARTIFACT);
    const app = createApp({ ...stub.engine, models }, {
      ...{ version: "1", bodyLimitBytes: 10_000, log: () => {} },
    });
    const keys = new Map(
      ["ann", "bob", "rival"].map((name) => {
        const tenant = name === "rival" ? "rival" : "acme";
        return [name, stub.grant({ name, tenant })];
      }),
    );
    await work(async (who, line, body) => {
      const [method = "GET", path = "/"] = line.split(" ");
      const response = await app.request(path, {
        method,
        headers: {
          authorization: `Bearer ${keys.get(who)}`,
          ...body === undefined ? {} : { "content-type": "application/json" },
        },
        ...body === undefined ? {} : { body: JSON.stringify(body) },
      });
      return { status: response.status, body: await response.json() };
    });
  } finally {
    await sql.close();
  }
}

Deno.test("a role is proposed, approved by another, and given back", () =>
  withModels(async (at) => {
    const roles = async (query = "") => {
      const { body } = await at("ann", `GET /models/bidder/roles${query}`);
      return [body.champion, body.challenger, body.shadow];
    };
    await at("bob", "POST /models/bidder/1/approve");
    const second = await at("bob", "POST /models/bidder/2/approve?as=shadow");
    assert.equal(second.body.status, "approved");
    assert.deepEqual(await roles(), ["bidder@1", null, "bidder@2"]);
    const reason = "better calibrated";
    const wish = { alias: "champion", version: 2, reason };
    const proposed = await at("ann", "POST /models/bidder/proposals", wish);
    assert.equal(proposed.status, 201);
    assert.equal(proposed.body.by, "ann");
    assert.equal(proposed.body.model_version, "bidder@2");
    const path = `POST /models/bidder/proposals/${proposed.body.seq}/approve`;
    const own = await at("ann", path);
    assert.deepEqual([own.status, own.body.code], [409, "approval_invalid"]);
    const settled = await at("bob", path);
    assert.equal(settled.body.settles, proposed.body.seq);
    assert.deepEqual(await roles(), ["bidder@2", null, null]);
    assert.deepEqual(
      await roles("?at=2020-01-01T00:00:00Z"),
      [null, null, null],
    );
    const back = await at("ann", "POST /models/bidder/rollback", { reason });
    assert.equal(back.body.kind, "rolled_back");
    assert.deepEqual(await roles(), ["bidder@1", null, null]);
    const { body } = await at("ann", "GET /models/bidder/events");
    assert.equal(body.sound, true);
    assert.equal(body.events.length, 10);
    assert.equal(body.events.at(-1).reason, reason);
  }));

Deno.test("a rollback that names the version goes back once, however often it is sent", () =>
  withModels(async (at) => {
    await at("bob", "POST /models/bidder/1/approve");
    await at("bob", "POST /models/bidder/2/approve");
    const wish = { from: 2, reason: "bids too much" };
    const line = "POST /models/bidder/rollback";
    assert.equal((await at("ann", line, wish)).status, 200);
    const again = await at("bob", line, wish);
    assert.deepEqual([again.status, again.body.code], [
      409,
      "approval_invalid",
    ]);
    const { body } = await at("ann", "GET /models/bidder/roles");
    assert.equal(body.champion, "bidder@1");
    assert.equal((await at("ann", line, { ...wish, from: 0 })).status, 422);
  }));

Deno.test("an older version does not take the place of a newer one unawares", () =>
  withModels(async (at) => {
    await at("bob", "POST /models/bidder/2/approve");
    const old = await at("bob", "POST /models/bidder/1/approve");
    assert.deepEqual([old.status, old.body.code], [409, "approval_invalid"]);
    assert.match(old.body.detail, /bidder@2 is newer and decides/);
    const aside = await at("bob", "POST /models/bidder/1/approve?as=none");
    assert.equal(aside.status, 200);
    const { body } = await at("ann", "GET /models/bidder/roles");
    assert.equal(body.champion, "bidder@2");
  }));

Deno.test("a proposal is declined by whoever made it", () =>
  withModels(async (at) => {
    await at("bob", "POST /models/bidder/1/approve?as=none");
    const wish = { alias: "champion", version: 1, reason: "go" };
    const { body } = await at("ann", "POST /models/bidder/proposals", wish);
    const path = `POST /models/bidder/proposals/${body.seq}`;
    assert.equal((await at("ann", `${path}/decline`)).body.kind, "declined");
    assert.equal((await at("bob", `${path}/approve`)).status, 409);
  }));

Deno.test("models of another tenant have no log, no roles and take no proposals", () =>
  withModels(async (at) => {
    await at("bob", "POST /models/bidder/1/approve");
    const reason = "mine";
    const wish = { alias: "champion", version: null, reason };
    const asked: [string, unknown?][] = [
      ["GET /models/bidder/events"],
      ["GET /models/bidder/roles"],
      ["GET /models/bidder/1/evidence"],
      ["GET /models/bidder/looks"],
      ["POST /models/bidder/proposals", wish],
      ["POST /models/bidder/proposals/1/approve"],
      ["POST /models/bidder/rollback", { reason }],
    ];
    for (const [line, body] of asked) {
      assert.equal((await at("rival", line, body)).status, 404, line);
    }
  }));

Deno.test.each([
  {
    note: "an unknown alias",
    body: { alias: "boss", version: 1, reason: "x" },
  },
  { note: "no reason", body: { alias: "shadow", version: 1, reason: " " } },
  { note: "a version 0", body: { alias: "shadow", version: 0, reason: "x" } },
  { note: "no version", body: { alias: "shadow", reason: "x" } },
])("a proposal with $note is refused", async ({ body }) => {
  const { ask } = openCaller();
  const told = await ask("POST /models/email_visit/proposals", { body });
  assert.deepEqual([told.status, told.body.code], [422, "request_invalid"]);
});

Deno.test("what speaks for a version is told in the interface's words", async () => {
  const { ask } = openCaller();
  const { body } = await ask("GET /models/email_visit/1/evidence");
  assert.deepEqual(body.intervals, { auc: [0.6, 0.8] });
  assert.deepEqual(body.mix.channels[0]["marginal_roas"], {
    ...{ mean: 1, interval: [0, 2] },
  });
  assert.equal(body.mix["effective_draws"], 900);
  const missing = await ask("GET /models/email_visit/9/evidence");
  assert.equal(missing.status, 404);
});

Deno.test("what was found of a model that serves is told, latest first", async () => {
  const { ask } = openCaller();
  const { body } = await ask("GET /models/bidder/looks");
  assert.equal(body.looks[0]["model_version"], "bidder@1");
  assert.equal(body.looks[0].findings.findings[0].name, "audience.recency");
  const none = await ask("GET /models/email_visit/looks");
  assert.deepEqual(none.body, { looks: [] });
  assert.equal((await ask("GET /models/nobody/looks")).status, 404);
});
