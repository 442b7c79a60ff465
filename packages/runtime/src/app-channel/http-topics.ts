import { appCallback, type AppChannel, type CallContext, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError, type ComponentLogger } from "@mecha/spec";
import { fieldsOf } from "./answer-fields.js";
import { messageBehind } from "../pubsub/event-message.js";
import { toBulkJson, toEventJson } from "./event-json.js";
import { metadataHeaders } from "./metadata-headers.js";
import type { AppHttpClient } from "./http-exchange.js";
import { readBody } from "./read-body.js";
import { traceOf } from "./trace-of.js";

const Status = appCallback.TopicEventResponse_TopicEventResponseStatus;
type Status = appCallback.TopicEventResponse_TopicEventResponseStatus;

/** The members of a channel that take events of topics. */
export type TopicMembers = Required<Pick<AppChannel, "topic" | "bulkTopic">>;

/** What the topics of an HTTP app are reached by. */
export interface HttpTopicsOptions {
  readonly client: AppHttpClient;
  readonly maxBytes: number;
  readonly logger: ComponentLogger;
}

/**
 * Posts events to the routes of an app and reads its answer as daprd does: a success is acknowledged unless the body's `status`
 * says otherwise, 404 is acknowledged with a complaint (the app has no such route), all else throws, which means again.
 */
export function httpTopics({ client, maxBytes, logger }: HttpTopicsOptions): TopicMembers {
  const post = async (path: string, text: string, headers: Metadata, context: CallContext) => {
    const { status, body } = await client.send({
      verb: "POST",
      path: path.startsWith("/") ? path : `/${path}`,
      headers: { ...headers, ...traceOf(context.metadata) },
      body: Buffer.from(text, "utf8"),
      signal: context.signal,
    });
    return { status, answer: await readBody(body, maxBytes) };
  };
  return {
    async topic(event, context) {
      const headers = { ...propertiesOf(event), "content-type": "application/cloudevents+json" };
      const { status, answer } = await post(event.path, toEventJson(event, event), headers, context);
      if (status === 404) {
        logger.error(`the app has nothing at POST ${event.path}, so event ${event.id} of ${event.topic} is gone`);
        return { status: Status.SUCCESS };
      }
      if (status < 200 || status > 299) throw refused(event.path, status, answer);
      return { status: statusOf(parsed(answer), event.id) };
    },
    async bulkTopic(request, context) {
      const headers = { pubsubname: request.pubsubName, "content-type": "application/json" };
      const { status, answer } = await post(request.path, toBulkJson(request), headers, context);
      if (status === 404) {
        logger.error(
          `the app has nothing at POST ${request.path}, so ${String(request.entries.length)} events are gone`,
        );
        return { statuses: request.entries.map(({ entryId }) => ({ entryId, status: Status.SUCCESS })) };
      }
      if (status < 200 || status > 299) throw refused(request.path, status, answer);
      const { statuses } = fieldsOf(parsed(answer));
      if (!Array.isArray(statuses)) throw unreadable(request.path);
      return { statuses: statuses.map(toEntryStatus) };
    },
  };
}

/** As in daprd, the properties of a message are headers, and so is the name of its pub/sub. */
function propertiesOf(event: appCallback.TopicEventRequest): Metadata {
  return { ...metadataHeaders(messageBehind(event)?.metadata ?? {}), pubsubname: event.pubsubName };
}

function toEntryStatus(one: unknown): appCallback.TopicEventBulkResponseEntry {
  const { entryid } = fieldsOf(one);
  const id = typeof entryid === "string" ? entryid : "";
  return { entryId: id, status: entryStatus(one, id) };
}

/** In an answer for several events, a status that nobody knows concerns its own event only. */
function entryStatus(one: unknown, id: string): Status {
  try {
    return statusOf(one, id);
  } catch {
    return Status.RETRY;
  }
}

/** An app that says nothing of its success has succeeded. */
function statusOf(answer: unknown, id: string): Status {
  const { status } = fieldsOf(answer);
  switch (status) {
    case undefined:
    case "":
    case "SUCCESS":
      return Status.SUCCESS;
    case "RETRY":
      return Status.RETRY;
    case "DROP":
      return Status.DROP;
    default:
      throw new MechaError("UNKNOWN", `The app answered event ${id} with an unknown status: ${String(status)}`, {
        operation: "app.topic",
      });
  }
}

function parsed(answer: Buffer): unknown {
  try {
    return JSON.parse(answer.toString("utf8"));
  } catch {
    return undefined;
  }
}

function refused(path: string, status: number, answer: Buffer): MechaError {
  const said = answer.subarray(0, 500).toString("utf8");
  return new MechaError("UNKNOWN", `The app answered POST ${path} with status ${String(status)}: ${said}`, {
    operation: "app.topic",
    httpStatus: status,
  });
}

function unreadable(path: string): MechaError {
  return new MechaError("UNKNOWN", `The app answered POST ${path} with no list of statuses`, {
    operation: "app.topic",
  });
}
