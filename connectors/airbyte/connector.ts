/**
 * Messages of an Airbyte source, from a file or standard input, read as a mapping for
 * each stream says; README.md beside this file and in `connectors/mapping/`.
 *
 * @module
 */
import { defineConnector } from "@moe/plugin";
import * as z from "zod";
import {
  type MessageSource,
  pullMessages,
  rereadMessage,
} from "../mapping/messages.ts";
import {
  openStreams,
  parseStreams,
  type StreamMappings,
} from "../mapping/streams.ts";
import { openAirbyte } from "./protocol.ts";

const Settings = z.strictObject({
  file: z.string().min(1),
  streams: z.unknown(),
});

/** Where the messages are, and how each stream is read. */
interface Config {
  readonly file: string;
  readonly streams: StreamMappings;
}

export default defineConnector<Config>({
  name: "airbyte",
  apiVersion: 1,
  about: "Records of an Airbyte source, mapped to totals and events",
  config: {
    parse(value) {
      const { file, streams } = Settings.parse(value);
      return { file, streams: parseStreams(streams) };
    },
  },
  secrets: [],
  hosts: [],
  emits: ["performance", "event"],
  restatesDays: 0,
  pull: (scope) => pullMessages(scope, () => openSource(scope.config)),
  reread: ({ config, original }) => rereadMessage(openSource(config), original),
});

function openSource({ file, streams: mappings }: Config): MessageSource {
  const streams = openStreams(mappings);
  return {
    file,
    streams,
    openProtocol: (state) => openAirbyte(streams, state),
  };
}
