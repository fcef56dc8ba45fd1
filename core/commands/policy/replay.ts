/**
 * `moe policy replay`: what proposed policies would have done to past decisions.
 *
 * @module
 */
import { barChart } from "../../charts/bar_chart.ts";
import type { Impact } from "../../decisions/policy_replay/impact.ts";
import {
  readRecordsSince,
  replayPolicies,
} from "../../decisions/policy_replay/replay_policies.ts";
import { DAY_MS } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import { loadPolicies } from "../../verdicts/document/load.ts";
import type { PolicySet } from "../../verdicts/judge/policy_set.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { readPolicies } from "../files.ts";
import { type Opened, TENANT, withEngine } from "../open.ts";
import { tenantOption, wholeNumberOption } from "../option.ts";
import { writeCharts } from "../write_charts.ts";
import { printImpact } from "./print_impact.ts";
import { readRecordFile } from "./record_file.ts";

const SAMPLES = { otherwise: 10, least: 0, most: 1000 };
const DAYS = /^\d{1,4}$/;
const MOST_BARS = 20;

/** Runs a proposed set against past decisions. */
export const policyReplay: Command = {
  name: "policy replay",
  about: "say what proposed policies would have done to past decisions",
  operands: [],
  options: {
    ...TENANT,
    "against*":
      "days of the log to go back, or a file of logged records (JSON lines)",
    set: "folder of the proposed policies; MOE_POLICIES unless given",
    before:
      'folder of policies to compare with, or "active"; what was decided unless given',
    samples: "flips to show; 10 unless given",
    chart: "folder for a chart of flips by rule",
    "json!": "print all that was found as JSON",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async (opened) => {
      const { terminal, configuration } = scope;
      const folder = textOption(options, "set", configuration.policiesFolder);
      const tenant = tenantOption(options);
      const { stores, engine } = opened;
      let unread = 0;
      const impact = await replayPolicies(
        stores.models,
        {
          tenant,
          after: await readSet(folder),
          before: await findBefore(textOption(options, "before", ""), () =>
            engine.policies(tenant)),
          samples: wholeNumberOption(options, "samples", SAMPLES),
        },
        recordsOf(opened, options, {
          report: (share) =>
            terminal.progress("replay", share),
          unread: () => unread++,
        }),
      );
      terminal.done();
      if (unread > 0) {
        terminal.warn(
          `${unread} decisions of the file are not among them: they are sealed in it, or were erased`,
        );
      }
      if (options.json) terminal.line(JSON.stringify(impact, null, 2));
      else printImpact(impact).forEach(terminal.line);
      const charts = textOption(options, "chart", "");
      if (charts !== "") await drawFlips(charts, impact);
      return 0;
    }),
};

async function readSet(folder: string): Promise<PolicySet> {
  return loadPolicies(await readPolicies(folder));
}

async function findBefore(
  named: string,
  active: () => PolicySet,
): Promise<PolicySet | null> {
  if (named === "") return null;
  return named === "active" ? active() : await readSet(named);
}

function recordsOf(
  { stores, clock }: Opened,
  options: Options,
  { report, unread }: {
    report(share: number): void;
    unread(): void;
  },
) {
  const against = textOption(options, "against", "");
  const tenant = tenantOption(options);
  if (!DAYS.test(against)) return readRecordFile(against, tenant, unread);
  const days = Number(against);
  if (days === 0) {
    throw new EngineError(
      "request_invalid",
      'Cannot replay against "0": give at least one day, or a file',
    );
  }
  const since = new Date(Date.parse(clock.now()) - days * DAY_MS)
    .toISOString();
  return readRecordsSince(stores.log, { tenant, since, report });
}

async function drawFlips(folder: string, { by }: Impact): Promise<void> {
  const bars = by.rule.slice(0, MOST_BARS).map(({ key, flips }) => ({
    name: key,
    value: flips,
  }));
  const svg = barChart({
    title: "Decisions that come out otherwise, by rule",
    label: "decisions",
    bars,
  });
  await writeCharts(folder, new Map([["policy_replay", svg]]), "chart");
}
