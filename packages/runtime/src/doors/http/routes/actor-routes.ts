import { daprMethods } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import { actorError, actorErrorFrom } from "../../../actors/actor-errors.js";
import { passedHeaders } from "../../../app-channel/passed-headers.js";
import { withJsonPayload } from "../../json-payload.js";
import { bytesOfPayload } from "../any-payload.js";
import { goJson } from "../go-json.js";
import { JsonFields, malformedBody } from "../json-fields.js";
import { rawJson } from "../raw-json.js";
import { param, type HttpRoute, type RouteContext } from "../route.js";
import { toPolicy } from "./job-routes.js";

/** Actors: `/v1.0/actors/…`. */
export const actorRoutes: readonly HttpRoute[] = [
  { verbs: ["GET", "POST", "PUT", "DELETE"], path: "actors/:actorType/:actorId/method/:method", answer: invoke },
  { verbs: ["POST", "PUT"], path: "actors/:actorType/:actorId/state", answer: transact },
  { verbs: ["GET"], path: "actors/:actorType/:actorId/state/:key", answer: getState },
  { verbs: ["POST", "PUT"], path: "actors/:actorType/:actorId/reminders/:name", answer: registerReminder },
  { verbs: ["GET"], path: "actors/:actorType/:actorId/reminders/:name", answer: getReminder },
  {
    verbs: ["DELETE"],
    path: "actors/:actorType/:actorId/reminders/:name",
    async answer(context) {
      await context.ask(daprMethods.unregisterActorReminder, named(context));
      context.call.sendNothing();
    },
  },
  { verbs: ["POST", "PUT"], path: "actors/:actorType/:actorId/timers/:name", answer: registerTimer },
  {
    verbs: ["DELETE"],
    path: "actors/:actorType/:actorId/timers/:name",
    async answer(context) {
      await context.ask(daprMethods.unregisterActorTimer, named(context));
      context.call.sendNothing();
    },
  },
];

function addressOf(context: RouteContext) {
  return { actorType: param(context, "actorType"), actorId: param(context, "actorId") };
}

function named(context: RouteContext) {
  return { ...addressOf(context), name: param(context, "name") };
}

async function invoke(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const request = {
    ...addressOf(context),
    method: param(context, "method"),
    data: await call.bytes(),
    metadata: passedHeaders(call.headers),
  };
  const { data } = await ask(daprMethods.invokeActor, request).catch((thrown: unknown) => {
    // Over HTTP, daprd has one error for all that fails before the actor answers.
    if (MechaError.is(thrown) && thrown.reason === "ERR_ACTOR_NO_ADDRESS")
      throw actorErrorFrom("invoke", "error invoke actor method: failed to lookup actor", thrown);
    throw thrown;
  });
  call.sendBytes(data, { headers: passedHeaders(call.context.sent) });
}

async function getState(context: RouteContext): Promise<void> {
  const { call, ask } = context;
  const { data, metadata } = await ask(daprMethods.getActorState, {
    ...addressOf(context),
    key: param(context, "key"),
  });
  if (data.length === 0) call.sendNothing();
  else call.sendBytes(data, { headers: call.metadataHeaders(metadata) });
}

async function transact(context: RouteContext): Promise<void> {
  const body = await context.call.json();
  if (!Array.isArray(body)) throw malformedBody("a list of operations is needed");
  const operations = body.map((one: unknown) => {
    const operation = new JsonFields(one);
    const request = operation.fields("request");
    const operationType = operation.text("operation");
    if (operationType !== "upsert" && operationType !== "delete")
      throw actorError(
        "stateSave",
        `error saving actor transaction state: operation type ${operationType} not supported`,
      );
    const value = Buffer.from(goJson(request.any("value") ?? null), "utf8");
    return {
      operationType,
      key: request.text("key"),
      ...(operationType === "upsert" && { value: { typeUrl: "", value } }),
      metadata: request.texts("metadata"),
    };
  });
  const transaction = { ...addressOf(context), operations };
  await context.askIn(daprMethods.executeActorStateTransaction, transaction, withJsonPayload(context.call.context));
  context.call.sendNothing();
}

async function registerReminder(context: RouteContext): Promise<void> {
  const body = await context.call.fields();
  const reminder = {
    ...named(context),
    ...scheduleOf(body),
    overwrite: body.optionalBoolean("overwrite"),
    failurePolicy: body.any("failurePolicy") === undefined ? undefined : toPolicy(body.fields("failurePolicy")),
  };
  await context.askIn(daprMethods.registerActorReminder, reminder, withJsonPayload(context.call.context));
  context.call.sendNothing();
}

async function registerTimer(context: RouteContext): Promise<void> {
  const body = await context.call.fields();
  const timer = { ...named(context), ...scheduleOf(body), callback: body.text("callback") };
  await context.askIn(daprMethods.registerActorTimer, timer, withJsonPayload(context.call.context));
  context.call.sendNothing();
}

function scheduleOf(body: JsonFields) {
  const data = body.any("data");
  return {
    dueTime: body.text("dueTime"),
    period: body.text("period"),
    ttl: body.text("ttl"),
    data: data === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(data), "utf8"),
  };
}

async function getReminder(context: RouteContext): Promise<void> {
  const { actorId, actorType, data, dueTime, period, ttl } = await context.ask(
    daprMethods.getActorReminder,
    named(context),
  );
  const fields = JSON.stringify({
    actorID: actorId,
    actorType,
    ...(dueTime !== undefined && { dueTime }),
    ...(period !== undefined && { period }),
    ...(ttl !== undefined && { ttl }),
  });
  const bytes = bytesOfPayload(data);
  const json = bytes.length === 0 ? fields : `${fields.slice(0, -1)},"data":${rawJson(bytes)}}`;
  context.call.sendBytes(Buffer.from(json, "utf8"));
}
