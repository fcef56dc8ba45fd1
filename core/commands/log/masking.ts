/**
 * What of records leaves masked, as the operator configured it: a JSON file of `{ "key":
 * { "env" or "file": … }, "masks": [{ "path": "/request/…", "how": "drop" or "commit" }]
 * }`. The key, 64 hexadecimal digits, makes commitments comparable from one export to
 * the next.
 *
 * @module
 */
import { z } from "zod";
import {
  createMasking,
  isMaskPath,
  type Masking,
} from "../../decisions/log/records/masks.ts";
import { EngineError } from "../../domain/error.ts";
import { readJsonFile } from "../files.ts";
import { readKeyFile } from "../key_file.ts";

const Settings = z.strictObject({
  key: z.union([
    z.strictObject({ env: z.string().min(1) }),
    z.strictObject({ file: z.string().min(1) }),
  ]).optional(),
  masks: z.array(z.strictObject({
    path: z.string().refine(
      isMaskPath,
      "expected a JSON pointer, such as /request/entities/campaign",
    ),
    how: z.enum(["drop", "commit"]),
  })),
});

type KeyPlace = z.output<typeof Settings>["key"];

/**
 * Reads the masks.
 *
 * @param file The file; null for ids of people alone.
 * @throws {EngineError} `configuration_invalid`, naming what is wrong.
 */
export async function readMasking(file: string | null): Promise<Masking> {
  if (file === null) return createMasking();
  const parsed = Settings.safeParse(await readJsonFile(file));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) =>
      `${path.join(".")} (${message})`
    );
    throw invalid(wrong.join(", "));
  }
  const { key, masks } = parsed.data;
  return key === undefined
    ? createMasking(masks)
    : createMasking(masks, await readKey(key));
}

async function readKey(place: NonNullable<KeyPlace>): Promise<Uint8Array> {
  const text = "env" in place
    ? Deno.env.get(place.env)
    : await readKeyFile(place.file);
  if (/^[0-9a-f]{64}$/i.test(text ?? "")) {
    return Uint8Array.fromHex(text ?? "");
  }
  throw invalid("its key is missing, or no 64 hexadecimal digits");
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot read the masks of MOE_MASK: ${reason}`,
  );
}
