/**
 * The issuer's keys, read from a real server that may be slow, endless, elsewhere or
 * broken: what is read is bounded, and no caller is admitted by what was not read.
 *
 * @module
 */
import assert from "node:assert/strict";
import { callerOf } from "../../core/commands/lend.ts";
import { openKeySetSource } from "../../core/http/access/key_set_source.ts";

const KEYS = { keys: [{ kty: "EC", kid: "a" }] };
const MIB = 1_048_576;

type Answer = (request: Request) => Response | Promise<Response>;

/** Reads keys from a server that answers so. */
async function readFrom(
  answer: Answer,
  timeoutMs?: number,
): Promise<{ readonly read: unknown; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      asked.push(new URL(request.url).pathname);
      return answer(request);
    },
  );
  const read = openKeySetSource(
    `http://127.0.0.1:${server.addr.port}/keys`,
    callerOf([]),
    timeoutMs,
  );
  const outcome = await read().catch((error) => error);
  return { read: outcome, asked };
}

/** Bytes until nobody wants more; how many were wanted. */
function endless(pauseMs: number) {
  const sent = { bytes: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      await new Promise((wake) => timer = setTimeout(wake, pauseMs));
      sent.bytes += 65_536;
      controller.enqueue(new Uint8Array(65_536).fill(0x20));
    },
    cancel: () => clearTimeout(timer),
  });
  return { body, sent };
}

Deno.test("keys are read from a server", async () => {
  const { read } = await readFrom(() => Response.json(KEYS));
  assert.deepEqual(read, KEYS);
});

Deno.test("an issuer that does not answer is given up", async () => {
  const gone = Promise.withResolvers<void>();
  const { read } = await readFrom(async ({ signal }) => {
    signal.addEventListener("abort", () => gone.resolve());
    await gone.promise;
    return Response.json(KEYS);
  }, 50);
  assert.equal((read as Error).name, "TimeoutError");
});

Deno.test("an answer that never ends is given up, slow or fast", async () => {
  const slow = await readFrom(() => new Response(endless(20).body), 50);
  assert.equal((slow.read as Error).name, "TimeoutError");
  const { body, sent } = endless(0);
  const fast = await readFrom(() => new Response(body));
  assert.match(String(fast.read), /too many bytes/);
  assert.ok(sent.bytes < 16 * MIB, `${sent.bytes} bytes were sent`);
});

Deno.test("a redirect is not followed, not even to the same server", async () => {
  for (
    const to of ["/other", "http://169.254.169.254/", "file:///etc/passwd"]
  ) {
    const { read, asked } = await readFrom(({ url }) =>
      url.endsWith("/keys")
        ? new Response(null, { status: 302, headers: { location: to } })
        : Response.json(KEYS)
    );
    assert.ok(read instanceof TypeError, to);
    assert.deepEqual(asked, ["/keys"]);
  }
});

Deno.test("what is no answer with JSON is no key set", async () => {
  const answers: readonly Answer[] = [
    () => Response.json(KEYS, { status: 500 }),
    () => new Response(null, { status: 204 }),
    () => new Response("{"),
  ];
  for (const answer of answers) {
    assert.ok((await readFrom(answer)).read instanceof Error);
  }
});
