/**
 * Compiles the kernels to WebAssembly: `deno task wasm`.
 *
 * AssemblyScript looks for packages in `node_modules`, which this checkout does
 * without, so it runs on a copy. What it makes is checked in, with the digest of
 * the sources that it was made from.
 *
 * @module
 */
const COMPILER = "npm:assemblyscript@0.28.20/asc";
const OPTIONS = [
  "--outFile",
  "kernels.wasm",
  "--runtime",
  "stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
  "--enable",
  "threads",
  "--enable",
  "simd",
  "-O3",
  "--noAssert",
  "--disableWarning",
];
const BOOSTING = new URL("../../models/learners/boosting/", import.meta.url);
const FOLDER = new URL("kernels/", BOOSTING);
const MADE = new URL("kernels.gen.ts", BOOSTING);

if (import.meta.main) {
  const sources = readSources();
  const wasm = await compileSources(sources);
  await Deno.writeTextFile(MADE, print(wasm, await digestOf(sources)));
}

/**
 * Reads the kernels' sources.
 *
 * @returns Text by file name, in the order of the names.
 */
export function readSources(): Map<string, string> {
  const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
  return new Map(names.map((name) => [
    name,
    Deno.readTextFileSync(new URL(name, FOLDER)),
  ]));
}

/**
 * Takes the digest of sources.
 *
 * @param sources Text by file name.
 * @returns SHA-256, hexadecimal.
 */
export async function digestOf(
  sources: ReadonlyMap<string, string>,
): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([COMPILER, ...sources]));
  const digest = await crypto.subtle.digest("SHA-256", text);
  return new Uint8Array(digest).toHex();
}

/**
 * Compiles sources.
 *
 * @param sources Text by file name.
 * @returns WebAssembly; the same for the same sources.
 */
export async function compileSources(
  sources: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  const copy = await Deno.makeTempDir({ prefix: "kernels_" });
  try {
    for (const [name, text] of sources) {
      await Deno.writeTextFile(`${copy}/${name}`, text);
    }
    await Deno.writeTextFile(
      `${copy}/deno.json`,
      JSON.stringify({ nodeModulesDir: "auto" }),
    );
    return await compile(copy);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

async function compile(folder: string): Promise<Uint8Array> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", COMPILER, "jobs.ts", ...OPTIONS],
    cwd: folder,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return await Deno.readFile(`${folder}/kernels.wasm`);
}

function print(wasm: Uint8Array, digest: string): string {
  return [
    "/**",
    " * The kernels, compiled. Renewed by `deno task wasm`.",
    " *",
    " * @module",
    " */",
    "",
    "/** SHA-256 of the sources. */",
    `export const SOURCES = "${digest}";`,
    "",
    "/** WebAssembly, base64. */",
    `export const KERNELS = "${wasm.toBase64()}";`,
    "",
  ].join("\n");
}
