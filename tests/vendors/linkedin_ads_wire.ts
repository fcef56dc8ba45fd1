/**
 * What all paths of the simulated LinkedIn share.
 *
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import type { AdTruth } from "./ad_truth.ts";
import type { Gate } from "./gate.ts";

export const CONFIG = {
  accountId: "9007199254740995",
  clientId: "linkedin-client",
  clientSecret: "linkedin-client-secret",
  refreshToken: "linkedin-refresh-token",
};

/** What the paths are answered with. */
export interface LinkedinState {
  readonly truth: AdTruth;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly truncatedAt: number;
  readonly shuffle: <T>(items: readonly T[]) => T[];
  /** Access tokens, and until when they hold, milliseconds. */
  readonly tokens: Map<string, number>;
}

/** A refusal as LinkedIn words it. */
export class LinkedinError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly serviceErrorCode = 100,
  ) {
    super(message);
  }
}

/** Parameters as they were sent, not decoded: Rest.li reads its syntax before that. */
export function splitQuery(url: string): ReadonlyMap<string, string> {
  const query = new URL(url).search.slice(1);
  return new Map(
    query.split("&").filter((pair) => pair !== "").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Ids in `List(urn%3Ali%3Atype%3A1,…)`; null if the syntax is not Rest.li's. */
export function parseUrns(text: string, type: string): string[] | null {
  const [, inside] = /^List\(([^()]+)\)$/.exec(text) ?? [];
  const prefix = `urn%3Ali%3A${type}%3A`;
  const urns = inside?.split(",") ?? [];
  const sound = urns.length > 0 &&
    urns.every((urn) =>
      urn.startsWith(prefix) && /^\d+$/.test(urn.slice(prefix.length))
    );
  return sound ? urns.map((urn) => urn.slice(prefix.length)) : null;
}

/** A JSON number with exactly these digits. */
export function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}
