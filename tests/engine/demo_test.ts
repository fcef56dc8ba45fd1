/**
 * The demonstration goes through, and what it says of itself is good.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runMoe } from "./moe.ts";

Deno.test("demo --once goes through every act and exits with 0", async () => {
  const folder = await Deno.makeTempDir({ prefix: "demo_" });
  try {
    const { code, text, errors } = await runMoe({ MOE_DATA: folder }, [
      ...["demo", "--once"],
    ]);
    assert.equal(code, 0, errors);
    const [, best = ""] = /^the truth +(\S+)/m.exec(text) ?? [];
    const [, engine = ""] = /^the engine +(\S+)/m.exec(text) ?? [];
    const [, nobody = ""] = /^nobody +(\S+)/m.exec(text) ?? [];
    const gained = (Number(engine) - Number(nobody)) /
      (Number(best) - Number(nobody));
    assert.ok(gained > 0.8, `${gained} of what could be gained`);
    const [, off = ""] = /median campaign is (\S+) %/.exec(text) ?? [];
    assert.ok(off !== "" && Number(off) < 5, `curves are ${off} % off`);
    for (
      const line of [
        /deny by contact_frequency@\d+\/weekly/,
        /cap by bid_ceiling@\d+\/above_ceiling/,
        /the same answer, bit for bit/,
        /the same plan, made once/,
        /rollback {2}→ rolled_back/,
        /the hash chain holds/,
      ]
    ) assert.match(text, line);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
