/**
 * `moe pseudonym`: by which ids the engine knows people. Identifiers come on standard
 * input, because arguments end up in shells' histories and in lists of processes.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import {
  pseudonymize,
  pseudonymizeId,
  type Pseudonyms,
} from "../signals/pseudonym.ts";
import type { Identifier } from "../signals/telling_names.ts";
import { type Command, type Options, textOption } from "./command.ts";
import { openIdentities } from "./identity_key.ts";
import { TENANT, withEngine } from "./open.ts";
import { tenantOption } from "./option.ts";

const KINDS: readonly Identifier[] = ["email", "phone", "ip"];

/** Prints pseudonyms. */
export const pseudonym: Command = {
  name: "pseudonym",
  about:
    "pseudonyms of e-mail and IP addresses and phone numbers, one a line on standard input",
  operands: [],
  options: {
    ...TENANT,
    kind:
      "what every line is: email, phone or ip; by its form unless given, and plain digits have none",
    "json!": "print JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ stores }) => {
      const { terminal, configuration } = scope;
      const kind = kindOption(options);
      const identities = await openIdentities(configuration, stores);
      const pseudonyms = await identities(tenantOption(options));
      const lines = splitLines(await new Response(Deno.stdin.readable).text());
      const printed = lines.map((line) => pseudonymOf(line, kind, pseudonyms));
      if (options.json) terminal.line(JSON.stringify(printed, null, 2));
      else printed.forEach(terminal.line);
      const same = lines.filter((line, at) =>
        line !== "" && line === printed[at]
      );
      if (same.length > 0) {
        terminal.warn(
          `${same.length} of ${lines.length} lines stay as they are: they are pseudonyms, or hold no identifier by their form; --kind says what they are`,
        );
      }
      return 0;
    }),
};

/**
 * The id under which a person is kept.
 *
 * @param line An identifier as a source, or a caller, spells it.
 * @param kind What it is; by its form for null, as in an id.
 * @param pseudonyms The tenant's.
 * @returns The pseudonym; the line itself if there is no identifier in it.
 */
export function pseudonymOf(
  line: string,
  kind: Identifier | null,
  pseudonyms: Pseudonyms,
): string {
  if (line === "") return line;
  return kind === null
    ? pseudonymizeId(line, pseudonyms)
    : pseudonymize(kind, line, pseudonyms);
}

/**
 * Splits a text into lines.
 *
 * @param text As it was typed, piped or exported.
 * @returns Lines without their ends; empty ones stay, so that places are kept.
 */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function kindOption(options: Options): Identifier | null {
  if (options.kind === undefined) return null;
  const given = textOption(options, "kind", "");
  const kind = KINDS.find((one) => one === given);
  if (kind) return kind;
  throw new EngineError(
    "request_invalid",
    `Cannot use --kind "${given}": give ${KINDS.join(", ")}`,
    { facts: { option: "kind" } },
  );
}
