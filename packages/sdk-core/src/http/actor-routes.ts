import { MechaError } from "@mecha/spec";
import type { ActorAddress, ActorChannel, ActorScheduleReply } from "../app/actor-channel.js";
import { toActorFailure } from "../actors/actor-failure.js";
import { contentTypeOf } from "../codec.js";
import type { HttpCall } from "./http-call.js";

/** Says that the method failed, and the body how: daprd gives it to the caller as it is. */
const failedHeader = "x-daprerrorresponseheader";

/** Says that a timer or a reminder shall not come again. */
const cancelHeader = "x-daprremindercancel";

/**
 * Answers what daprd asks of actors over HTTP: `PUT /actors/<type>/<id>/method/<method>`, `…/method/timer/<name>`,
 * `…/method/remind/<name>`, and `DELETE /actors/<type>/<id>`.
 */
export async function answerActorCall(actors: ActorChannel, call: HttpCall): Promise<void> {
  try {
    await answerWith(actors, call);
  } catch (thrown) {
    // What concerns the request alone, a body that is too long among it, is answered as everywhere.
    if (!(thrown instanceof ActorFailed)) throw thrown;
    const { isMissing, message } = toActorFailure(thrown.cause);
    await call.send(isMissing ? 404 : 500, { "content-type": contentTypeOf.text }, Buffer.from(message, "utf8"));
  }
}

/** Tells what an actor threw from what the server did. */
class ActorFailed extends Error {}

async function outcomeOf<T>(handling: Promise<T>): Promise<T> {
  try {
    return await handling;
  } catch (cause) {
    throw new ActorFailed("the actor failed", { cause });
  }
}

async function answerWith(actors: ActorChannel, call: HttpCall): Promise<void> {
  const [, actorType = "", actorId = "", keyword, ...rest] = call.path.split("/");
  const address = { actorType, actorId };
  if (call.verb === "DELETE" && keyword === undefined) {
    await outcomeOf(actors.deactivate(address, call.context));
    call.sendJson(200, {});
    return;
  }
  const [kind, ...names] = rest;
  if (call.verb !== "PUT" || keyword !== "method" || kind === undefined) throw unknown(call);
  if (kind === "timer" && names.length > 0)
    return sendSchedule(call, await fireTimer(actors, address, names.join("/"), call));
  if (kind === "remind" && names.length > 0)
    return sendSchedule(call, await remind(actors, address, names.join("/"), call));
  const data = await call.bytes();
  const invocation = { ...address, method: rest.join("/"), data, metadata: call.headers };
  const reply = await outcomeOf(actors.invoke(invocation, call.context));
  await call.send(200, { ...reply.metadata, ...(reply.failed === true && { [failedHeader]: "true" }) }, reply.data);
}

async function fireTimer(
  actors: ActorChannel,
  address: ActorAddress,
  name: string,
  call: HttpCall,
): Promise<ActorScheduleReply> {
  const body = await scheduleOf(call);
  return outcomeOf(actors.timer({ ...address, ...body, name }, call.context));
}

async function remind(
  actors: ActorChannel,
  address: ActorAddress,
  name: string,
  call: HttpCall,
): Promise<ActorScheduleReply> {
  const { dueTime, period, data } = await scheduleOf(call);
  return outcomeOf(actors.reminder({ ...address, name, dueTime, period, data }, call.context));
}

interface Schedule {
  readonly dueTime: string;
  readonly period: string;
  readonly callback: string;
  readonly data: Uint8Array;
}

async function scheduleOf(call: HttpCall): Promise<Schedule> {
  // What daprd sends; each member is looked at below.
  const body = ((await call.json()) ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const { data } = body;
  return {
    dueTime: text(body["dueTime"]),
    period: text(body["period"]),
    callback: text(body["callback"]),
    data: data === undefined || data === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(data), "utf8"),
  };
}

function sendSchedule(call: HttpCall, { cancel }: ActorScheduleReply): Promise<void> {
  return call.send(200, cancel === true ? { [cancelHeader]: "true" } : {}, Buffer.alloc(0));
}

function unknown(call: HttpCall): MechaError {
  return new MechaError("NOT_FOUND", `There is nothing to ${call.verb} at /${call.path}`, { operation: "actors.host" });
}
