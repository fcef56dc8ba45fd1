/**
 * Writes a migration for what changed in the tables: `--name what_changed`.
 *
 * drizzle-kit looks for packages in `node_modules`, which this checkout does
 * without, so it runs on a copy.
 *
 * @module
 */
const ROOT = new URL("../../", import.meta.url).pathname;
const MIGRATIONS = "core/store/migrations";
const DRIZZLE_KIT = "npm:drizzle-kit@0.31.11";

if (import.meta.main) {
  const copy = await Deno.makeTempDir({ prefix: "migrations_" });
  try {
    await copyFolder("core/domain", copy);
    await copyFolder("core/store", copy);
    await writeConfig(copy);
    await generate(copy);
    await copyTree(`${copy}/${MIGRATIONS}`, `${ROOT}${MIGRATIONS}`);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
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
