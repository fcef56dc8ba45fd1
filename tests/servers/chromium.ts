/**
 * A real browser without a window, for pages that people look at.
 *
 * @module
 */
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"],
  ...["--no-first-run", "--disable-background-networking", "--disable-sync"],
  ...["--disable-component-update", "--disable-dev-shm-usage"],
  ...["--enable-logging=stderr", "--virtual-time-budget=2000"],
];

/** What the browser made of a page. */
export interface Rendered {
  /** The document after it was built. */
  readonly html: string;
  /** What the page's console said, policy violations included. */
  readonly console: readonly string[];
}

/**
 * Names a test that needs a browser. Where none is installed it is left out and
 * says so; with `REQUIRE_ALL=1` it runs and fails there.
 */
export function needingChromium(
  name: string,
): { readonly name: string; readonly ignore: boolean } {
  const absent = findChromium() === undefined &&
    Deno.env.get("REQUIRE_ALL") !== "1";
  return {
    name: absent ? `${name} (left out: no Chromium is installed)` : name,
    ignore: absent,
  };
}

function findChromium(): string | undefined {
  return PROGRAMS.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Opens a page and gives back what it became. */
export async function render(url: string): Promise<Rendered> {
  const program = findChromium();
  if (program === undefined) throw new Error("No Chromium is installed");
  const profile = await Deno.makeTempDir({ prefix: "chromium_" });
  try {
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [...FLAGS, `--user-data-dir=${profile}`, "--dump-dom", url],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return {
      html: decoder.decode(stdout),
      console: decoder.decode(stderr).split("\n")
        .filter((line) => line.includes("CONSOLE")),
    };
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}
