/**
 * The house holds its shape: floors, no import circles at run time, short files,
 * a comment at each door, folders at most four deep.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findFloor, refuseImport } from "./floors.ts";
import { resolveImport, ROOT } from "./paths.ts";

const FOLDERS = [
  "core",
  "plugins",
  "connectors",
  "models",
  "policies",
  "tests",
];
const MAX_LINES = 300;
const MAX_DEPTH = 4;

interface Source {
  readonly path: string;
  readonly text: string;
}

const sources = [...walk(FOLDERS), read("main.ts")];
const code = sources.filter(({ path }) => /\.tsx?$/.test(path));

function* walk(folders: readonly string[]): Generator<Source> {
  for (const folder of folders) {
    for (const entry of Deno.readDirSync(`${ROOT}${folder}`)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) yield* walk([path]);
      else yield read(path);
    }
  }
}

function read(path: string): Source {
  const text = /\.(ts|tsx|md|json)$/.test(path)
    ? Deno.readTextFileSync(`${ROOT}${path}`)
    : "";
  return { path, text };
}

/** Imports as written: specifier, and whether they vanish when types are stripped. */
function imports(text: string): { specifier: string; typeOnly: boolean }[] {
  const statement =
    /^(import|export)\s+(type\s+)?(?:[^;"'`]*?\sfrom\s+)?["']([^"']+)["']/gms;
  const dynamic = /\bimport\(\s*["']([^"'$]+)["']/g;
  return [
    ...[...text.matchAll(statement)].map(([, , type, specifier]) => ({
      specifier: specifier ?? "",
      typeOnly: type !== undefined,
    })),
    ...[...text.matchAll(dynamic)].map(([, specifier]) => ({
      specifier: specifier ?? "",
      typeOnly: false,
    })),
  ];
}

function generated(path: string): boolean {
  return path.endsWith(".gen.ts");
}

Deno.test("every source file belongs to a floor", () => {
  const homeless = code.map(({ path }) => path)
    .filter((path) => !path.startsWith("tests/") && findFloor(path) === null);
  assert.deepEqual(homeless, []);
});

Deno.test("no file imports from a floor that its own may not", () => {
  const refusals = code.flatMap(({ path, text }) =>
    imports(text).flatMap(({ specifier }) => {
      const target = resolveImport(path, specifier);
      const refusal = target === null ? null : refuseImport(path, target);
      return refusal === null ? [] : [`${path}: ${refusal}`];
    })
  );
  assert.deepEqual(refusals, []);
});

Deno.test("the floors refuse a sideways import", () => {
  assert.match(
    refuseImport(
      "core/signals/ingest.ts",
      "core/plans/allocation/allocate.ts",
    ) ?? "",
    /core\/signals\/ may import/,
  );
  assert.equal(
    refuseImport("core/decisions/decide.ts", "core/scores/scores.ts"),
    null,
  );
});

Deno.test("no circle of imports remains at run time", () => {
  const edges = new Map(code.map(({ path, text }) => [
    path,
    imports(text).filter(({ typeOnly }) => !typeOnly)
      .map(({ specifier }) => resolveImport(path, specifier))
      .filter((target) => target !== null),
  ]));
  assert.deepEqual(findCircle(edges), []);
});

function findCircle(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  function visit(path: string, trail: readonly string[]): string[] {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (done.has(path)) return [];
    for (const next of edges.get(path) ?? []) {
      const circle = visit(next, [...trail, path]);
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  }
  for (const path of edges.keys()) {
    const circle = visit(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

Deno.test("a circle is found where there is one", () => {
  const edges = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]);
  assert.deepEqual(findCircle(edges), ["b", "c", "b"]);
});

Deno.test(`no source file is longer than ${MAX_LINES} lines`, () => {
  const long = code
    .filter(({ path }) => !generated(path))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES);
  assert.deepEqual(long, []);
});

Deno.test("every source file opens with a module comment", () => {
  const bare = code
    .filter(({ text }) => !/^\/\*\*[\s\S]*?@module\s+\*\//.test(text))
    .map(({ path }) => path);
  assert.deepEqual(bare, []);
});

Deno.test(`no folder is deeper than ${MAX_DEPTH}`, () => {
  const deep = sources.map(({ path }) => path)
    .filter((path) => path.split("/").length > MAX_DEPTH + 1);
  assert.deepEqual(deep, []);
});

Deno.test("no file has a name that says nothing", () => {
  const mute =
    /\/(utils?|helpers?|common|types|index|mod|manager|service)\.tsx?$/;
  assert.deepEqual(
    code.map(({ path }) => path).filter((p) => mute.test(p)),
    [],
  );
});

Deno.test("only the command line reads the environment or prints", () => {
  const free = /^(main\.ts|core\/commands\/|tests\/|plugins\/scaffold)/;
  const taking = code
    .filter(({ path }) => !free.test(path) && !path.endsWith("_test.ts"))
    .filter(({ text }) => /\bDeno\.env\b|\bconsole\./.test(text))
    .map(({ path }) => path);
  assert.deepEqual(taking, []);
});
