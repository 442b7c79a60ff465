import "reflect-metadata";
import { type ConfigurationValues, MechaError } from "@mecha/sdk-core";
import { BadRequestException, type PipeTransform, type Type } from "@nestjs/common";
import { HandlerCall } from "./handler-call.js";

/** Where Nest keeps what the parameters of a method are; `createParamDecorator()` and pipes of parameters rest on it. */
export const routeArguments = "__routeArguments__";

/** Where the parameters stand of a method that decorates none of them. */
export const plainArguments = "mecha:arguments";

/** Numbers by which Nest tells parameters apart. The payload's is that of `@Body()`, so that a `ValidationPipe` checks it. */
const parameterTypes = { payload: 3, context: 102, cloudEvent: 101 } as const;

/** The number of `@Ctx()` of `@nestjs/microservices`, whose `@Payload()` is the same as ours. */
const microserviceContext = 4;

type PipeOf = Type<PipeTransform> | PipeTransform;

/** What Nest notes of a parameter. */
interface ParameterNote {
  readonly index: number;
  readonly data: unknown;
  readonly pipes: readonly PipeOf[];
}

/** The notes of a method, by number and index: `3:0` is a payload in the first place. */
export type ParameterNotes = Readonly<Record<string, ParameterNote>>;

/**
 * What a call brings: the data of an event, invocation or job, the values of a configuration; or a property of it, which of a
 * configuration is the text of the value.
 */
export function Payload(...pipes: readonly PipeOf[]): ParameterDecorator;
export function Payload(property: string, ...pipes: readonly PipeOf[]): ParameterDecorator;
export function Payload(...given: readonly (string | PipeOf)[]): ParameterDecorator {
  const [first] = given;
  const property = typeof first === "string" ? first : undefined;
  const pipes = given.filter((each): each is PipeOf => typeof each !== "string");
  return parameter(parameterTypes.payload, property, pipes);
}

/** The whole event of a topic, a `TopicEvent` of `@mecha/sdk-core`; a list of `BulkTopicEvent` with `bulk`. */
export function CloudEvent(): ParameterDecorator {
  return parameter(parameterTypes.cloudEvent);
}

/** The `HandlerContext` of the call. */
export function EventContext(): ParameterDecorator {
  return parameter(parameterTypes.context);
}

/** What the parameters of a method are of that decorates none of them: the payload, and the context. */
export const plainParameters: ParameterNotes = Object.fromEntries(
  [parameterTypes.payload, parameterTypes.context].map((type, index) => [
    `${type}:${index}`,
    { index, data: undefined, pipes: [] },
  ]),
);

/** Makes arguments for Nest's context creator. */
export const argumentFactory = {
  exchangeKeyForValue(type: number, data: unknown, [, call]: readonly unknown[]): unknown {
    if (!(call instanceof HandlerCall)) return undefined;
    switch (type) {
      case parameterTypes.payload:
        return typeof data === "string" ? propertyOf(call, data) : payloadOf(call);
      case parameterTypes.cloudEvent:
        return call.message;
      case parameterTypes.context:
      case microserviceContext:
        return call;
      default:
        return undefined;
    }
  },
};

/** Whether a key of the notes is of the payload. */
export function isPayload(noteKey: string): boolean {
  return noteKey.startsWith(`${parameterTypes.payload}:`);
}

/** Whether a method takes the event of a topic. */
export function takesCloudEvent({
  prototype,
  method,
}: {
  readonly prototype: object;
  readonly method: string;
}): boolean {
  const notes = Reflect.getMetadata(routeArguments, prototype.constructor, method) as ParameterNotes | undefined;
  return Object.keys(notes ?? {}).some((key) => key.startsWith(`${parameterTypes.cloudEvent}:`));
}

function payloadOf({ payload, unreadable }: HandlerCall): unknown {
  if (unreadable === undefined) return payload;
  throw new BadRequestException(MechaError.from(unreadable).message, { cause: unreadable });
}

/** Of configuration values, which are a map by key, the text of one. */
function propertyOf(call: HandlerCall, property: string): unknown {
  const payload = payloadOf(call);
  if (call.kind === "configuration") return (payload as ConfigurationValues).get(property)?.value;
  return (payload as Readonly<Record<string, unknown>> | null | undefined)?.[property];
}

function parameter(type: number, data?: unknown, pipes: readonly PipeOf[] = []): ParameterDecorator {
  return (target, method, index) => {
    // On a parameter of a constructor there is no method; Nest would not look there either.
    if (method === undefined) return;
    const notes = Reflect.getMetadata(routeArguments, target.constructor, method) as ParameterNotes | undefined;
    const changed = { ...notes, [`${type}:${index}`]: { index, data, pipes } };
    Reflect.defineMetadata(routeArguments, changed, target.constructor, method);
  };
}
