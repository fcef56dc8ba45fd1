/**
 * `moe config`: what the configuration comes to, without secrets, and what is wrong with it.
 *
 * @module
 */
import { findProblems } from "./check_configuration.ts";
import type { Command } from "./command.ts";
import type { Configuration } from "./configuration.ts";

/** Members that are shown as set or not, and no more. */
const SECRET: ReadonlySet<string> = new Set(["identityKey", "masterKey"]);

/** Prints the configuration. */
export const config: Command = {
  name: "config",
  about: "the configuration as it is read, without secrets",
  operands: [],
  options: {
    "check!": "check the files that it names too; 1 if anything is wrong",
  },
  async run({ configuration, terminal }, _operands, options) {
    printConfiguration(configuration).forEach(terminal.line);
    if (options.check !== true) return 0;
    const problems = await findProblems(configuration);
    problems.forEach(terminal.warn);
    return problems.length === 0 ? 0 : 1;
  },
};

/**
 * Prints a configuration, a member a line.
 *
 * @returns Lines without secrets: of URLs only where they lead.
 */
export function printConfiguration(configuration: Configuration): string[] {
  return Object.entries(configuration).map(([name, value]) =>
    `${name} = ${SECRET.has(name) ? setOrNot(value) : printValue(value)}`
  );
}

function setOrNot(value: unknown): string {
  const isSet = typeof value === "object" && value !== null
    ? Object.values(value).some((member) => member !== null)
    : value !== null;
  return isSet ? "(set)" : "(not set)";
}

/** A URL may carry a password before its host, and keys after its path. */
function printValue(value: unknown): string {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url !== null && url.host !== "") {
    return `${url.protocol}//${url.host}${url.pathname}`;
  }
  return JSON.stringify(
    value,
    (_, member) => {
      const inner = typeof member === "string" ? URL.parse(member) : null;
      return inner === null || inner.host === ""
        ? member
        : `${inner.protocol}//${inner.host}${inner.pathname}`;
    },
  );
}
