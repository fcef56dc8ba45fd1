/**
 * HTTP as lent to connectors, against a real server on this machine.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EngineError } from "../../core/domain/error.ts";
import { lendHttp } from "../../core/signals/lend/http.ts";

const SECRET = "s3cret";
const QUICK = {
  hosts: [],
  secrets: [SECRET],
  loopback: true,
  timeoutMs: 300,
  attempts: 3,
  maxWaitMs: 2000,
  maxBytes: 1000,
  persistence: {
    pause: (_attempt: number, leastMs = 1) =>
      new Promise<void>((wake) => setTimeout(wake, leastMs)),
    guard: <T>(_host: string, run: () => Promise<T>) => run(),
  },
};

/** Runs with a server that gives the answers one after the other. */
async function withServer(
  answers: readonly ((request: Request) => Response | Promise<Response>)[],
  run: (url: string, asked: Request[]) => Promise<void>,
): Promise<void> {
  const asked: Request[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(request);
      return answer?.(request) ?? new Response();
    },
  );
  try {
    await run(`http://127.0.0.1:${server.addr.port}/v1/report`, asked);
  } finally {
    await server.shutdown();
  }
}

const good = () => Response.json({ rows: 1 });

function status(code: number, headers: Record<string, string> = {}) {
  return () => new Response("no", { status: code, headers });
}

Deno.test("lendHttp() sends query, headers, bearer and body", async () => {
  const seen: unknown[] = [];
  const answer = async (request: Request) => {
    const { method, headers } = request;
    const names = ["authorization", "x-version"];
    seen.push(
      method,
      new URL(request.url).search,
      ...names.map((name) => headers.get(name)),
      await request.json(),
    );
    return good();
  };
  await withServer([answer], async (url) => {
    const call = {
      query: { day: "2026-01-01" },
      headers: { "x-version": "3" },
      bearer: SECRET,
      body: { fields: ["clicks"] },
    };
    assert.deepEqual(await lendHttp(QUICK).json(url, call), { rows: 1 });
  });
  assert.deepEqual(seen, [
    "POST",
    "?day=2026-01-01",
    `Bearer ${SECRET}`,
    "3",
    { fields: ["clicks"] },
  ]);
});

Deno.test.each([
  { note: "too many requests", first: status(429) },
  { note: "a server's failure", first: status(500) },
  { note: "a gateway's failure", first: status(502) },
])("lendHttp() tries again after $note", async ({ first }) => {
  await withServer([first, first, good], async (url, asked) => {
    assert.deepEqual(await lendHttp(QUICK).json(url), { rows: 1 });
    assert.equal(asked.length, 3);
  });
});

Deno.test("lendHttp() waits as long as the source asks", async () => {
  await withServer([status(429, { "retry-after": "1" }), good], async (url) => {
    const began = performance.now();
    await lendHttp(QUICK).json(url);
    assert.ok(performance.now() - began >= 990);
  });
});

Deno.test("lendHttp() does not sit out a wait of hours, but tells it", async () => {
  const first = status(429, { "retry-after": "40591" });
  await withServer([first, good], async (url, asked) => {
    await assert.rejects(lendHttp(QUICK).json(url), (error: EngineError) => {
      assert.equal(error.code, "source_throttled");
      assert.equal(error.facts.retryAfterSeconds, 40591);
      return true;
    });
    assert.equal(asked.length, 1);
  });
});

Deno.test.each([
  {
    note: "a refusal",
    answer: status(403),
    asks: 1,
    code: "source_refused",
  },
  {
    note: "no JSON",
    answer: () => new Response("<html>"),
    asks: 1,
    code: "source_unavailable",
  },
  {
    note: "a redirect",
    answer: status(302, { location: "http://127.0.0.1:1/" }),
    asks: 1,
    code: "source_refused",
  },
  {
    note: "too much",
    answer: () => new Response("1".repeat(2000)),
    asks: 1,
    code: "source_too_large",
  },
  {
    note: "failure upon failure",
    answer: status(503),
    asks: 3,
    code: "source_unavailable",
  },
])("lendHttp() gives up on $note", async ({ answer, asks, code }) => {
  await withServer([answer], async (url, asked) => {
    const call = { query: { key: SECRET }, bearer: SECRET };
    await assert.rejects(
      lendHttp(QUICK).json(`${url}/${SECRET}`, call),
      (error: EngineError) =>
        error.code === code && !error.message.includes(SECRET),
    );
    assert.equal(asked.length, asks);
  });
});

Deno.test("lendHttp() does not repeat a call with a body that may have worked", async () => {
  await withServer([status(500), good], async (url, asked) => {
    await assert.rejects(lendHttp(QUICK).json(url, { body: {} }));
    assert.equal(asked.length, 1);
  });
  await withServer([status(429), good], async (url, asked) => {
    await lendHttp(QUICK).json(url, { body: {} });
    assert.equal(asked.length, 2);
  });
});

Deno.test("lendHttp() does not wait for a source that says nothing", async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    return good();
  };
  await withServer([slow], async (url) => {
    await assert.rejects(
      lendHttp({ ...QUICK, attempts: 1 }).json(url),
      { code: "source_unavailable", message: /no answer in 300 ms$/ },
    );
  });
});
