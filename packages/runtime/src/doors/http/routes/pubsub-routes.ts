import { daprMethods, type pubsub } from "@mecha/sdk-core/protocol";
import { messageOf } from "../../../errors/dapr-error.js";
import { isBinary, isCloudEvent, isJson, isText } from "../../../pubsub/content-type.js";
import { MechaError } from "@mecha/spec";
import { JsonFields } from "../json-fields.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";

/** Publishing: `/v1.0/publish/…`, several events at once at `/v1.0/publish/bulk/…`. */
export const pubsubRoutes: readonly HttpRoute[] = [
  { verbs: ["POST", "PUT"], path: "publish/:pubsubName/*", answer: publish },
  {
    verbs: ["POST", "PUT"],
    versions: ["v1.0", "v1.0-alpha1"],
    path: "publish/bulk/:pubsubName/*",
    answer: publishBulk,
  },
];

async function publish(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  await ask(daprMethods.publishEvent, {
    pubsubName: param(context, "pubsubName"),
    topic: param(context, "*"),
    data: await call.bytes(),
    dataContentType: call.headers["content-type"] ?? "",
    metadata: call.queryMetadata,
  });
  call.sendNothing();
}

async function publishBulk(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const [pubsubName, topic] = [param(context, "pubsubName"), param(context, "*")];
  const entries = await entriesOf(context, pubsubName, topic);
  const metadata = call.queryMetadata;
  const { failedEntries } = await ask(daprMethods.bulkPublishEvent, { pubsubName, topic, entries, metadata });
  if (failedEntries.length === 0) {
    call.sendNothing();
    return;
  }
  const failed = failedEntries.map(({ entryId, error }) => ({ entryId, ...(error !== "" && { error }) }));
  call.sendJson({ failedEntries: failed, errorCode: "ERR_PUBSUB_PUBLISH_MESSAGE" }, 500);
}

async function entriesOf(
  { call }: RouteContext,
  pubsubName: string,
  topic: string,
): Promise<pubsub.BulkPublishRequestEntry[]> {
  const subject = `for topic ${topic} pubsub ${pubsubName}`;
  let body: unknown;
  try {
    body = (await call.json()) ?? [];
    if (!Array.isArray(body)) throw new TypeError("a list of entries is needed");
    return body.map((one: unknown) => toEntry(new JsonFields(one), call.queryMetadata));
  } catch (cause) {
    if (MechaError.is(cause) && cause.httpStatus === 413) throw cause;
    const isUnread = body === undefined || !Array.isArray(body);
    throw new MechaError(
      "INVALID_ARGUMENT",
      isUnread
        ? `error when unmarshaling the request ${subject}: ${messageOf(cause)}`
        : `error when marshalling cloud event envelope ${subject}: ${messageOf(cause)}`,
      {
        reason: isUnread ? "DAPR_PUBSUB_UNMARSHAL_EVENTS" : "DAPR_PUBSUB_MARSHAL_ENVELOPE",
        httpStatus: 400,
        component: pubsubName,
        cause,
      },
    );
  }
}

function toEntry(entry: JsonFields, metadata: Readonly<Record<string, string>>): pubsub.BulkPublishRequestEntry {
  const contentType = entry.text("contentType");
  return {
    entryId: entry.text("entryId"),
    event: eventBytes(entry.any("event"), contentType),
    contentType,
    // What an entry says of itself counts more.
    metadata: { ...metadata, ...entry.texts("metadata") },
  };
}

/** Bytes are in base64, text is text, all else JSON. */
function eventBytes(event: unknown, contentType: string): Buffer {
  if (isJson(contentType) || isCloudEvent(contentType)) return Buffer.from(JSON.stringify(event ?? null), "utf8");
  if (typeof event === "string" && isBinary(contentType) && /^[\w+/]*={0,2}$/u.test(event))
    return Buffer.from(event, "base64");
  if (typeof event === "string" && isText(contentType)) return Buffer.from(event, "utf8");
  throw new TypeError("error: mismatch between contentType and event");
}
