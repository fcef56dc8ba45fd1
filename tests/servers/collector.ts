/**
 * A collector that takes OTLP by HTTP and JSON, and keeps what it was sent.
 *
 * @module
 */

/** A request that it took. */
// deno-lint-ignore no-explicit-any -- bodies of any shape are looked into
export type Sent = { path: string; body: any };

/** A collector that answers as it is told. */
export function openCollector() {
  const sent: Sent[] = [];
  const collector = { status: 200, sent };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.json();
      if (collector.status === 200) {
        sent.push({ path: new URL(request.url).pathname, body });
      }
      return new Response("{}", { status: collector.status });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  return { collector, url, close: () => server.shutdown() };
}

/** All spans, in the order in which they came. */
// deno-lint-ignore no-explicit-any -- bodies of any shape are looked into
export function spansOf(sent: readonly Sent[]): any[] {
  return sent.filter(({ path }) => path === "/v1/traces").flatMap(({ body }) =>
    body.resourceSpans[0].scopeSpans[0].spans
  );
}

/** Attributes of a span. */
// deno-lint-ignore no-explicit-any -- an attribute's value is of any form
export function factsOf({ attributes }: any): Record<string, unknown> {
  return Object.fromEntries(
    // deno-lint-ignore no-explicit-any -- as above
    attributes.map(({ key, value }: any) => [key, Object.values(value)[0]]),
  );
}
