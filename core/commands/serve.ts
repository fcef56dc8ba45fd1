/**
 * `moe serve`: answers over HTTP until it is told to stop, then drains.
 *
 * @module
 */
import { createApp } from "../http/app.ts";
import type { Command, CommandScope } from "./command.ts";
import { type Opened, openEngine, VERSION } from "./open.ts";

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Stops accepting, lets running requests end, and closes the engine. */
  stop(): Promise<void>;
}

/** Serves. */
export const serve: Command = {
  name: "serve",
  about: "answer over HTTP; on loopback unless MOE_HOST says otherwise",
  operands: [],
  options: { port: "port; MOE_PORT or 8080 unless given" },
  async run(scope, _operands, options) {
    const opened = await openEngine(scope.configuration);
    const listening = listen(scope, opened, {
      port: typeof options.port === "string"
        ? Number(options.port)
        : scope.configuration.port,
    });
    scope.terminal.line(`listening on ${listening.url}`);
    await untilTold();
    scope.terminal.warn("stopping: running requests may end");
    await listening.stop();
    return 0;
  },
};

/**
 * Starts listening.
 *
 * @param scope Where to listen, and where access logs go (standard error, one JSON line each).
 * @param opened The engine; closed when the server stops.
 * @param options Port, 0 for any; whether to log requests.
 * @returns The server.
 */
export function listen(
  { configuration, terminal }: CommandScope,
  opened: Opened,
  options: { readonly port: number; readonly quiet?: boolean },
): Listening {
  const app = createApp(opened.engine, {
    version: VERSION,
    log: (line) =>
      options.quiet ? undefined : terminal.warn(JSON.stringify(line)),
  });
  const server = Deno.serve(
    { hostname: configuration.host, port: options.port, onListen: () => {} },
    app.fetch,
  );
  return {
    url: `http://${configuration.host}:${server.addr.port}`,
    async stop() {
      await server.shutdown();
      await opened.close();
    },
  };
}

/** Resolves at the first SIGINT or SIGTERM. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    function stop(): void {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
      resolve();
    }
    for (const signal of signals) Deno.addSignalListener(signal, stop);
  });
}
