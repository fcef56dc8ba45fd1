/**
 * Errors of the simulated Graph API, in its words.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling, read on 2026-11-26
 * @module
 */

/** What an error says beside its message. */
export interface GraphError {
  readonly code: number;
  readonly subcode?: number;
  readonly type?: string;
  readonly title?: string;
  readonly isTransient?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of the Graph API. */
export class GraphFault extends Error {
  /** What it says. */
  readonly told: GraphError;

  /**
   * Makes a refusal.
   *
   * @param message Meta's message.
   * @param told What else it says.
   */
  constructor(message: string, told: GraphError) {
    super(message);
    this.told = told;
  }
}

/** A parameter that is wrong. */
export function invalid(message: string): GraphFault {
  return new GraphFault(message, { code: 100 });
}

/** Prints the body of an error. */
export function printError({ message, told }: GraphFault): unknown {
  const { code, subcode, title, type = "OAuthException" } = told;
  return {
    error: {
      message,
      type,
      code,
      ...(subcode !== undefined && { error_subcode: subcode }),
      is_transient: told.isTransient ?? false,
      ...(title !== undefined &&
        { error_user_title: title, error_user_msg: `${title}.` }),
      fbtrace_id: "AbCdEfGhIjKlMnOpQrStUvW",
    },
  };
}
