/**
 * JSON schemas of the files that the `file` destination writes, kept beside it for
 * whoever reads them.
 *
 * @module
 */
import { printSchemas } from "../connectors/file/formats.ts";

/** What prints each schema, by the path of its file. */
export const FILE_SCHEMAS: Readonly<Record<string, () => string>> = Object
  .fromEntries(
    Object.entries(printSchemas()).map(([name, text]) => [
      `connectors/file/${name}`,
      () => text,
    ]),
  );
