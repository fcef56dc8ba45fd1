/**
 * Planning from ten entities to a million: time, memory, certified gap and the growth
 * of time, flat and in three levels, concave and S-shaped; and planning again after
 * one curve has changed.
 *
 * Entities are seeded, and held as columns: a reader of a file or a store can fill
 * those, and a million objects would cost more than the plan. Three levels are the
 * total, channels, accounts of a hundred campaigns; every other group is at a bound.
 * `MOE_BENCH_ENTITIES` is the largest number.
 *
 * @module
 */
import { cpuUsage, memoryUsage } from "node:process";
import type {
  AllocationColumns,
  AllocationGroup,
  ColumnarProblem,
} from "../../core/domain/allocation.ts";
import { seededRandom } from "../../core/domain/random.ts";
import { createAllocator } from "../../core/plans/allocation/allocate.ts";
import { type Bench, median, type Row } from "./bench.ts";

const SIZES = [10, 100, 1000, 10_000, 100_000, 1_000_000];
const MOST = Number(Deno.env.get("MOE_BENCH_ENTITIES") ?? 1_000_000);
/** Campaigns of an account, and accounts of a channel, at most. */
const MEMBERS = 100;
const MIB = 1024 * 1024;

type Kind = "concave" | "sshape";

const bench: Bench = {
  name: "plan-scale",
  run() {
    const rows: Row[] = [];
    for (const kind of ["concave", "sshape"] as const) {
      for (const levels of [1, 3] as const) {
        let before: { size: number; seconds: number } | null = null;
        for (const size of SIZES) {
          if (size > MOST) continue;
          const measured = measure(kind, levels, size);
          rows.push(...list({ kind, levels, size, ...measured }, before));
          before = { size, seconds: measured.seconds };
        }
      }
    }
    return Promise.resolve(rows);
  },
};

export default bench;

interface Measured {
  readonly seconds: number;
  /** Of all threads, the collector of garbage among them. */
  readonly cpuSeconds: number;
  readonly againSeconds: number;
  readonly gap: number;
  readonly mib: number;
}

function measure(kind: Kind, levels: 1 | 3, size: number): Measured {
  const problem = seedProblem(kind, levels, size);
  const rounds = size >= 100_000 ? 3 : 15;
  const seconds: number[] = [];
  const cpu: number[] = [];
  const again: number[] = [];
  let gap = NaN;
  let mib = 0;
  for (let round = 0; round <= rounds; round++) {
    const before = memoryUsage.rss();
    const idle = cpuUsage();
    const start = performance.now();
    const allocator = createAllocator(problem);
    gap = allocator.allocate().gap;
    const end = performance.now();
    const { user, system } = cpuUsage(idle);
    mib = Math.max(mib, (memoryUsage.rss() - before) / MIB);
    const entity = steepen(problem, round % size);
    const changed = performance.now();
    allocator.change(entity);
    allocator.allocate();
    if (round === 0 && rounds > 3) continue;
    seconds.push((end - start) / 1000);
    cpu.push((user + system) / 1e6);
    again.push((performance.now() - changed) / 1000);
  }
  return {
    seconds: median(seconds),
    cpuSeconds: median(cpu),
    againSeconds: median(again),
    ...{ gap, mib },
  };
}

