/**
 * A real Prometheus that a test owns, and `promtool`, which looks at rules without one.
 *
 * @module
 */
import { ROOT } from "../architecture/paths.ts";
import { exists } from "./exists.ts";

const START_ATTEMPTS = 400;
const PAUSE_MS = 25;
/** How often it scrapes and looks at its rules; a scrape may take as long. */
const INTERVAL = "500ms";

/** Alert rules of the engine. */
export const ALERTS = `${ROOT}core/telemetry/alerts.yaml`;

/** One series, as a query answers it. */
export interface Found {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value. */
  readonly value: readonly [number, string];
}

/** A running server that scrapes one target, knows the alert rules, and keeps exemplars. */
export interface Prometheus extends AsyncDisposable {
  /** Where it scrapes, from five seconds after it started; nobody listens there yet. */
  readonly port: number;
  /** Series that an expression has now. */
  query(expression: string): Promise<readonly Found[]>;
  /** What its API answers, such as to `targets`. */
  // deno-lint-ignore no-explicit-any -- answers of any shape are looked into
  ask(path: string): Promise<any>;
}

/**
 * Options of a test that needs Prometheus: left out, saying so, where it is not installed;
 * with `REQUIRE_ALL=1` it runs and fails there.
 */
export function needingPrometheus(
  name: string,
): { readonly name: string; readonly ignore: boolean } {
  const absent = (find("promtool") === null || find("prometheus") === null) &&
    Deno.env.get("REQUIRE_ALL") !== "1";
  return {
    name: absent ? `${name} (left out: no Prometheus is installed)` : name,
    ignore: absent,
  };
}

/** Runs `promtool`; whether it found all well, and what it said. */
export async function promtool(
  args: readonly string[],
): Promise<{ readonly success: boolean; readonly said: string }> {
  const command = new Deno.Command(demand("promtool"), { args: [...args] });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { success, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Starts a server on a fresh folder. */
export async function startPrometheus(): Promise<Prometheus> {
  const folder = await Deno.makeTempDir({ prefix: "prometheus_" });
  const [own, port] = freePorts();
  const url = `http://127.0.0.1:${own}`;
  await Deno.writeTextFile(`${folder}/prometheus.yml`, configuration(port));
  const server = new Deno.Command(demand("prometheus"), {
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${own}`,
      "--enable-feature=exemplar-storage",
    ],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  await untilReady(url);
  async function ask(path: string) {
    const answer = await fetch(`${url}/api/v1/${path}`);
    const { data, error } = await answer.json();
    if (error !== undefined) throw new Error(`${path}: ${error}`);
    return data;
  }
  return {
    ...{ port, ask },
    query: async (expression) =>
      (await ask(`query?query=${encodeURIComponent(expression)}`)).result,
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await server.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** JSON is YAML. */
function configuration(port: number): string {
  return JSON.stringify({
    global: {
      ["scrape_interval"]: INTERVAL,
      ["scrape_timeout"]: INTERVAL,
      ["evaluation_interval"]: INTERVAL,
    },
    ["rule_files"]: [ALERTS],
    ["scrape_configs"]: [{
      ["job_name"]: "moe",
      ["static_configs"]: [{ targets: [`127.0.0.1:${port}`] }],
    }],
  });
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    try {
      const answer = await fetch(`${url}/-/ready`);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // It is starting.
    }
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
  }
  throw new Error("Prometheus is not ready");
}

function demand(program: string): string {
  const found = find(program);
  if (found === null) throw new Error(`No ${program} is installed`);
  return found;
}

function find(program: string): string | null {
  const path = (Deno.env.get("PATH") ?? "").split(":");
  return path.map((folder) => `${folder}/${program}`).find(exists) ?? null;
}

function freePorts(): readonly [number, number] {
  using one = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return [one.addr.port, other.addr.port];
}
