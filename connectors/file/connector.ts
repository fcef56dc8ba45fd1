/**
 * Settings kept in the files of a folder, for whoever carries them to a platform: by
 * hand, by a script, by a pipeline that watches the folder. README.md beside this file
 * says what is in them and how to check who wrote it.
 *
 * A change is written to a file of its own, then to the settings. Each file is
 * replaced as a whole. When the engine dies between the two, whoever comes next finds
 * a change that is one ahead of the settings, and brings them up to it. One engine
 * writes to a folder.
 *
 * @module
 */
import {
  defineConnector,
  demandExpected,
  EngineError,
  type Lent,
  type Setting,
  type SettingChange,
} from "@moe/plugin";
import { normalize } from "node:path";
import * as z from "zod";
import {
  AnySettingsFile,
  applyChange,
  ChangeFile,
  EMPTY,
  MAX_OPERATIONS,
  type SettingsFile,
  valueOf,
} from "./formats.ts";
import {
  demandSigned,
  PrivateKey,
  PublicKey,
  signContent,
  type Signed,
} from "./signature.ts";

const Config = z.strictObject({
  /** Folder of the files. */
  folder: z.string().min(1),
  /** Signs what is written; without it nothing is signed or verified. */
  signingKey: PrivateKey.optional(),
  /** Public keys that signed before, and still verify. */
  formerKeys: z.array(PublicKey).max(20).default([]),
  /** Take files without a signature, until the next change signs the settings. */
  acceptUnsigned: z.boolean().default(false),
});

type Config = z.infer<typeof Config>;
type Scope = Lent<Config>;

/** Work on a folder waits for the work before it, or the later would undo the earlier. */
const queues = new Map<string, Promise<unknown>>();

export default defineConnector<Config>({
  name: "file",
  apiVersion: 1,
  about: "Settings in versioned, signed JSON files",
  config: Config,
  secrets: ["signingKey"],
  hosts: [],
  emits: [],
  restatesDays: 0,
  destination: {
    comparesExpected: true,
    rate: { batch: MAX_OPERATIONS, pauseMs: 0 },
    read: (scope, targets) => inTurn(scope, () => read(scope, targets)),
    write: (scope, change) => inTurn(scope, () => write(scope, change)),
  },
});

async function inTurn<T>(
  scope: Scope,
  work: () => Promise<T>,
): Promise<T> {
  const folder = normalize(pathOf(scope, "."));
  const before = queues.get(folder) ?? Promise.resolve();
  const after = before.then(work);
  const settled = after.catch(() => {});
  queues.set(folder, settled);
  try {
    return await after;
  } finally {
    if (queues.get(folder) === settled) queues.delete(folder);
  }
}

async function read(
  scope: Scope,
  targets: readonly Omit<Setting, "value">[],
): Promise<Setting[]> {
  const settings = await readSettings(scope);
  return targets.map(({ target, field }) => ({
    target,
    field,
    value: valueOf(settings, { target, field }),
  }));
}

async function write(scope: Scope, change: SettingChange): Promise<void> {
  const settings = await readSettings(scope);
  if (settings.changes.includes(change.id)) return;
  demandExpected(change, (one) => valueOf(settings, one));
  const next = printChange(scope, change, settings);
  demandReadable(next);
  await writeFile(scope, changePath(next.version), next);
  await writeFile(scope, SETTINGS, applyChange(settings, next));
}

function printChange(
  { now }: Scope,
  { id, settings: writes }: SettingChange,
  before: SettingsFile,
): ChangeFile {
  return {
    schema_version: 1,
    version: before.version + 1,
    change_id: id,
    at: now,
    operations: writes.map(({ key, target, field, value }) => ({
      ...{ key, target, field },
      old: valueOf(before, { target, field }),
      new: value,
    })),
  };
}

/** What was written could otherwise never be read again. */
function demandReadable(next: ChangeFile): void {
  const [issue] = ChangeFile.safeParse(next).error?.issues ?? [];
  if (!issue) return;
  throw new EngineError(
    "request_invalid",
    `Cannot write change: ${issue.path.join(".")}: ${issue.message}`,
  );
}

/** What holds, changes that only their files have included. */
async function readSettings(scope: Scope): Promise<SettingsFile> {
  const kept = await readFile(scope, SETTINGS, AnySettingsFile) ?? EMPTY;
  let settings = kept;
  while (true) {
    const path = changePath(settings.version + 1);
    const next = await readFile(scope, path, ChangeFile);
    if (next === null) break;
    demandNext(settings, next, path);
    settings = applyChange(settings, next);
  }
  if (settings !== kept) await writeFile(scope, SETTINGS, settings);
  return settings;
}

/** A signed change that is laid there again under another number is none. */
function demandNext(
  settings: SettingsFile,
  { version, operations }: ChangeFile,
  path: string,
): void {
  const follows = version === settings.version + 1 &&
    operations.every((one) => valueOf(settings, one) === one.old);
  if (follows) return;
  throw new EngineError(
    "artifact_corrupt",
    `Cannot trust file "${path}": it does not follow the settings; move it away`,
  );
}

const SETTINGS = "settings.json";

function changePath(version: number): string {
  return `changes/${version}.json`;
}

function pathOf({ config }: Scope, name: string): string {
  return `${config.folder.replace(/\/+$/, "")}/${name}`;
}

async function writeFile(
  scope: Scope,
  name: string,
  content: object,
): Promise<void> {
  const signed = signContent(content, scope.config);
  const text = `${JSON.stringify(signed, null, 2)}\n`;
  await scope.files.write(pathOf(scope, name), text);
}

async function readFile<T extends object>(
  scope: Scope,
  name: string,
  schema: z.ZodType<Signed<T>>,
): Promise<T | null> {
  const path = pathOf(scope, name);
  const text = await scope.files.text(path);
  if (text === null) return null;
  const file = parseFile(path, text, schema);
  demandSigned(file, scope.config, path);
  const { signature: _, ...content } = file;
  return content as Signed<T> as T;
}

function parseFile<T>(path: string, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read file "${path}": it is not of a format that is known here; move it away or repair it`,
      { cause },
    );
  }
}
