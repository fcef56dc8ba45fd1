/**
 * Starts a new plugin: `deno task new connector NAME`, or `deno task new model NAME
 * [--series]`. Its folder, a small working example, the example's test, and its
 * line in the registry; the test is green before anything was typed.
 *
 * @module
 */
import { printConnector } from "./connector_template.ts";
import { EngineError } from "./contract.ts";
import { generateRegistry } from "./generate_registry.ts";
import { printModel } from "./model_template.ts";

/** What is to be started. */
export interface Scaffold {
  readonly kind: "connector" | "model";
  /** `snake_case`, 2 to 40 characters. */
  readonly name: string;
  /** What a model learns from; rows if absent. */
  readonly grain?: "rows" | "series";
}

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const TAKEN = ["learners", "math"];

/**
 * Writes a new plugin and its line in the registry.
 *
 * @param root Folder of the checkout.
 * @param scaffold What to start.
 * @returns Paths of the files written, from the root.
 * @throws {EngineError} `request_invalid` for a bad name, or one that is taken.
 */
export async function scaffoldPlugin(
  root: string,
  { kind, name, grain = "rows" }: Scaffold,
): Promise<string[]> {
  demandName(kind, name);
  const folder = `${kind}s/${name}`;
  const files = kind === "connector"
    ? printConnector(name)
    : printModel(name, grain);
  await createFolder(root, folder);
  const paths: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    const path = `${folder}/${file}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    await Deno.mkdir(`${root}/${parent}`, { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text, { createNew: true });
    paths.push(path);
  }
  await generateRegistry(root, { check: false });
  return paths;
}

function demandName(kind: string, name: string): void {
  const reason = !NAME.test(name) || name.length < 2 || name.length > 40
    ? "a name is snake_case, 2 to 40 characters, such as tiktok_ads"
    : kind === "model" && TAKEN.includes(name)
    ? "the folder is the learners' own"
    : null;
  if (reason !== null) throw refused(kind, name, reason);
}

async function createFolder(root: string, folder: string): Promise<void> {
  const [kind = "", name = ""] = folder.split("/");
  try {
    await Deno.mkdir(`${root}/${folder}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw refused(kind.slice(0, -1), name, `${folder} exists; nothing changed`);
  }
}

function refused(kind: string, name: string, reason: string): EngineError {
  return new EngineError(
    "request_invalid",
    `Cannot start ${kind} "${name}": ${reason}`,
  );
}

async function main(args: readonly string[]): Promise<number> {
  const [kind, name = ""] = args.filter((arg) => !arg.startsWith("--"));
  if (kind !== "connector" && kind !== "model") {
    return say("Usage: deno task new connector|model NAME [--series]", 2);
  }
  const root = decodeURIComponent(new URL("..", import.meta.url).pathname);
  const grain = args.includes("--series") ? "series" : "rows";
  try {
    const paths = await scaffoldPlugin(root, { kind, name, grain });
    const wrote = paths.map((path) => `  ${path}`).join("\n");
    const flags = "--allow-read --allow-env --allow-ffi --allow-sys";
    const test = `deno test ${flags} ${kind}s/${name}`;
    return say(
      `${wrote}\n\nIts test is green; edit, and run it again:\n  ${test}`,
      0,
    );
  } catch (error) {
    if (error instanceof EngineError) return say(error.message, 1);
    throw error;
  }
}

function say(text: string, code: number): number {
  const stream = code === 0 ? Deno.stdout : Deno.stderr;
  stream.writeSync(new TextEncoder().encode(`${text}\n`));
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
