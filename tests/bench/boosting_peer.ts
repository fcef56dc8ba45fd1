/**
 * LightGBM on the same rows, where there is a Python that has it:
 * `MOE_BENCH_PYTHON` names the interpreter.
 *
 * @module
 */
import type { BoostedRows } from "./boosted_rows.ts";

/** A LightGBM that answers. */
export interface BoostingPeer {
  readonly version: string;
  /** Fits on so many threads; the clock counts what it takes to bin, too. */
  fit(threads: number): Promise<{ seconds: number; auc: number }>;
  /** Removes the files. */
  end(): Promise<void>;
}

/** Settings that both are given, in LightGBM's words. */
const SETTINGS =
  "objective='binary', num_leaves=31, learning_rate=0.1, max_bin=255";

const SCRIPT = `
import json, sys, time, warnings
import numpy, lightgbm
warnings.filterwarnings("ignore")
folder, columns, rows, tests, threads = sys.argv[1], *map(int, sys.argv[2:])
def read(name, count):
    x = numpy.fromfile(f"{folder}/{name}.columns").reshape(columns, count).T
    return numpy.ascontiguousarray(x), numpy.fromfile(f"{folder}/{name}.label")
x, y = read("learn", rows)
settings = dict(${SETTINGS}, num_threads=threads, verbose=-1)
start = time.perf_counter()
model = lightgbm.train(settings, lightgbm.Dataset(x, y, params=settings), 100)
seconds = time.perf_counter() - start
x, y = read("test", tests)
order = numpy.argsort(model.predict(x), kind="stable")
ranks = numpy.empty(tests)
ranks[order] = numpy.arange(1, tests + 1)
ones = y.sum()
auc = (ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (tests - ones))
print(json.dumps(dict(seconds=seconds, auc=auc)))
`;

/**
 * Looks for LightGBM and hands it the rows.
 *
 * @param rows To learn from, and to test on.
 * @returns The peer, or null if there is none.
 */
export async function findPeer(
  { learn, test }: { learn: BoostedRows; test: BoostedRows },
): Promise<BoostingPeer | null> {
  const python = Deno.env.get("MOE_BENCH_PYTHON") ?? "python3";
  const version = await ask(python, [
    "-c",
    "import lightgbm; print(lightgbm.__version__)",
  ]);
  if (version === null) return null;
  const folder = await Deno.makeTempDir({ prefix: "boosting_" });
  await writeRows(`${folder}/learn`, learn);
  await writeRows(`${folder}/test`, test);
  const sizes = [learn.columns.length, learn.label.length, test.label.length];
  return {
    version: version.trim(),
    fit: async (threads) => {
      const args = ["-c", SCRIPT, folder, ...sizes.map(String), `${threads}`];
      const answer = await ask(python, args);
      if (answer === null) throw new Error("LightGBM did not answer");
      return JSON.parse(answer);
    },
    end: () => Deno.remove(folder, { recursive: true }),
  };
}

async function writeRows(
  path: string,
  { columns, label }: BoostedRows,
): Promise<void> {
  const file = await Deno.open(`${path}.columns`, {
    create: true,
    write: true,
  });
  for (const column of columns) await file.write(bytesOf(column));
  file.close();
  await Deno.writeFile(`${path}.label`, bytesOf(label));
}

function bytesOf({ buffer }: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer);
}

async function ask(
  python: string,
  args: readonly string[],
): Promise<string | null> {
  try {
    const command = new Deno.Command(python, {
      args: [...args],
      stderr: "null",
    });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
