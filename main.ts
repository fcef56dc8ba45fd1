/**
 * `moe`: the command line of the Marketing Optimization Engine.
 *
 * @module
 */
import { parseConfiguration } from "./core/commands/configuration.ts";
import { runCommand } from "./core/commands/run.ts";
import { openTerminal } from "./core/commands/terminal.ts";
import { EngineError } from "./core/domain/error.ts";

async function main(args: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  try {
    const { configuration, problems } = parseConfiguration((name) =>
      Deno.env.get(name)
    );
    if (problems.length > 0) {
      const { demandReadable } = await import(
        "./core/commands/check_configuration.ts"
      );
      await demandReadable(configuration, problems);
    }
    return await runCommand({ configuration, terminal }, args);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    terminal.warn(`${error.code}: ${error.message}`);
    for (const [name, fact] of Object.entries(error.facts)) {
      terminal.warn(`  ${name}: ${fact}`);
    }
    return 1;
  } finally {
    terminal.done();
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
