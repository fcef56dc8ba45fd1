/**
 * Policies as pages and in sentences, over HTTP and in a browser.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printPolicyPage } from "../../core/http/policy_page.tsx";
import { sayPolicy } from "../../core/verdicts/explain/sentence.ts";
import { needingChromium, render } from "../servers/chromium.ts";
import { openCaller } from "./caller.ts";
import { POLICIES } from "./stub_records.ts";

Deno.test("a policy is read with its rules in sentences", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("GET /policies/bid_limits");
  assert.equal(status, 200);
  assert.equal(body.policy.policy, "bid_limits");
  assert.equal(body.scope, "Speaks of bids.");
  assert.deepEqual(body.sentences, [{
    rule: "bid_limits@1/cap_display",
    sentence:
      "If the channel is display, a bid is lowered to at most 1.50: Bids stay below the cap. In doubt a bid is refused.",
  }]);
});

Deno.test("pages show the policies that concern the tenant, and no others", async () => {
  const { ask } = openCaller();
  const index = await ask("GET /docs/policies");
  assert.equal(index.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(index.headers.get("content-security-policy") ?? "", /'none'/);
  assert.match(index.text, /href="\/docs\/policies\/ours"/);
  assert.doesNotMatch(index.text, /theirs/);
  const page = await ask("GET /docs/policies/ours");
  assert.match(page.text, /is lowered to at most 1\.50/);
  assert.match(page.text, /display is capped/);
  assert.doesNotMatch(page.text, /theirs/);
  assert.equal((await ask("GET /docs/policies/theirs")).status, 404);
});

const SCRIPT = '<script>document.title="taken"</script>';

Deno.test({
  ...needingChromium("a page shows what a policy holds as text, and runs none"),
  async fn() {
    const [policy = assert.fail()] = POLICIES.documents;
    const { rules, cases } = policy;
    const hostile = {
      ...policy,
      owner: SCRIPT,
      about: `${SCRIPT} & "quoted"`,
      rules: rules.map((rule) => ({ ...rule, reason: SCRIPT })),
      cases: cases.map((one) => ({ ...one, note: SCRIPT })),
    };
    const folder = await Deno.makeTempDir({ prefix: "policy_page_" });
    try {
      const { text } = printPolicyPage(sayPolicy(hostile), ["bid_limits"]);
      await Deno.writeTextFile(`${folder}/page.html`, text);
      const { html, console } = await render(`file://${folder}/page.html`);
      assert.deepEqual(console, []);
      assert.match(html, /<title>bid_limits<\/title>/);
      assert.doesNotMatch(html, /<script/);
      assert.equal(html.split("&lt;script&gt;").length - 1, 5);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
