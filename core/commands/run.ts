/**
 * Finds the command that the words name, and runs it.
 *
 * @module
 */
import { actAsked } from "./acts.ts";
import { EngineError } from "../domain/error.ts";
import { type Command, type CommandScope, parseArguments } from "./command.ts";

/** Each command, loaded when it is called: what it needs, no other pays for. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  "demo": async () => (await import("./demo/demo.ts")).demo,
  "serve": async () => (await import("./serve.ts")).serve,
  "ingest": async () => (await import("./ingest.ts")).ingest,
  "sync": async () => (await import("./sync.ts")).syncCommand,
  "backfill": async () => (await import("./sync.ts")).backfillCommand,
  "sources": async () => (await import("./sources.ts")).sources,
  "stream": async () => (await import("./stream.ts")).stream,
  "pseudonym": async () => (await import("./pseudonym.ts")).pseudonym,
  "dead-letters": async () => (await import("./dead_letters.ts")).deadLetters,
  "views": async () => (await import("./views.ts")).views,
  "materialize": async () => (await import("./features.ts")).features,
  "features": async () => (await import("./feature_reads.ts")).featuresRead,
  "lineage": async () => (await import("./feature_reads.ts")).lineage,
  "data-keys list": async () => (await import("./data_keys.ts")).dataKeysList,
  "data-keys rotate": async () =>
    (await import("./data_keys.ts")).dataKeysRotate,
  "data-keys destroy": async () =>
    (await import("./data_keys.ts")).dataKeysDestroy,
  "seal": async () => (await import("./data_keys.ts")).sealCommand,
  "erase": async () => (await import("./erase.ts")).eraseCommand,
  "erasures": async () => (await import("./erase.ts")).erasures,
  "features-check": async () =>
    (await import("./features_check.ts")).featuresCheck,
  "train": async () => (await import("./train.ts")).train,
  "evaluate": async () => (await import("./evaluate.ts")).evaluate,
  "learn boost": async () => (await import("./learn/boost.ts")).learnBoost,
  "learn glm": async () => (await import("./learn/glm.ts")).learnGlm,
  "learn uplift": async () => (await import("./learn/uplift.ts")).learnUplift,
  "learn mix": async () => (await import("./learn/mix.ts")).learnMix,
  "models": async () => (await import("./model_list.ts")).models,
  "models show": async () => (await import("./model_list.ts")).modelsShow,
  "models history": async () => (await import("./model_list.ts")).modelsHistory,
  "models served": async () => (await import("./model_list.ts")).modelsServed,
  "models card": async () => (await import("./model_card.ts")).modelsCard,
  "models reproduce": async () =>
    (await import("./model_card.ts")).modelsReproduce,
  "models trial": async () => (await import("./model_trial.ts")).modelsTrial,
  "models watch": async () => (await import("./model_watch.ts")).modelsWatch,
  "models retrain": async () =>
    (await import("./model_watch.ts")).modelsRetrain,
  "models import": async () => (await import("./model_import.ts")).modelsImport,
  "models approve": async () =>
    (await import("./model_roles.ts")).modelsApprove,
  "models reject": async () => (await import("./model_roles.ts")).modelsReject,
  "models propose": async () =>
    (await import("./changes/models.ts")).modelsPropose,
  "models promote": async () =>
    (await import("./model_roles.ts")).modelsPromote,
  "models settle": async () => (await import("./model_roles.ts")).modelsSettle,
  "models rollback": async () =>
    (await import("./model_roles.ts")).modelsRollback,
  "explain": async () => (await import("./decisions.ts")).explain,
  "replay": async () => (await import("./decisions.ts")).replay,
  "decisions find": async () => (await import("./log/find.ts")).decisionsFind,
  "decisions export": async () =>
    (await import("./log/export.ts")).decisionsExport,
  "verify-log": async () => (await import("./log/verify_log.ts")).verifyLog,
  "checkpoint": async () => (await import("./log/checkpoint.ts")).checkpoint,
  "checkpoint key": async () =>
    (await import("./log/checkpoint.ts")).checkpointKey,
  "checkpoint public-key": async () =>
    (await import("./log/checkpoint.ts")).checkpointPublicKey,
  "retention": async () => (await import("./log/retention.ts")).retention,
  "plan": async () => (await import("./plan.ts")).plan,
  "plan solve": async () => (await import("./plan_solve.ts")).planSolve,
  "plan compare": async () => (await import("./plan_compare.ts")).planCompare,
  "plans": async () => (await import("./plans.ts")).plans,
  "plans show": async () => (await import("./plans.ts")).plansShow,
  "plans backtest": async () =>
    (await import("./backtest/backtest.ts")).plansBacktest,
  "plans diff": async () => (await import("./plan_diff.ts")).plansDiff,
  "plans plot": async () => (await import("./plan_plot.ts")).plansPlot,
  "plans validate": async () => (await import("./plans.ts")).plansValidate,
  "plans approve": async () => (await import("./plans.ts")).plansApprove,
  "plans apply": async () => (await import("./plans.ts")).plansApply,
  "plans rollback": async () => (await import("./plans.ts")).plansRollback,
  "plans verify": async () => (await import("./plans.ts")).plansVerify,
  "plans history": async () => (await import("./plan_life.ts")).plansHistory,
  "plans progress": async () => (await import("./plan_life.ts")).plansProgress,
  "plans guardrails": async () =>
    (await import("./plan_life.ts")).plansGuardrails,
  "budgets": async () => (await import("./budgets.ts")).budgets,
  "budgets set": async () => (await import("./budgets.ts")).budgetsSet,
  "budgets from-plan": async () =>
    (await import("./budgets.ts")).budgetsFromPlan,
  "budgets close": async () => (await import("./budgets.ts")).budgetsClose,
  "budgets resume": async () => (await import("./budgets.ts")).budgetsResume,
  "policy analyse": async () =>
    (await import("./policy/analyse.ts")).policyAnalyse,
  "policy check": async () => (await import("./policy/check.ts")).policyCheck,
  "policy cases": async () =>
    (await import("./policy/propose_cases.ts")).policyCases,
  "policy replay": async () =>
    (await import("./policy/replay.ts")).policyReplay,
  "policy compat": async () =>
    (await import("./policy/compat.ts")).policyCompat,
  "policy eval": async () => (await import("./policy/eval.ts")).policyEval,
  "policy diff": async () => (await import("./policy/diff.ts")).policyDiff,
  "policy explain": async () =>
    (await import("./policy/explain.ts")).policyExplain,
  "policy page": async () => (await import("./policy/page.ts")).policyPage,
  "policy propose": async () =>
    (await import("./changes/policies.ts")).policyPropose,
  "policy rollback": async () =>
    (await import("./changes/policies.ts")).policyRollback,
  "changes": async () => (await import("./changes/look.ts")).changesList,
  "changes show": async () => (await import("./changes/look.ts")).changesShow,
  "changes history": async () =>
    (await import("./changes/look.ts")).changesHistory,
  "changes submit": async () =>
    (await import("./changes/reviewing.ts")).changesSubmit,
  "changes approve": async () =>
    (await import("./changes/reviewing.ts")).changesApprove,
  "changes request-changes": async () =>
    (await import("./changes/reviewing.ts")).changesRequest,
  "changes reject": async () =>
    (await import("./changes/reviewing.ts")).changesReject,
  "changes withdraw": async () =>
    (await import("./changes/reviewing.ts")).changesWithdraw,
  "changes recall": async () =>
    (await import("./changes/reviewing.ts")).changesRecall,
  "changes rebase": async () =>
    (await import("./changes/reviewing.ts")).changesRebase,
  "changes activate": async () =>
    (await import("./changes/reviewing.ts")).changesActivate,
  "changes acknowledge": async () =>
    (await import("./changes/reviewing.ts")).changesAcknowledge,
  "switches": async () => (await import("./changes/switches.ts")).switchesList,
  "switches on": async () => (await import("./changes/switches.ts")).switchesOn,
  "switches confirm": async () =>
    (await import("./changes/switches.ts")).switchesConfirm,
  "switches release": async () =>
    (await import("./changes/switches.ts")).switchesRelease,
  "audit": async () => (await import("./changes/audit.ts")).audit,
  "audit export": async () =>
    (await import("./log/audit_export.ts")).auditExport,
  "config": async () => (await import("./config.ts")).config,
  "migrate": async () => (await import("./migrate.ts")).migrateCommand,
  "jobs": async () => (await import("./jobs/look.ts")).jobs,
  "jobs run": async () => (await import("./jobs/look.ts")).jobsRun,
  "jobs cancel": async () => (await import("./jobs/look.ts")).jobsCancel,
  "keys create": async () => (await import("./keys.ts")).keysCreate,
  "keys list": async () => (await import("./keys.ts")).keysList,
  "keys rotate": async () => (await import("./keys.ts")).keysRotate,
  "keys revoke": async () => (await import("./keys.ts")).keysRevoke,
};

/**
 * Runs the command that the first words name.
 *
 * @returns Exit code.
 * @throws {EngineError} What the command could not do.
 */
