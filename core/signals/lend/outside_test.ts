/**
 * Hosts inside are not called, by whatever name or spelling, unless they were named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { fetchOutside } from "./outside.ts";

const NAMES: Readonly<Record<string, readonly string[]>> = {
  "vendor.example": ["8.8.8.8", "2606:4700::1111"],
  "rebound.example": ["8.8.8.8", "169.254.169.254"],
  "metadata.google.internal": ["169.254.169.254"],
  "mapped.example": ["::ffff:10.0.0.1"],
  "gateway.example": ["10.0.0.1"],
  "nowhere.example": [],
};

function open(...privateHosts: readonly string[]) {
  const called: string[] = [];
  const call = fetchOutside({
    privateHosts: new Set(privateHosts),
    resolve: (name) => Promise.resolve(NAMES[name] ?? []),
    callAt: (request) => {
      called.push(request.url);
      return Promise.resolve(new Response("answer"));
    },
  });
  return { called, call: (url: string) => call(new Request(url)) };
}

Deno.test.each([
  ...["169.254.169.254", "10.0.0.5", "[fd00:ec2::254]", "[::ffff:10.0.0.1]"],
  ...["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"],
  ...["127.0.0.2", "0", "[::]", "127.1.1.1."],
  ...["metadata.google.internal", "rebound.example", "mapped.example"],
  ...["gateway.example", "nowhere.example", "１６９.254.169.254"],
])("%s is not called", async (host) => {
  const { call, called } = open("other.example");
  await assert.rejects(
    call(`https://${host}/latest/meta-data`),
    (error: EngineError) =>
      error.code === "connector_failed" &&
      /MOE_PRIVATE_HOSTS/.test(error.message),
  );
  assert.deepEqual(called, []);
});

Deno.test("a host outside is called", async () => {
  const { call, called } = open();
  const response = await call("https://vendor.example/a");
  assert.equal(await response.text(), "answer");
  assert.deepEqual(called, ["https://vendor.example/a"]);
});

Deno.test.each([
  "https://gateway.example/",
  "https://10.0.0.5/",
  "http://127.0.0.1:1/",
])(
  "%s is called where it was named",
  async (url) => {
    const { call, called } = open("gateway.example", "10.0.0.5");
    await call(url);
    assert.deepEqual(called, [url]);
  },
);
