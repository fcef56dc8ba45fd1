/**
 * A destination under test: on its simulated vendor, or on recorded answers and files
 * in memory; and what becomes of one of its calls.
 *
 * @module
 */
import {
  type Connector,
  type Destination,
  EngineError,
  type FileAccess,
  type HttpClient,
  type Lent,
  type Setting,
} from "../contract.ts";
import { recordHttp, rememberFiles } from "./lent.ts";
import { type ConnectorSample, nowOf } from "./sample.ts";
import { targetsOf } from "./setting_writes.ts";
import { openVendor } from "./vendor_run.ts";

/**
 * - `lost`: the call has its effect, and its answer never comes;
 * - `refused`: the call has none.
 */
export type Mishap = "lost" | "refused";

/** A destination and what it is lent. */
export interface DestinationStage {
  readonly scope: Lent<unknown>;
  /** Calls so far: over HTTP, and files written. */
  calls(): number;
  /** Plays a mishap at the call with this number, counted from 0 on from now. */
  breakAt(call: number, mishap: Mishap): void;
  /** Lets calls be again. */
  mend(): void;
  /** What is held now, in the order of the settings. */
  read(settings: readonly Setting[]): Promise<readonly Setting[]>;
}

/** Opens a destination anew. */
export function openStage(
  connector: Connector,
  destination: Destination<unknown>,
  sample: ConnectorSample,
): DestinationStage {
  const stage = sample.vendor
    ? stageVendor(connector, { ...sample, vendor: sample.vendor })
    : stageMemory(connector, sample);
  return {
    ...stage,
    read: (settings) => destination.read(stage.scope, targetsOf(settings)),
  };
}

type Stage = Omit<DestinationStage, "read">;

function stageVendor(
  connector: Connector,
  sample: Parameters<typeof openVendor>[1],
): Stage {
  const { lent, calls, intercept } = openVendor(connector, sample);
  return {
    scope: lent,
    calls: () => calls.length,
    breakAt(call, mishap) {
      const at = calls.length + call;
      const played = mishap === "lost" ? "unanswered" : "refused";
      intercept((number) => number === at ? played : null);
    },
    mend: () => intercept(() => null),
  };
}

function stageMemory(connector: Connector, sample: ConnectorSample): Stage {
  const { config, files, answer } = sample;
  let calls = 0;
  let broken: { readonly at: number; readonly mishap: Mishap } | null = null;
  async function play<T>(run: () => Promise<T>): Promise<T> {
    const mishap = broken?.at === calls++ ? broken.mishap : null;
    if (mishap === "refused") throw failure();
    const result = await run();
    if (mishap === "lost") throw failure();
    return result;
  }
  return {
    scope: {
      config: connector.config.parse(structuredClone(config)),
      files: playFiles(rememberFiles(files), play),
      http: playHttp(recordHttp(answer), play),
      now: nowOf(sample),
    },
    calls: () => calls,
    breakAt: (call, mishap) => void (broken = { at: calls + call, mishap }),
    mend: () => void (broken = null),
  };
}

type Play = <T>(run: () => Promise<T>) => Promise<T>;

function playFiles(files: FileAccess, play: Play): FileAccess {
  return {
    ...files,
    write: (path, text) => play(() => files.write(path, text)),
  };
}

function playHttp(http: HttpClient, play: Play): HttpClient {
  return {
    json: (url, call) => play(() => http.json(url, call)),
    text: (url, call) => play(() => http.text(url, call)),
  };
}

function failure(): EngineError {
  return new EngineError(
    "source_unavailable",
    "Cannot reach destination: the kit plays a failure",
  );
}
