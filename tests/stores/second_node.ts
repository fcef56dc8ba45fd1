/**
 * A node that opens the data folder of its argument and prints how that went.
 *
 * @module
 */
import { EngineError } from "../../core/domain/error.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";

if (import.meta.main) {
  const [dataFolder = ""] = Deno.args;
  await Deno.stdout.write(new TextEncoder().encode(await open(dataFolder)));
}

async function open(dataFolder: string): Promise<string> {
  const options = { databaseUrl: null, dataFolder, clock: systemClock };
  try {
    await (await openStores(options)).close();
    return "opened";
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
