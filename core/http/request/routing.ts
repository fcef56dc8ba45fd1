/**
 * Finds the route of a request, or says which methods its path has. Routes whose path is
 * fixed, as those that are asked most, are found by it as it came; Hono finds the others.
 *
 * @module
 */
import { Hono } from "hono";
import { HonoRequest } from "hono/request";
import { EngineError } from "../../domain/error.ts";
import { Exchange } from "./exchange.ts";
import { serve, type ServeScope } from "./serve.ts";
import type { Endpoint } from "../routes/endpoint.ts";

/** Names, addresses and ports, or nothing. */
const HOST = /^[\w.:[\]%~-]*$/;

/**
 * Makes what answers requests.
 *
 * @param endpoints Every route.
 * @param scope What they are served with.
 * @returns What answers; it never throws.
 */
export function createRouting(
  endpoints: readonly Endpoint[],
  scope: ServeScope,
): (request: Request) => Response | Promise<Response> {
  const fixed = new Map(
    endpoints.filter(({ path }) => !path.includes("{")).map((endpoint) => [
      `${endpoint.method.toUpperCase()} ${endpoint.path}`,
      endpoint,
    ]),
  );
  const others = openHono(endpoints, scope);
  return (request) => {
    if (!hasHost(request)) return noRequest();
    const path = sentPathOf(request.url);
    const endpoint = fixed.get(`${request.method} ${path}`);
    return endpoint === undefined
      ? others.fetch(request)
      : serve(new HonoRequest(request, path), endpoint, scope);
  };
}

function openHono(endpoints: readonly Endpoint[], scope: ServeScope): Hono {
  const app = new Hono();
  for (const endpoint of endpoints) {
    app.on(
      endpoint.method.toUpperCase(),
      endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      ({ req }) => serve(req, endpoint, scope),
    );
  }
  app.notFound(({ req }) => {
    const exchange = new Exchange(req, "none", scope);
    const allowed = allowedMethods(endpoints, req.path);
    return allowed.length === 0
      ? exchange.fail(noRoute())
      : exchange.fail(wrongMethod(allowed), { allow: allowed.join(", ") });
  });
  app.onError((error, { req }) => new Exchange(req, "none", scope).fail(error));
  return app;
}

/**
 * Servers put the header `Host` in front of the path as it came: one that holds a path is
 * refused, as whoever stands in front judged the request by another.
 */
function hasHost({ headers }: Request): boolean {
  return HOST.test(headers.get("host") ?? "");
}

function noRequest(): Response {
  return new Response(null, { status: 400, headers: { connection: "close" } });
}

/** Neither decoded nor made shorter; without the query. */
function sentPathOf(url: string): string {
  const start = url.indexOf("/", "https://".length);
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

function allowedMethods(
  endpoints: readonly Endpoint[],
  path: string,
): readonly string[] {
  const methods = endpoints.filter((endpoint) => {
    const pattern = endpoint.path.replaceAll(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(path);
  }).flatMap(({ method }) =>
    method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]
  );
  return [...new Set(methods)].sort();
}

function noRoute(): EngineError {
  return new EngineError(
    "not_found",
    'Cannot find route: see "/docs" for those there are',
  );
}

function wrongMethod(allowed: readonly string[]): EngineError {
  return new EngineError(
    "method_not_allowed",
    `Cannot use this method here: send ${allowed.join(" or ")}`,
  );
}
