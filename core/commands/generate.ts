/**
 * Renews what is generated and checked in; with `--check` only says what is stale.
 * It does not read the plugins' registry, so a broken one can be made again.
 *
 * @module
 */
import {
  generateRegistry,
  readIfAny,
} from "../../plugins/generate_registry.ts";
import { FILE_SCHEMAS } from "../../plugins/file_schemas.ts";
import { printOpenApi } from "../http/openapi.ts";
import { printPolicySchema } from "../verdicts/document/schema.ts";
import { openTerminal } from "./terminal.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const FILES: Readonly<Record<string, () => string>> = {
  "core/http/openapi.json": printOpenApi,
  "policies/schema.json": printPolicySchema,
  ...FILE_SCHEMAS,
};

async function generate(check: boolean): Promise<string[]> {
  const stale: string[] = [];
  const registry = await generateRegistry(ROOT, { check });
  if (registry === "stale") stale.push("plugins/registry.gen.ts");
  for (const [path, print] of Object.entries(FILES)) {
    const text = print();
    if (text === await readIfAny(`${ROOT}${path}`)) continue;
    if (check) stale.push(path);
    else await Deno.writeTextFile(`${ROOT}${path}`, text);
  }
  return stale;
}

if (import.meta.main) {
  const stale = await generate(Deno.args.includes("--check"));
  for (const path of stale) {
    openTerminal().warn(`${path} is stale; run: deno task gen`);
  }
  Deno.exit(stale.length === 0 ? 0 : 1);
}
