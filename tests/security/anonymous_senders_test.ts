/**
 * Whoever knows the address of a tenant's source, and no key and no signature, uses up
 * nothing of the tenant's and learns nothing from what answers say of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../core/domain/error.ts";
import { createAllotments } from "../../core/http/load/allotments.ts";
import { createAllowances } from "../../core/http/load/allowances.ts";
import { createMemoryBook } from "../../core/http/load/memory_book_test.ts";
import { type Asked, openCaller } from "../http/caller.ts";

const MOST = 3;
const LIMIT_BYTES = 100;

function openSource() {
  const nowMs = () => 0;
  const rule = { tenant: "acme", apart: false, most: MOST, seconds: 60 };
  const allowances = createAllowances([{ ...rule, of: "requests" }], {
    allotments: createAllotments(createMemoryBook(), nowMs),
    ...{ nowMs, random: () => 0 },
  });
  return openCaller(LIMIT_BYTES, {
    tenantOf: (_connector, source) => source === "site" ? "acme" : null,
    receive: () => {
      throw new EngineError("signature_invalid", "Cannot accept delivery: no");
    },
  }, { allowances });
}

const DELIVERIES: Readonly<Record<string, Asked>> = {
  plain: { raw: "{}" },
  packed: { raw: "{}", headers: { "content-encoding": "gzip" } },
  large: { raw: "x".repeat(LIMIT_BYTES + 1) },
};

Deno.test("deliveries of strangers use up nothing of a tenant's quota", async () => {
  const { ask } = openSource();
  for (let n = 0; n <= 2 * MOST; n++) {
    await ask("POST /webhooks/segment/site", { key: null, raw: "{}" });
  }
  const { status, headers } = await ask("GET /models");
  assert.equal(status, 200);
  assert.match(headers.get("ratelimit") ?? "", new RegExp(`r=${MOST - 1};`));
});

Deno.test.each(Object.entries(DELIVERIES))(
  "a delivery of a stranger, %s, is answered as if there were no source",
  async (_note, asked) => {
    const { ask } = openSource();
    const [known, none] = await Promise.all(
      ["site", "none"].map((source) =>
        ask(`POST /webhooks/segment/${source}`, { key: null, ...asked })
      ),
    );
    assert.equal(known?.status, 401);
    assert.equal(known?.text, none?.text);
    const names = [known, none].map((told) => [...told?.headers.keys() ?? []]);
    assert.deepEqual(names[0], names[1]);
  },
);

Deno.test("whoever delivers with a key is counted, and told what is wrong", async () => {
  const { ask } = openSource();
  const path = "POST /webhooks/segment/site";
  const told = await ask(path, { raw: "{}" });
  assert.equal(told.body.code, "signature_invalid");
  assert.ok(told.headers.has("ratelimit"));
  const large = await ask(path, DELIVERIES["large"]);
  assert.equal(large.status, 413);
});
