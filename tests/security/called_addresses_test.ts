/**
 * A host is called at the addresses that were looked at, whatever its name stands for a
 * moment later; all that HTTP then does is as `fetch` does it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { callerOf } from "../../core/commands/lend.ts";
import { callAt } from "../../core/signals/lend/call_at.ts";
import { lendHttp } from "../../core/signals/lend/http.ts";
import { createCa, needingOpenssl } from "../servers/certificates.ts";

/** Serves, and counts who comes. */
async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  work: (port: number, arrived: () => number) => Promise<void>,
): Promise<void> {
  let arrived = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      arrived += 1;
      return answer(request);
    },
  );
  try {
    await work(server.addr.port, () => arrived);
  } finally {
    await server.shutdown();
  }
}

/** Answers each connection with bytes, and ends it. */
async function withBytes(
  bytes: string,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(bytes));
      connection.close();
    }
  })();
  try {
    await work(listener.addr.port);
  } finally {
    listener.close();
    await serving;
  }
}

const HERE = ["127.0.0.1"];

const persistence = {
  pause: () => Promise.resolve(),
  guard: <T>(_host: string, work: () => Promise<T>) => work(),
};

/** What a process of its own prints that calls. */
async function called(
  url: string,
  { addresses, named = false, flags = [] }: {
    readonly addresses: readonly string[];
    readonly named?: boolean;
    readonly flags?: readonly string[];
  },
): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-read", ...flags],
      ...["tests/security/pinned_call.ts", url],
      ...[named ? "named" : "unnamed", ...addresses],
    ],
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("a name that was outside when it was looked at is not called inside", async () => {
  await withServer(() => new Response("secret"), async (port, arrived) => {
    // The machine itself takes this name for its own.
    const told = await called(`http://localhost:${port}/`, {
      addresses: ["192.88.98.1"],
      flags: ["--allow-net", "--deny-net=192.88.98.1"],
    });
    assert.match(told, /192\.88\.98\.1/);
    assert.equal(arrived(), 0);
  });
});

Deno.test.each(["http://192.88.98.1:9/", "https://192.88.98.1:9/"])(
  "an address that the process may not reach, %s, ends the call and no more",
  async (url) => {
    await assert.rejects(callerOf([])(new Request(url)), TypeError);
    const two = ["192.88.98.1", "192.88.98.2"];
    await assert.rejects(callAt(new Request(url), two), TypeError);
  },
);

Deno.test("a name is called at what was found, and stays the name", async () => {
  const seen: unknown[] = [];
  await withServer(async (request) => {
    const { method, url, headers } = request;
    const { searchParams } = new URL(url);
    const host = headers.get("host")?.replace(/:\d+$/, "");
    seen.push([method, host, searchParams.get("q"), await request.text()]);
    return Response.json({ told: headers.get("x-told") });
  }, async (port) => {
    const call = callerOf(
      ["vendor.example"],
      () => Promise.resolve(["127.0.0.1"]),
    );
    const url = `http://vendor.example:${port}/a?q=1+2`;
    const headers = { "x-told": "yes" };
    const got = await call(new Request(url, { headers }));
    assert.deepEqual(await got.json(), { told: "yes" });
    await (await call(
      new Request(url, { method: "POST", body: "words", headers }),
    )).body?.cancel();
    await (await call(new Request(url, { method: "PUT" }))).body?.cancel();
  });
  assert.deepEqual(seen, [
    ["GET", "vendor.example", "1 2", ""],
    ["POST", "vendor.example", "1 2", "words"],
    ["PUT", "vendor.example", "1 2", ""],
  ]);
});

