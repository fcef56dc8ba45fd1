/**
 * Scores batches off the main thread, which ONNX Runtime would hold. One at a time.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { ModelPorts } from "../domain/model_ports.ts";
import { type EncodedRows, type Runtime, startRuntime } from "./runtime.ts";

/** What the worker is asked. */
export type ScoreRequest =
  | {
    readonly kind: "open";
    readonly key: string;
    readonly onnx: Uint8Array;
    readonly ports: ModelPorts;
  }
  | {
    readonly kind: "run";
    readonly key: string;
    readonly encoded: EncodedRows;
  }
  | { readonly kind: "drop"; readonly key: string }
  | { readonly kind: "close" };

/** What it answers: scores, or null where none were asked for; or what went wrong. */
export type ScoreAnswer =
  | { readonly scores: Float64Array | null }
  | { readonly error: string };

const loaded = new Map<string, Runtime>();

async function answer(request: ScoreRequest): Promise<Float64Array | null> {
  switch (request.kind) {
    case "open":
      loaded.set(
        request.key,
        await startRuntime(request.onnx, request.ports),
      );
      return null;
    case "run": {
      const runtime = loaded.get(request.key);
      if (runtime === undefined) throw new TypeError("The model is not open");
      return await runtime.run(request.encoded);
    }
    case "drop": {
      const runtime = loaded.get(request.key);
      loaded.delete(request.key);
      await runtime?.release();
      return null;
    }
    case "close":
      await Promise.all([...loaded.values()].map((one) => one.release()));
      loaded.clear();
      return null;
  }
}

self.onmessage = async ({ data }: MessageEvent<ScoreRequest>) => {
  let told: ScoreAnswer;
  try {
    told = { scores: await answer(data) };
  } catch (error) {
    told = { error: error instanceof Error ? error.message : "It failed" };
  }
  self.postMessage(told);
};
