/**
 * Roles of models as a kind of change: subject `model:<name>/<role>`, content
 * `{"version":<number>}`. Which decisions come out otherwise no machine can prove, so
 * every such change is `mixed`.
 *
 * @module
 */
import type { EvidenceItem } from "../domain/change.ts";
import { ALIASES } from "../domain/model_event.ts";
import { parseModelContent, parseModelSubject } from "../domain/model_role.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { ChangeAdapter, Findings, Scope } from "../ports/governance.ts";
import type { ModelRegistry } from "../ports/models.ts";
import { printGate } from "./gates.ts";

/** Registered versions, as far as judging a change needs them. */
export type JudgedModels = Pick<ModelRegistry, "find" | "evidence">;

/** Judges changes of models' roles. */
export function createModelAdapter(models: JudgedModels): ChangeAdapter {
  return {
    kind: "model",
    measured: true,
    requires: ["approval", "gates", "measures"],
    check: (content, _base, { subject, scope }) =>
      findOut(models, { content, subject, scope }),
    recheck: () => Promise.resolve([]),
    merge: (content) => content,
  };
}

interface Asked {
  readonly content: string;
  readonly subject: string;
  readonly scope: Scope;
}

async function findOut(
  models: JudgedModels,
  { content, subject, scope }: Asked,
): Promise<Findings> {
  const role = parseModelSubject(subject);
  const version = parseModelContent(content);
  if (scope === null) return refuse("models are a tenant's; name the tenant");
  if (role === null) {
    return refuse(`"${subject}" names no role: ${ALIASES.join(", ")}`);
  }
  if (version === null) {
    return refuse('the content is not {"version":<number>}');
  }
  const ref = { name: role.name, version };
  const record = await models.find(scope, ref);
  if (record === null) {
    return refuse(`there is no version "${printModelRef(ref)}"`);
  }
  const { gates } = await models.evidence(scope, ref);
  const failed = gates.filter(({ holds }) => !holds).map(printGate);
  return {
    ...FOUND,
    items: [
      judgeApproval(record),
      {
        ...{ name: "gates", passed: failed.length === 0 },
        summary: failed[0] ?? `${gates.length} thresholds hold`,
        report: gates.map(printGate),
      },
      judgeMeasures(record),
    ],
    problems: [],
  };
}

const FOUND: Omit<Findings, "items" | "problems"> = {
  class: "mixed",
  proven: true,
  owners: [],
  guardians: [],
};

function refuse(problem: string): Findings {
  return { ...FOUND, items: [], problems: [problem] };
}

function judgeApproval(record: ModelRecord): EvidenceItem {
  const ref = printModelRef(record);
  const passed = record.status === "approved";
  return {
    ...{ name: "approval", passed },
    summary: passed
      ? `${record.reviewedBy} approved ${ref}`
      : `${ref} is ${record.status}; a person lets it serve with "moe models approve ${ref} --role none"`,
  };
}

function judgeMeasures({ metrics }: ModelRecord): EvidenceItem {
  const measured = Object.entries(metrics).map(([name, value]) =>
    `${name} ${Number(value.toPrecision(5))}`
  );
  return {
    ...{ name: "measures", passed: measured.length > 0 },
    summary: measured.length > 0
      ? measured.slice(0, 3).join(", ")
      : "nothing was measured on data that it had not seen",
    report: metrics,
  };
}
