/**
 * Finds the command that the words name, and runs it.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { type Command, type CommandScope, parseArguments } from "./command.ts";
import { deadLetters, sources } from "./sources.ts";
import { explain, replay, verifyLog } from "./decisions.ts";
import { demo } from "./demo/demo.ts";
import { features, views } from "./features.ts";
import { ingest } from "./ingest.ts";
import { keysCreate, keysList, keysRevoke } from "./keys.ts";
import { models, modelsReview, train } from "./models.ts";
import { plan, plans, plansMove } from "./plans.ts";
import { policyCheck, policyExplain } from "./policy.ts";
import { serve } from "./serve.ts";

const COMMANDS: readonly Command[] = [
  demo,
  serve,
  ingest,
  sources,
  deadLetters,
  views,
  features,
  train,
  models,
  ...modelsReview,
  explain,
  replay,
  verifyLog,
  plan,
  plans,
  ...plansMove,
  policyCheck,
  policyExplain,
  keysCreate,
  keysList,
  keysRevoke,
];

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
  const command = findCommand(args);
  if (!command) {
    const asked = args.length === 0 ||
      ["help", "--help"].includes(args[0] ?? "");
    if (!asked) {
      throw new EngineError(
        "request_invalid",
        `Cannot run "moe ${
          args[0]
        }": there is no such command; "moe help" lists them`,
      );
    }
    printUsage().forEach(scope.terminal.line);
    return 0;
  }
  const rest = args.slice(command.name.split(" ").length);
  if (rest.includes("--help")) {
    printCommand(command).forEach(scope.terminal.line);
    return 0;
  }
  const { operands, options } = parseArguments(command, rest);
  return await command.run(scope, operands, options);
}

function findCommand(args: readonly string[]): Command | undefined {
  return COMMANDS
    .filter(({ name }) =>
      name.split(" ").every((word, index) => args[index] === word)
    )
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function printUsage(): string[] {
  const width = Math.max(...COMMANDS.map((command) => usage(command).length));
  return [
    "moe: the Marketing Optimization Engine",
    "",
    ...COMMANDS.map((command) =>
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
