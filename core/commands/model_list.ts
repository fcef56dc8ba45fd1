/**
 * `moe models`, `moe models show`, `moe models history`, `moe models served`: which
 * models there are, what speaks for them, and who decided when.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Interval } from "../domain/evidence.ts";
import { ALIASES, type ModelEvent, type Roles } from "../domain/model_event.ts";
import { findBreak, rolesAt } from "../domain/model_log.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { OperatedEngine } from "../engine.ts";
import type { Command } from "./command.ts";
import { modelNameOperand, modelRefOperand } from "./model_operand.ts";
import { TENANT, withEngine } from "./open.ts";
import { instantOption, tenantOption } from "./option.ts";
import { printTable } from "./terminal.ts";

/** Lists models. */
export const models: Command = {
  name: "models",
  about: "registered models, their measures, where they stand and who decides",
  operands: [],
  options: TENANT,
  run: (scope, _operands, options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      const records = await engine.models.list(tenant);
      const roles = new Map(
        await Promise.all(
          [...new Set(records.map(({ name }) => name))].map(async (name) =>
            [name, rolesAt(await engine.models.events(tenant, name))] as const
          ),
        ),
      );
      printTable(
        HEADINGS.map((heading) => ({ heading })),
        records.map((record) => printRow(record, roles.get(record.name))),
      ).forEach(scope.terminal.line);
      return 0;
    }),
};

const HEADINGS = [
  ...["model", "family", "use", "status", "role"],
  ...["trained by", "reviewed by", "metrics"],
];

function printRow(record: ModelRecord, roles?: Roles): string[] {
  return [
    printModelRef(record),
    record.family,
    record.use.kind,
    record.status,
    roles === undefined ? "" : roleOf(record, roles),
    record.createdBy,
    record.reviewedBy ?? "",
    Object.entries(record.metrics).slice(0, 3)
      .map(([name, value]) => `${name} ${value.toPrecision(3)}`)
      .join(", "),
  ];
}

function roleOf({ version }: ModelRecord, roles: Roles): string {
  return ALIASES.filter((alias) => roles[alias] === version).join(", ");
}

/** Shows one version. */
export const modelsShow: Command = {
  name: "models show",
  about: "one version: where it came from, its measures and their intervals",
  operands: ["NAME@VERSION"],
  options: TENANT,
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      const ref = modelRefOperand(text);
      const record = await engine.models.find(tenant, ref);
      if (record === null) {
        throw new EngineError(
          "not_found",
          `Cannot find model "${text}": no such version`,
        );
      }
      const evidence = await engine.models.evidence(tenant, ref);
      const roles = rolesAt(await engine.models.events(tenant, ref.name));
      const { line } = scope.terminal;
      printRecord(record, roles).forEach(line);
      printMetrics(record.metrics, evidence.intervals).forEach(line);
      for (const { metric, value, bound, limit, holds } of evidence.gates) {
        const measured = value === null ? "not measured" : `${value}`;
        line(
          `gate ${metric} ${bound} ${limit}: ${measured}, ${
            holds ? "holds" : "does not hold"
          }`,
        );
      }
      for (const { code, text } of evidence.findings) line(`${code}: ${text}`);
      return 0;
    }),
};

function printRecord(record: ModelRecord, roles: Roles): string[] {
  const { lineage } = record;
  const facts: readonly (readonly [string, string])[] = [
    ["model", printModelRef(record)],
    ["family", record.family],
    ["use", record.use.kind],
    ["unit", record.unit],
    ["status", record.status],
    ["role", roleOf(record, roles)],
    ["trained by", `${record.createdBy} at ${record.createdAt}`],
    ["reviewed by", `${record.reviewedBy ?? ""} ${record.reviewedAt ?? ""}`],
    ["trained on", `${lineage.rows} rows as of ${lineage.asOf}`],
    ["views", lineage.views.join(", ")],
    ["inputs", record.schema.inputs.map(({ name }) => name).join(", ")],
    ["data hash", lineage.datasetHash],
    ["artifact", `${record.artifactKind} ${record.artifactHash}`],
  ];
  return facts.map(([name, told]) => `${name.padEnd(12)} ${told}`.trimEnd());
}

function printMetrics(
  metrics: ModelRecord["metrics"],
  intervals: Readonly<Record<string, Interval>>,
): string[] {
  return printTable(
    [
      { heading: "metric" },
      { heading: "value", numeric: true },
      { heading: "90 % interval", numeric: true },
    ],
    Object.entries(metrics).map(([name, value]) => {
      const ends = intervals[name]?.map((end) => end.toPrecision(5));
      return [name, value.toPrecision(5), ends?.join(" to ") ?? ""];
    }),
  );
}

/** Reads the log of a model. */
export const modelsHistory: Command = {
  name: "models history",
  about: "what happened to a model: registered, judged, proposed, assigned",
  operands: ["NAME"],
  options: {
    ...TENANT,
    "verify!": "check that the log is as it was written",
  },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine }) => {
      const tenant = tenantOption(options);
      const name = modelNameOperand(text);
      const events = await knownEvents(engine, tenant, name);
      printTable(
        ["seq", "at", "what", "by", "reason"].map((heading) => ({ heading })),
        events.map((event) => [
          `${event.seq}`,
          event.at,
          printEvent(event),
          event.by,
          event.reason,
        ]),
      ).forEach(scope.terminal.line);
      if (options.verify !== true) return 0;
      const broken = findBreak(tenant, events);
      const last = events.at(-1);
      scope.terminal.line(
        broken === null
          ? `${name}: ${events.length} entries, the chain holds, ends at ${last?.seq}:${last?.hash}`
          : `${name}: the chain is broken at ${broken.seq}: an entry was ${broken.kind}`,
      );
      return broken === null ? 0 : 1;
    }),
};

/** Prints what happened, without who and when. */
export function printEvent(
  { name, kind, version, alias, settles }: ModelEvent,
): string {
  const ref = version === null ? "none" : printModelRef({ name, version });
  const role = alias === null ? "" : ` as ${alias}`;
  return `${kind} ${ref}${role}${settles === null ? "" : ` (${settles})`}`;
}

/** Says who decided at a moment. */
export const modelsServed: Command = {
  name: "models served",
  about: "which version of a model had which role at a moment",
  operands: ["NAME"],
  options: { ...TENANT, at: "the moment; now unless given" },
  run: (scope, [text = ""], options) =>
    withEngine(scope, async ({ engine, clock }) => {
      const tenant = tenantOption(options);
      const name = modelNameOperand(text);
      const at = instantOption(options, "at", clock.now());
      const roles = rolesAt(await knownEvents(engine, tenant, name), at);
      for (const alias of ALIASES) {
        const version = roles[alias];
        const told = version === null
          ? "none"
          : printModelRef({ name, version });
        scope.terminal.line(`${alias.padEnd(10)}  ${told}`);
      }
      return 0;
    }),
};

async function knownEvents(
  { models }: OperatedEngine,
  tenant: string,
  name: string,
): Promise<readonly ModelEvent[]> {
  const events = await models.events(tenant, name);
  if (events.length > 0) return events;
  throw new EngineError(
    "not_found",
    `Cannot find model "${name}": the tenant has none by that name`,
  );
}
