/**
 * The physical limit of `POST /optimization/score`: a Hono route that reads the
 * same body with the same schema and answers a constant.
 *
 * @module
 */
import { Hono } from "hono";
import { scoreBody } from "../../core/http/wire/decision_json.ts";

const app = new Hono();
app.post("/optimization/score", async (context) => {
  scoreBody.parse(JSON.parse(await context.req.text()));
  return context.json({ "recommended_action": "none" });
});
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => {
    const line = `listening on http://127.0.0.1:${port}\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  },
}, app.fetch);
