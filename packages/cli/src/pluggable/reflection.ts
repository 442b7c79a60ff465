import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageType, StreamMethod } from "@mecha/sdk-core/protocol";
import { readFields } from "./component-messages.js";

/** A question to the reflection service; anything but a request for the list of services is told as it came. */
export interface ReflectionRequest {
  readonly bytes: Uint8Array;
  readonly asksForServices: boolean;
}

/** An answer of the reflection service: names of services, or none, which is an error. */
export interface ReflectionResponse {
  readonly request: ReflectionRequest;
  readonly services: readonly string[] | undefined;
}

const request: MessageType<ReflectionRequest> = {
  encode: ({ bytes }) => ({ finish: () => bytes }),
  decode(bytes) {
    let asksForServices = false;
    readFields(bytes, (field) => {
      // list_services = 7
      asksForServices ||= field === 7;
      return false;
    });
    return { bytes, asksForServices };
  },
  fromPartial: (partial) => partial,
};

/** gRPC's NOT_FOUND. */
const notFound = 5;

const response: MessageType<ReflectionResponse> = {
  encode({ request: { bytes }, services }) {
    const writer = new BinaryWriter();
    // original_request = 2, list_services_response = 6 (service = 1, name = 1), error_response = 7 (code = 1, message = 2)
    writer.uint32(18).bytes(bytes);
    if (services === undefined) {
      writer.uint32(58).fork();
      writer.uint32(8).int32(notFound).uint32(18).string("only the list of services can be had here");
      writer.join();
      return writer;
    }
    writer.uint32(50).fork();
    for (const name of services) {
      writer.uint32(10).fork();
      writer.uint32(10).string(name);
      writer.join();
    }
    writer.join();
    return writer;
  },
  decode: () => {
    throw new Error("nobody here asks a reflection service");
  },
  fromPartial: (partial) => partial,
};

/** `ServerReflectionInfo` of `grpc.reflection.v1alpha`, by which daprd 1.18 finds out what a socket serves. */
export const reflectionMethod: StreamMethod<ReflectionRequest, ReflectionResponse> = {
  kind: "stream",
  path: "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
  request,
  response,
  requestStream: true,
  responseStream: true,
};

/** Answers which services there are, and nothing else. */
export async function* reflect(
  services: readonly string[],
  requests: AsyncIterable<ReflectionRequest>,
): AsyncIterable<ReflectionResponse> {
  for await (const each of requests) yield { request: each, services: each.asksForServices ? services : undefined };
}
