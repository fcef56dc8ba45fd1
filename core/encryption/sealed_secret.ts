/**
 * Secrets of sources as text that may lie anywhere: sealed for one tenant, opened in
 * memory alone.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { DataKeys } from "./data_keys.ts";
import { openText, parseSealedText, sealText } from "./sealed_text.ts";

/** Seals a secret under the tenant's newest key. */
export async function sealSecret(
  keys: Pick<DataKeys, "newest">,
  tenant: string,
  secret: string,
): Promise<string> {
  return sealText(await keys.newest(tenant), placeOf(tenant), secret);
}

/**
 * Opens a secret.
 *
 * @throws {EngineError} `configuration_invalid` if it is not a secret that was sealed for
 * the tenant, or its key is gone.
 */
export async function openSecret(
  keys: Pick<DataKeys, "forOpening">,
  tenant: string,
  text: string,
): Promise<string> {
  const sealed = parseSealedText(text);
  if (sealed === null) throw unreadable(tenant, "it is not a sealed secret");
  const key = (await keys.forOpening(tenant, [sealed.key])).get(sealed.key);
  if (key === null) throw unreadable(tenant, "its key was destroyed");
  const secret = key && openText(key, placeOf(tenant), sealed);
  if (typeof secret === "string") return secret;
  throw unreadable(tenant, "it was not sealed for this tenant, or was changed");
}

function placeOf(tenant: string) {
  return [tenant, "secret"];
}

function unreadable(tenant: string, reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot open a sealed secret of tenant "${tenant}": ${reason}; seal it again with "moe seal"`,
    { facts: { tenant } },
  );
}
