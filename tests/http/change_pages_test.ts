/**
 * Changes as pages, over HTTP and in a browser.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printChangePage } from "../../core/http/change_page.tsx";
import { needingChromium, render } from "../servers/chromium.ts";
import { openCaller } from "./caller.ts";

const TENANT = "acme";

Deno.test("the page of a change shows what a reviewer needs", async () => {
  const { ask, stub } = openCaller();
  const page = await ask("GET /docs/changes/chg_review");
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("content-security-policy") ?? "", /'none'/);
  for (
    const shown of [
      /in review/,
      /the most that a bid may be becomes 1\.00/,
      /a bid of 2\.00 becomes 1\.00/,
      /1 of 4 comes out otherwise/,
      /<code>\+bid_limits\/cap_display<\/code>/,
      /It takes 1 who wrote none of it\./,
      /So far it needs 1 more approval\./,
      /You may: check, edit, rebase, approve, require/,
    ]
  ) assert.match(page.text, shown);
  assert.doesNotMatch(page.text, /<code>search<\/code>/);
  const key = stub.grant({ scopes: ["read"], person: false });
  const read = await ask("GET /docs/changes/chg_review", { key });
  assert.match(read.text, /You may: read/);
});

Deno.test("the list of changes leads to each", async () => {
  const { ask } = openCaller();
  const { text } = await ask("GET /docs/changes");
  const { body } = await ask("GET /changes");
  assert.ok(body.changes.length > 8);
  for (const { change_id: id } of body.changes) {
    assert.ok(text.includes(`href="/docs/changes/${id}"`), id);
  }
});

const SCRIPT = '<script>document.title="taken"</script>';

Deno.test({
  ...needingChromium("a page shows what a change says as text, and runs none"),
  async fn() {
    const { changes } = openCaller().stub.engine;
    const ref = { scope: TENANT, id: "chg_review" };
    const change = await changes.find(ref);
    const [first = assert.fail()] = await changes.history(ref);
    const { evidence = assert.fail() } = change;
    const hostile = {
      ...{ ...change, title: SCRIPT, reason: SCRIPT, createdBy: SCRIPT },
      evidence: evidence && {
        ...evidence,
        problems: [SCRIPT],
        items: [{
          ...{ name: "meaning", passed: true, summary: SCRIPT },
          report: {
            sentences: [SCRIPT],
            counterexamples: [{ sentence: SCRIPT }],
          },
        }],
      },
    };
    const { text } = printChangePage({
      change: hostile,
      review: { signs: null, approvals: [], missing: SCRIPT },
      permitted: [SCRIPT],
      events: [{ ...first, reason: SCRIPT, by: SCRIPT }],
    });
    const folder = await Deno.makeTempDir({ prefix: "change_page_" });
    try {
      await Deno.writeTextFile(`${folder}/page.html`, text);
      const { html, console } = await render(`file://${folder}/page.html`);
      assert.deepEqual(console, []);
      assert.doesNotMatch(html, /<script/);
      assert.doesNotMatch(html, /<title>taken/);
      assert.ok(html.split("&lt;script&gt;").length > 12);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
