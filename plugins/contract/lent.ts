/**
 * What plugins are lent in place of what they must not take.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";

/** Anything that turns unknown input into a T or throws; a zod schema is one. */
export interface Schema<T> {
  /** Returns the parsed value, or throws an error that names the field. */
  parse(value: unknown): T;
}

/** Tells how far a long run is; `share` in [0, 1] or null if unknown. */
export type Report = (step: string, share: number | null) => void;

/** One call over HTTP, to a host that the connector declared. */
export interface HttpCall {
  /** Method; GET without a body, POST with one. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Query parameters, percent-encoded; what must stay as it is goes into the URL. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers beyond the bearer's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token; never logged. */
  readonly bearer?: string;
  /** Send the access token that the connector's `renew` gave, renewed when it has expired. */
  readonly signedIn?: boolean;
  /** JSON body; the bytes sent are those of `JSON.stringify`, so that they can be signed. */
  readonly body?: unknown;
  /** Form body, as token endpoints want it. */
  readonly form?: Readonly<Record<string, string>>;
  /**
   * Whether it only reads, so that it may be repeated after any passing failure;
   * calls without a body are, others are not unless it is said here.
   */
  readonly safe?: boolean;
}

/**
 * HTTP as lent to a connector: https, declared hosts, time limit, retries, and no
 * faster than the source's quota allows.
 */
export interface HttpClient {
  /**
   * Asks for JSON. Integers above 2^53 come as text, so that ids stay whole.
   *
   * @throws {EngineError} `source_unavailable` when retries are used up,
   * `source_throttled` when the wait is too long, `source_too_large` when less must
   * be asked for, `source_refused` when asking again will not help.
   */
  json(url: string, call?: HttpCall): Promise<unknown>;
  /**
   * Asks for text, such as CSV.
   *
   * @throws {EngineError} As `json`.
   */
  text(url: string, call?: HttpCall): Promise<string>;
}

/** Files as lent to a connector: only those that the operator named. */
export interface FileAccess {
  /** Streams a file's bytes in chunks; `-` is standard input where it was named. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** Replaces a file as a whole: readers see the old or the new, never half. */
  write(path: string, text: string): Promise<void>;
  /** Reads a whole small file; null if there is none. */
  text(path: string): Promise<string | null>;
}

/** What every call of a connector is lent. */
export interface Lent<C> {
  /** Parsed configuration, secrets included. */
  readonly config: C;
  /** Lent HTTP. */
  readonly http: HttpClient;
  /** Lent files. */
  readonly files: FileAccess;
  /** The present. */
  readonly now: Instant;
}