Deno.test("an answer sent packed is read, and one without a body", async () => {
  const large = "row,".repeat(100_000);
  await withServer(({ url, headers }) => {
    if (url.endsWith("/none")) return new Response(null, { status: 204 });
    assert.equal(headers.get("accept-encoding"), "gzip");
    const packed = { "content-encoding": "gzip", "x-a": "1" };
    return new Response(new Uint8Array(gzipSync(large)), { headers: packed });
  }, async (port) => {
    const url = `http://vendor.example:${port}`;
    const packed = await callAt(new Request(`${url}/packed`), HERE);
    assert.equal(packed.headers.get("x-a"), "1");
    assert.equal(packed.headers.get("content-encoding"), null);
    assert.equal(await packed.text(), large);
    const none = await callAt(new Request(`${url}/none`), HERE);
    assert.deepEqual([none.status, none.body], [204, null]);
  });
});

Deno.test("an answer that nobody reads lets its connection go", async () => {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const endless = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (body) => body.enqueue(new Uint8Array(65_536)),
      cancel: () => resolve(),
    });
  await withServer(() => new Response(endless()), async (port) => {
    const answer = await callAt(new Request(`http://a.example:${port}/`), HERE);
    await answer.body?.cancel();
    await gone;
  });
});

Deno.test.each(["gzip", "identity"])(
  "an answer that is too large, %s, is given up, and that is all",
  async (encoding) => {
    const zeros = new Uint8Array(4_000_000);
    const sent = encoding === "gzip" ? gzipSync(zeros) : zeros;
    const headers = { "content-encoding": encoding };
    await withServer(() => {
      let left = 20;
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull: (body) =>
          left-- > 0 ? body.enqueue(new Uint8Array(sent)) : body.close(),
      });
      return new Response(body, { headers });
    }, async (port) => {
      const http = lendHttp({
        ...{ hosts: [], loopback: true, persistence, fetch: callerOf([]) },
        maxBytes: 1_000_000,
      });
      const call = http.text(`http://127.0.0.1:${port}/`);
      await assert.rejects(call, { code: "source_too_large" });
    });
  },
);

Deno.test.each([
  "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc",
  "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
  "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f",
  "HTTP/1.1 200",
  "nonsense\r\n\r\n",
  "",
])("an answer that breaks off, %j, is none", async (bytes) => {
  await withBytes(bytes, async (port) => {
    const request = new Request(`http://vendor.example:${port}/`);
    await assert.rejects(async () =>
      await (await callAt(request, HERE)).text()
    );
  });
});

Deno.test.each(["answer", "rest"])(
  "a call whose %s does not come ends when it is given up",
  async (what) => {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const waiting = async () => {
      if (what === "answer") await over;
      return new Response(
        new ReadableStream({
          start: (body) => body.enqueue(new TextEncoder().encode("some")),
          cancel: () => {},
        }),
      );
    };
    await withServer(waiting, async (port) => {
      const signal = AbortSignal.timeout(100);
      const url = `http://vendor.example:${port}/`;
      await assert.rejects(
        async () =>
          await (await callAt(new Request(url, { signal }), HERE)).text(),
        { name: "TimeoutError" },
      );
      resolve();
    });
  },
);

Deno.test({
  ...needingOpenssl(
    "over TLS the certificate is for the name, of a CA that counts",
  ),
  fn: async () => {
    await using ca = await createCa();
    const { cert, key } = await ca.issue("vendor.example");
    const server = Deno.serve({
      ...{ hostname: "127.0.0.1", port: 0, onListen: () => {} },
      ...{ cert, key },
    }, ({ headers }) => new Response(headers.get("host")));
    const { port } = server.addr;
    const call = (name: string, trusted: boolean) =>
      called(`https://${name}:${port}/`, {
        // The first does not answer, and is passed over.
        addresses: ["127.0.0.2", "127.0.0.1"],
        named: true,
        flags: [
          ...(trusted ? ["--cert", ca.certFile] : []),
          "--allow-net=127.0.0.1,127.0.0.2",
        ],
      });
    try {
      const [known, other, untrusted] = await Promise.all([
        call("vendor.example", true),
        call("other.example", true),
        call("vendor.example", false),
      ]);
      assert.equal(known, `vendor.example:${port}`);
      assert.match(other ?? "", /altnames/);
      assert.match(untrusted ?? "", /certificate/);
    } finally {
      await server.shutdown();
    }
  },
});
