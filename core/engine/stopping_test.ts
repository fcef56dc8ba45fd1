/**
 * Kill switches on what connectors are lent.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Switch } from "../domain/verdict.ts";
import type { Source } from "../signals/signals.ts";
import { demandWriting, lendUnlessStopped } from "./stopping.ts";

const OFF = {
  id: "ads_off",
  stops: { connector: "ads" },
  reason: "Wrong account",
} satisfies Switch;

Deno.test("a connector is stopped from one call to the next, and told why", async () => {
  const calls: string[] = [];
  let on: Switch | null = null;
  const call = (name: string) => {
    calls.push(name);
    return Promise.resolve("");
  };
  const lender = lendUnlessStopped({
    files: () => ({
      read: () => (call("read"), ReadableStream.from<Uint8Array>([])),
      write: async () => void await call("write"),
      text: () => call("text"),
    }),
    http: () => ({ json: () => call("json"), text: () => call("text") }),
  }, (tenant, { act, connector }) => {
    assert.deepEqual([tenant, act, connector], ["acme", "connect", "ads"]);
    return on;
  });
  const source = { tenant: "acme", connector: { name: "ads" } } as Source;
  const [http, files] = [lender.http(source, "fresh"), lender.files(source)];
  const all = [
    () => http.json("https://ads.example"),
    () => http.text("https://ads.example"),
    () => files.write("plan.json", "{}"),
    () => files.text("plan.json"),
    async () => void await files.read("plan.json")[Symbol.asyncIterator](),
  ];
  for (const one of all) await one();
  assert.equal(calls.length, 5);
  on = OFF;
  for (const one of all) {
    await assert.rejects(one(), {
      code: "switched_off",
      message:
        'Cannot use connector "ads": kill switch "ads_off" is on: Wrong account',
    });
  }
  assert.equal(calls.length, 5, "nothing was called");
});

Deno.test("a plan is not written while one of its platforms is stopped", () => {
  const find = (_: string, { connector }: { connector: string | null }) =>
    connector === "ads" ? OFF : null;
  demandWriting(find, "acme", [{ connector: "mail" }]);
  assert.throws(
    () =>
      demandWriting(find, "acme", [{ connector: "mail" }, {
        connector: "ads",
      }]),
    { code: "switched_off" },
  );
});