export async function runCommand(
  scope: CommandScope,
  args: readonly string[],
): Promise<number> {
  const name = findName(args);
  if (name === undefined) {
    const [first = "help", second = "help"] = args;
    const isGroup = namesIn(first).length > 0;
    const asked = isGroup ? second : first;
    if (!["help", "--help"].includes(asked)) throw unknownCommand(args);
    const names = isGroup ? namesIn(first) : Object.keys(COMMANDS);
    (await printUsage(names)).forEach(scope.terminal.line);
    return 0;
  }
  const command = await load(name);
  const rest = args.slice(name.split(" ").length);
  if (rest.includes("--help")) {
    printCommand(command).forEach(scope.terminal.line);
    return 0;
  }
  const { operands, options } = parseArguments(command, rest);
  const act = actAsked(name, operands, options);
  return await command.run({ ...scope, act }, operands, options);
}

/** The longest name that the first words spell. */
function findName(args: readonly string[]): string | undefined {
  return Object.keys(COMMANDS)
    .filter((name) =>
      name.split(" ").every((word, index) => args[index] === word)
    )
    .sort((a, b) => b.length - a.length)[0];
}

/** Commands of one group, such as `policy`. */
function namesIn(group: string): string[] {
  return Object.keys(COMMANDS).filter((name) => name.startsWith(`${group} `));
}

