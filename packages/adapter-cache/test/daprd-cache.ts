import { createGrpcTransport } from "@mecha/sdk-core/grpc";
import { openDocuments } from "../src/documents/open-documents.js";
import type { Documents } from "../src/documents/documents.js";
import { Engine } from "../src/engine/engine.js";
import { SessionStream } from "../src/session/session-stream.js";
import { RawClient } from "./raw-client.js";

/** A command engine over a sidecar with the component `cache`, and clients to it. */
export interface DaprdCache extends AsyncDisposable {
  readonly documents: Documents;
  connect(): RawClient;
}

/** Opens the cache of a sidecar of daprd on Redis. */
export function openDaprdCache(address: string): DaprdCache {
  const transport = createGrpcTransport({ address });
  const documents = openDocuments(transport, { component: "cache", type: "state.redis", capabilities: [] });
  const engine = new Engine(documents);
  const liveness = { ref: () => undefined, unref: () => undefined };
  const clients: RawClient[] = [];
  return {
    documents,
    connect() {
      const client = new RawClient(new SessionStream(engine, { record: () => undefined, liveness }));
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await transport.close();
    },
  };
}
