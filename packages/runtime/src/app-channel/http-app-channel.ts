import { appCallback, type AppChannel, Value } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { percentEncoded } from "../percent-encoded.js";
import type { AppChannelOptions, AppConnection } from "./app-endpoint.js";
import { httpActors } from "./http-actors.js";
import { discover, wantsEvents } from "./http-discovery.js";
import { createAppHttpClient, type AppHttpClient } from "./http-exchange.js";
import { httpInvocation } from "./http-invocation.js";
import { httpTopics } from "./http-topics.js";
import { metadataHeaders } from "./metadata-headers.js";
import { readBody } from "./read-body.js";
import { traceOf } from "./trace-of.js";

/** Opens the channel to an app that takes its runtime's calls over HTTP, in the form of daprd's. */
export async function openHttpAppChannel(endpoint: AppChannelOptions, signal: AbortSignal): Promise<AppConnection> {
  const { host = "127.0.0.1", port, apiToken, maxMessageBytes, logger } = endpoint;
  const { healthPath = "/healthz", bindingRoute = (name: string) => name } = endpoint;
  const plain = createAppHttpClient({ host, port, apiToken });
  const client = endpoint.observer?.http(plain) ?? plain;
  try {
    const { subscriptions, actors } = await discover({
      client,
      maxBytes: maxMessageBytes,
      logger,
      signal,
    });
    const channel: AppChannel = {
      ...httpInvocation(client, maxMessageBytes),
      ...httpTopics({ client, maxBytes: maxMessageBytes, logger }),
      ...eventMembers(client, maxMessageBytes, bindingRoute),
      health: () => checkHealth(client, healthPath),
      subscriptions,
      ...(actors !== undefined && { actor: httpActors(client, maxMessageBytes, actors) }),
    };
    return { channel, wantsEvents: (name) => wantsEvents(client, bindingRoute(name)), close: client.close };
  } catch (error) {
    client.close();
    throw error;
  }
}

function eventMembers(
  client: AppHttpClient,
  maxBytes: number,
  bindingRoute: (name: string) => string,
): Required<Pick<AppChannel, "binding" | "job" | "configuration">> {
  const post = async (path: string, body: Uint8Array, signal: AbortSignal, headers = {}): Promise<Buffer> => {
    const asked = path.startsWith("/") ? path : `/${path}`;
    const reply = await client.send({
      verb: "POST",
      path: asked,
      headers: { ...headers, "content-type": "application/json" },
      body,
      signal,
    });
    const answer = await readBody(reply.body, maxBytes);
    if (reply.status < 200 || reply.status > 299) throw refused(asked, reply.status, answer);
    return answer;
  };
  return {
    async binding({ name, data, metadata }, { signal, metadata: ofCall }) {
      const answer = await post(bindingRoute(name), data, signal, {
        ...metadataHeaders(metadata),
        ...traceOf(ofCall),
      });
      return { ...appCallback.BindingEventResponse.fromPartial({}), data: answer };
    },
    async job({ name, data }, { signal }) {
      await post(`/job/${percentEncoded(name)}`, jobBody(data), signal);
      return {};
    },
    async configuration({ store, values }, { signal }) {
      const items = Object.fromEntries(
        [...values].map(([key, { value, version, metadata }]) => [key, { value, version, metadata }]),
      );
      const body = Buffer.from(JSON.stringify({ items }), "utf8");
      const failures: unknown[] = [];
      for (const key of values.keys()) {
        const path = `/configuration/${percentEncoded(store)}/${percentEncoded(key)}`;
        // An app that does not take one key is told of the others.
        await post(path, body, signal).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** A job that was scheduled over HTTP has its data as a JSON value in protobuf's own form; the app gets the JSON. */
function jobBody(data: appCallback.JobEventRequest["data"]): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  if (!data.typeUrl.endsWith("/google.protobuf.Value")) return data.value;
  return Buffer.from(JSON.stringify(Value.unwrap(Value.decode(data.value))), "utf8");
}

async function checkHealth(client: AppHttpClient, path: string): Promise<void> {
  const { status, body } = await client.send({ verb: "GET", path, headers: {} });
  body.resume();
  if (status < 200 || status > 299) throw refused(path, status, Buffer.alloc(0));
}

function refused(path: string, status: number, answer: Buffer): MechaError {
  const said = answer.subarray(0, 500).toString("utf8");
  return new MechaError(
    "UNKNOWN",
    `The app answered ${path} with status ${String(status)}${said === "" ? "" : `: ${said}`}`,
    {
      operation: "app.call",
      httpStatus: status,
    },
  );
}