function unknownCommand([first = "", second]: readonly string[]): EngineError {
  const isGroup = namesIn(first).length > 0;
  const asked = isGroup ? `${first} ${second}` : first;
  return new EngineError(
    "request_invalid",
    `Cannot run "moe ${asked}": there is no such command; ` +
      `"moe ${isGroup ? first : "help"}" lists them`,
  );
}

async function load(name: string): Promise<Command> {
  const command = await COMMANDS[name]?.();
  if (command?.name === name) return command;
  throw new TypeError(`Cannot load command "${name}": it has another name`);
}

async function printUsage(names: readonly string[]): Promise<string[]> {
  const commands = await Promise.all(names.map(load));
  const width = Math.max(...commands.map((command) => usage(command).length));
  return [
    "moe: the Marketing Optimization Engine",
    "",
    ...commands.map((command) =>
      `  ${usage(command).padEnd(width)}  ${command.about}`
    ),
    "",
    '"moe <command> --help" lists its options.',
  ];
}

function usage({ name, operands }: Command): string {
  return [name, ...operands].join(" ");
}

function printCommand(command: Command): string[] {
  const options = Object.entries(command.options).map(([name, about]) => {
    const takes = name.endsWith("!") ? "" : " <…>";
    const must = name.endsWith("*") ? " (required)" : "";
    return [`--${name.replace(/[!*]$/, "")}${takes}`, about + must] as const;
  });
  const width = Math.max(0, ...options.map(([option]) => option.length));
  return [
    `moe ${usage(command)}`,
    `  ${command.about}`,
    ...options.map(([option, about]) => `  ${option.padEnd(width)}  ${about}`),
  ];
}
