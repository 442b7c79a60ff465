import type { ActorChannel, CallContext, Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { percentEncoded } from "../percent-encoded.js";
import type { AppHttpClient } from "./http-exchange.js";
import { callHeaders } from "./metadata-headers.js";
import { passedHeaders } from "./passed-headers.js";
import { readBody } from "./read-body.js";

/** Set by an app whose method failed; the body then says how, and the caller gets it as it is. */
const failedHeader = "x-daprerrorresponseheader";

/** Set by an app that does not want a timer or a reminder again. */
const cancelHeader = "x-daprremindercancel";

/** Calls the actors of an app on its HTTP routes, as daprd does. */
export function httpActors(
  client: AppHttpClient,
  maxBytes: number,
  registration: Pick<ActorChannel, "types" | "config">,
): ActorChannel {
  const call = async (request: ActorRequest, { signal }: CallContext) => {
    const { path } = request;
    const reply = await client.send({ ...request, path: `/actors/${path}`, signal });
    const bytes = await readBody(reply.body, maxBytes);
    if (reply.status === 404) throw missing(path);
    if (reply.status !== 200) throw failed(reply.status, bytes);
    return { headers: reply.headers, bytes };
  };
  const fire = async (path: string, schedule: Schedule, context: CallContext) => {
    const { headers } = await call(
      { verb: "PUT", path, headers: { "content-type": "application/json" }, body: toJson(schedule) },
      context,
    );
    return { cancel: headers[cancelHeader]?.toLowerCase() === "true" };
  };
  return {
    ...registration,
    async invoke({ actorType, actorId, method, data, metadata }, context) {
      const path = `${escaped(actorType, actorId)}/method/${method.split("/").map(percentEncoded).join("/")}`;
      const { headers, bytes } = await call({ verb: "PUT", path, headers: callHeaders(metadata), body: data }, context);
      const isFailed = headers[failedHeader] !== undefined;
      return { data: bytes, metadata: passedHeaders(headers), ...(isFailed && { failed: true }) };
    },
    timer: ({ actorType, actorId, name, callback, dueTime, period, data }, context) =>
      fire(
        `${escaped(actorType, actorId)}/method/timer/${percentEncoded(name)}`,
        { callback, dueTime, period, data },
        context,
      ),
    reminder: ({ actorType, actorId, name, dueTime, period, data }, context) =>
      fire(`${escaped(actorType, actorId)}/method/remind/${percentEncoded(name)}`, { dueTime, period, data }, context),
    async deactivate({ actorType, actorId }, context) {
      await call({ verb: "DELETE", path: escaped(actorType, actorId), headers: {} }, context);
    },
  };
}

interface ActorRequest {
  readonly verb: string;
  /** Path below `/actors/`. */
  readonly path: string;
  readonly headers: Metadata;
  readonly body?: Uint8Array;
}

interface Schedule {
  readonly callback?: string;
  readonly dueTime: string;
  readonly period: string;
  readonly data: Uint8Array;
}

/** The data of a timer or reminder is JSON already; none is null. */
function toJson({ data, ...schedule }: Schedule): Buffer {
  const value = data.length === 0 ? "null" : Buffer.from(data).toString("utf8");
  return Buffer.from(`${JSON.stringify(schedule).slice(0, -1)},"data":${value}}`, "utf8");
}

function escaped(actorType: string, actorId: string): string {
  return `${percentEncoded(actorType)}/${percentEncoded(actorId)}`;
}

function missing(path: string): MechaError {
  return new MechaError("NOT_FOUND", `actor method not found: actors/${path}`, { operation: "app.actor" });
}

function failed(status: number, body: Buffer): MechaError {
  return new MechaError("UNKNOWN", `error from actor service: (${String(status)}) ${body.toString("utf8")}`, {
    operation: "app.actor",
    httpStatus: status,
  });
}