function list(
  { kind, levels, size, ...measured }: Measured & {
    readonly kind: Kind;
    readonly levels: 1 | 3;
    readonly size: number;
  },
  before: { readonly size: number; readonly seconds: number } | null,
): Row[] {
  const { seconds, cpuSeconds, againSeconds, gap, mib } = measured;
  const name = `plan-scale-${kind}-${levels === 1 ? "flat" : "tree"}-${size}`;
  const growth = before === null
    ? null
    : Math.log(seconds / before.seconds) / Math.log(size / before.size);
  return [
    {
      name,
      value: seconds * 1000,
      unit: "ms",
      against: "power of N by which time grew, from a tenth of the entities",
      ratio: growth,
    },
    {
      name: `${name}-again`,
      value: againSeconds * 1000,
      unit: "ms",
      against: "the first time; one curve changed since",
      ratio: againSeconds / seconds,
    },
    {
      name: `${name}-gap`,
      value: gap,
      unit: "(bound − outcome) ÷ bound",
      against: "certified upper bound",
      ratio: null,
    },
    ...size < 100_000 ? [] : [{
      name: `${name}-cpu`,
      value: cpuSeconds * 1000,
      unit: "ms of CPU",
      against: "time on the clock",
      ratio: cpuSeconds / seconds,
    }, {
      name: `${name}-memory`,
      value: Math.round(mib),
      unit: "MiB more",
      against: "",
      ratio: null,
    }],
  ];
}

function seedProblem(kind: Kind, levels: 1 | 3, size: number): ColumnarProblem {
  const random = seededRandom(10);
  const column = () => new Float64Array(size);
  const columns = {
    ...{ size, ids: null, kind: new Uint8Array(size) },
    ...{ ceiling: column(), scale: column(), slope: column() },
    ...{ lo: column(), hi: column(), group: new Int32Array(size).fill(-1) },
  };
  let budget = 0;
  for (let at = 0; at < size; at++) {
    const half = 1e4 * Math.exp(random.normal());
    columns.scale[at] = half;
    columns.slope[at] = kind === "concave"
      ? 0.5 + random.next() / 2
      : 1.5 + 1.5 * random.next();
    columns.ceiling[at] = 4 * half * Math.exp(0.5 * random.normal());
    columns.lo[at] = random.next() < 0.4 ? 0.1 * half : 0;
    columns.hi[at] = 3 * half;
    budget += (2 * (columns.lo[at] ?? 0) + 3 * half) / 3;
  }
  const groups = levels === 1 ? [] : seedGroups(columns, random.next);
  return { columns, groups, budget, spend: "all" };
}

/** Accounts in channels; half of them keep their members from what they would take. */
function seedGroups(
  columns: AllocationColumns,
  next: () => number,
): AllocationGroup[] {
  const members = Math.min(MEMBERS, Math.ceil(Math.sqrt(columns.size)));
  const accounts = Math.ceil(columns.size / members);
  const channels = Math.ceil(accounts / members);
  const sums = new Float64Array(accounts);
  for (let at = 0; at < columns.size; at++) {
    const account = Math.floor(at / members);
    columns.group[at] = channels + account;
    sums[account] = (sums[account] ?? 0) +
      (2 * (columns.lo[at] ?? 0) + (columns.hi[at] ?? 0)) / 3;
  }
  const total = new Float64Array(channels);
  const inner = Array.from(sums, (sum, at) => {
    const channel = at % channels;
    total[channel] = (total[channel] ?? 0) + sum;
    const tight = next() < 0.5 ? 0.02 : 0.4;
    return {
      ...{ id: `account ${at}`, parent: `channel ${channel}` },
      lo: sum * (1 - tight * next()),
      hi: sum * (1 + tight * next()),
    };
  });
  const outer = Array.from(total, (sum, at) => ({
    ...{ id: `channel ${at}`, lo: 0.99 * sum, hi: 1.01 * sum },
  }));
  return [...outer, ...inner];
}

/** One entity with a curve that rises faster. */
function steepen({ columns, groups }: ColumnarProblem, at: number) {
  return {
    id: String(at),
    group: groups[columns.group[at] ?? -1]?.id ?? null,
    lo: columns.lo[at] ?? NaN,
    hi: columns.hi[at] ?? NaN,
    curve: {
      type: "hill" as const,
      ceiling: 1.1 * (columns.ceiling[at] ?? NaN),
      half: columns.scale[at] ?? NaN,
      slope: columns.slope[at] ?? NaN,
    },
  };
}
