/**
 * Writes a migration for what changed in the tables: `--name what_changed`.
 *
 * drizzle-kit looks for packages in `node_modules`, which this checkout does
 * without, so it runs on a copy.
 *
 * @module
 */
import { markIndexes } from "./upgrade/additive.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const MIGRATIONS = "core/store/migrations";
const DRIZZLE_KIT = "npm:drizzle-kit@0.31.11";

if (import.meta.main) {
  const copy = await Deno.makeTempDir({ prefix: "migrations_" });
  try {
    await copyFolder("core/domain", copy);
    await copyFolder("core/store", copy);
    await writeConfig(copy);
    const before = namesIn(`${ROOT}${MIGRATIONS}`);
    await generate(copy);
    await markNew(`${copy}/${MIGRATIONS}`, before);
    await copyTree(`${copy}/${MIGRATIONS}`, `${ROOT}${MIGRATIONS}`);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

/** Released files stay as they are. */
async function markNew(
  folder: string,
  before: ReadonlySet<string>,
): Promise<void> {
  for (const name of namesIn(folder)) {
    if (before.has(name) || !name.endsWith(".sql")) continue;
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, markIndexes(await Deno.readTextFile(path)));
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  return new Set([...Deno.readDirSync(folder)].map(({ name }) => name));
}

async function writeConfig(copy: string): Promise<void> {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  await Deno.writeTextFile(
    `${copy}/deno.json`,
    JSON.stringify({ imports: config.imports, nodeModulesDir: "auto" }),
  );
}

async function generate(copy: string): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      DRIZZLE_KIT,
      "generate",
      "--config",
      "core/store/drizzle.config.ts",
      ...Deno.args,
    ],
    cwd: copy,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) throw new Error("drizzle-kit wrote no migration");
}

async function copyFolder(folder: string, copy: string): Promise<void> {
  await copyTree(`${ROOT}${folder}`, `${copy}/${folder}`);
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
