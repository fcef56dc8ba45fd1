/**
 * `moe decisions find`: records of the decision log by what they are about.
 *
 * @module
 */
import { isEntityType } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import { isLogKind, LOG_KINDS, type LogKind } from "../../domain/log_record.ts";
import type { FoundRecord } from "../../decisions/log/records/reading.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { AS, TENANT, withEngine } from "../open.ts";
import { instantOption, tenantOption, wholeNumberOption } from "../option.ts";
import { printTable } from "../terminal.ts";

const LIMIT = { otherwise: 100, least: 1, most: 10_000 };

/** Finds records. */
export const decisionsFind: Command = {
  name: "decisions find",
  about: "find decisions and their outcomes by what they are about",
  operands: [],
  options: {
    ...TENANT,
    ...AS,
    "entity*":
      "type:id, such as campaign:c-17; decision:ID for what came of a decision",
    kind: `${LOG_KINDS.join(", ")}; all unless given`,
    from: "moment from which on; the first unless given",
    until: "moment before which; the last unless given",
    limit: "records at most; 100 unless given",
    "json!": "print the records as JSON lines, masked",
    "unmasked!": "with --json, leave nothing out",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const found = await engine.decisions.many.search(tenantOption(options), {
        entities: [entityOption(options)],
        limit: wholeNumberOption(options, "limit", LIMIT),
        masked: options.unmasked !== true,
        ...kindOption(options),
        ...momentOption(options, "from"),
        ...momentOption(options, "until"),
      });
      const { line } = scope.terminal;
      if (options.json) found.forEach((one) => line(JSON.stringify(one)));
      else printFound(found).forEach(line);
      return 0;
    }),
};

function printFound(found: readonly FoundRecord[]): string[] {
  return printTable(
    [
      { heading: "seq", numeric: true },
      { heading: "at" },
      { heading: "kind" },
      { heading: "id" },
      { heading: "what" },
    ],
    found.map(({ seq, at, kind, id, record }) => [
      ...[String(seq), at, kind, id, record === null ? "erased" : say(record)],
    ]),
  );
}

interface Said {
  readonly decision?: { readonly recommendation?: Record<string, unknown> };
  readonly outcome?: { readonly kind?: string; readonly value?: string | null };
}

function say(record: unknown): string {
  const { decision, outcome } = record as Said;
  const { action, bidMicros } = decision?.recommendation ?? {};
  if (outcome !== undefined) {
    return [outcome.kind, outcome.value].filter(Boolean).join(" ");
  }
  return typeof action === "string"
    ? action
    : bidMicros === undefined
    ? ""
    : `bid ${bidMicros}`;
}

function entityOption(options: Options): string {
  const text = textOption(options, "entity", "");
  const [, type = "", id = ""] = /^([a-z_]+):(.+)$/.exec(text) ?? [];
  if (id !== "" && (type === "decision" || isEntityType(type))) return text;
  throw new EngineError(
    "request_invalid",
    `Cannot use --entity "${text}": give type:id, such as campaign:c-17`,
  );
}

function kindOption(options: Options): { readonly kind?: LogKind } {
  const text = options.kind;
  if (typeof text !== "string") return {};
  if (isLogKind(text)) return { kind: text };
  throw new EngineError(
    "request_invalid",
    `Cannot use --kind "${text}": give ${LOG_KINDS.join(", ")}`,
  );
}

/** A moment, if it is given. */
export function momentOption<N extends "from" | "until">(
  options: Options,
  name: N,
): { readonly [name in N]?: string } {
  if (options[name] === undefined) return {};
  return { [name]: instantOption(options, name, "") } as {
    [name in N]: string;
  };
}
