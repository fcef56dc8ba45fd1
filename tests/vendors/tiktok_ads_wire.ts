/**
 * What all paths of the simulated TikTok share: refusals, lists and pages.
 *
 * @module
 */
import type { AdTruth } from "./ad_truth.ts";
import type { Gate } from "./gate.ts";

export type Query = Readonly<Record<string, string>>;

/** A refusal as TikTok words it. */
export class TiktokError extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** What the paths are answered with. */
export interface TiktokState {
  readonly truth: AdTruth;
  readonly gate: Gate;
  readonly pageSize: number;
  readonly shuffle: <T>(items: readonly T[]) => T[];
}

/** One page of a list. */
export function paged(
  list: readonly unknown[],
  query: Query,
  { pageSize, gate, shuffle }: TiktokState,
): { readonly list: readonly unknown[]; readonly page_info: unknown } {
  const asked = Number(query["page_size"] ?? "10");
  const page = Number(query["page"] ?? "1");
  if (!(asked >= 1 && asked <= 1000)) {
    throw new TiktokError(40002, "page_size: Must be between 1 and 1000.");
  }
  const size = Math.min(asked, pageSize);
  const total = Math.ceil(list.length / size);
  const here = list.slice((page - 1) * size, page * size);
  const [first] = here;
  const twice = first !== undefined && gate.plays("duplicated_page")
    ? [...here, first]
    : here;
  return {
    list: gate.plays("reordered") ? shuffle(twice) : twice,
    page_info: {
      page,
      page_size: size,
      total_number: list.length,
      total_page: total,
    },
  };
}

/** A parameter that is a JSON list of texts. */
export function parseList(text: string | undefined, name: string): string[] {
  const list = parseJson(text ?? "");
  if (Array.isArray(list)) return list.map(String);
  throw new TiktokError(40002, `${name}: Not a valid list.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
