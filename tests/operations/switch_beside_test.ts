/**
 * A kill switch turned on at the machine while a server has the embedded database to
 * itself: on at once, and recorded by the server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runMoe } from "../engine/moe.ts";
import { eventually, serveMoe } from "./served.ts";

Deno.test("a switch is turned on beside a running server, which takes it over and records it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "switch_" });
  const env = { MOE_DATA: folder, MOE_MATERIALIZE_MINUTES: "0" };
  const server = await serveMoe(env);
  try {
    const said = await runMoe(env, [
      ...["switches", "on", "stop_display", "--channel", "display"],
      ...["--reason", "Wrong prices", "--as", "ada"],
    ]);
    assert.match(said.text, /stop_display is on at this node/);
    await eventually(
      "the server puts it into force",
      () => server.log.some((line) => line.includes("policies_changed")),
    );
    const board = async () =>
      JSON.parse(await Deno.readTextFile(`${folder}/switches.json`));
    await eventually(
      "the server records it",
      async () => (await board())[0]?.recorded === true,
    );
  } finally {
    await server.stop();
  }
  const listed = await runMoe(env, ["switches"]);
  assert.match(listed.text, /stop_display +channel display .*ada/);
  await Deno.remove(folder, { recursive: true });
});
