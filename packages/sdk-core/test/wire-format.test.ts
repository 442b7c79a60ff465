import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clone } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { readDaprDescriptors } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { describe, expect, test } from "vitest";
import * as protocol from "../src/protocol.js";
import { differences, readDescriptors, wireFactsOf } from "./wire-facts.js";

const descriptors = readDescriptors(readFileSync(join(import.meta.dirname, "../src/generated/descriptors.binpb")));
const ours = wireFactsOf(descriptors);

describeWith("daprd", "the protocol of daprd", () => {
  test("is ours in every method, message, field and enum", async () => {
    const theirs = wireFactsOf(readDescriptors(await readDaprDescriptors()));
    expect(theirs.size).toBeGreaterThan(900);
    expect(differences(ours, theirs)).toEqual([]);
  });
});

function fileOf(files: readonly FileDescriptorProto[], name: string): FileDescriptorProto {
  return files.find((file) => file.name === `dapr/proto/runtime/v1/${name}.proto`)!;
}

function messageOf(files: readonly FileDescriptorProto[], file: string, name: string): DescriptorProto {
  return fileOf(files, file).messageType.find((message) => message.name === name)!;
}

describe("the comparison of two protocols", () => {
  const changes: [string, (files: FileDescriptorProto[]) => unknown, RegExp][] = [
    ["a field's number", (all) => (messageOf(all, "state", "GetStateRequest").field[1]!.number = 9), /GetStateRequest/],
    ["a field's name", (all) => (messageOf(all, "lock", "UnlockRequest").field[0]!.name = "x"), /UnlockRequest/],
    [
      "a field's type",
      (all) => (messageOf(all, "jobs", "Job").field[0]!.type = FieldDescriptorProto_Type.BYTES),
      /Job\.name is 1: OPTIONAL BYTES/,
    ],
    [
      "a field's label",
      (all) => (messageOf(all, "metadata", "MetadataResiliency").field[0]!.label = FieldDescriptorProto_Label.REPEATED),
      /MetadataResiliency\.name is 1: REPEATED STRING/,
    ],
    [
      "whether a field's absence is told",
      (all) => (messageOf(all, "jobs", "DeleteJobsByPrefixRequest").field[0]!.proto3Optional = false),
      /DeleteJobsByPrefixRequest\.name_prefix/,
    ],
    [
      "a choice's name",
      (all) => (messageOf(all, "actors", "SubscribeActorEventsRequestAlpha1").oneofDecl[0]!.name = "other"),
      /oneof other/,
    ],
    [
      "an enum's value",
      (all) => (messageOf(all, "appcallback", "TopicEventResponse").enumType[0]!.value[1]!.number = 7),
      /TopicEventResponse\.TopicEventResponseStatus\.RETRY is 7/,
    ],
    ["a message that is missing", (all) => fileOf(all, "lock").messageType.pop(), /^we lack message .*UnlockResponse/],
    ["a method that is missing", (all) => fileOf(all, "dapr").service[0]!.method.pop(), /^we lack rpc .*\/ListJobs /],
    [
      "a method that streams",
      (all) => (fileOf(all, "dapr").service[0]!.method[0]!.serverStreaming = true),
      /rpc .*\/InvokeService is .* -> stream/,
    ],
    [
      "a method's response",
      (all) => (fileOf(all, "dapr").service[0]!.method[0]!.outputType = ".google.protobuf.Empty"),
      /rpc .*\/InvokeService is .* -> \.google\.protobuf\.Empty/,
    ],
  ];

  test.each(changes)("reports %s", (_, change, report) => {
    const changed = clone(FileDescriptorSetSchema, descriptors);
    change(changed.file);
    expect(differences(wireFactsOf(changed), ours)[0]).toMatch(report);
  });

  test("reports what only one side has, from either side", () => {
    const changed = clone(FileDescriptorSetSchema, descriptors);
    fileOf(changed.file, "dapr").service[0]!.method.pop();
    expect(differences(ours, wireFactsOf(changed))).toEqual([expect.stringMatching(/^only we have rpc .*\/ListJobs /)]);
  });
});

describe("the tables of methods", () => {
  const { daprMethods, appCallbackMethods, Empty, ShutdownRequest, ...namespaces } = protocol;
  const messages = new Map<string, unknown>([
    ...Object.values(namespaces).flatMap((namespace) => Object.entries(namespace)),
    ["Empty", Empty],
    ["ShutdownRequest", ShutdownRequest],
  ]);
  const tables = Object.values({ ...daprMethods, ...appCallbackMethods });
  const methods = new Map<string, (typeof tables)[number]>(tables.map((method) => [method.path, method]));
  const services = descriptors.file.flatMap(({ package: name, service }) =>
    service.flatMap((each) => each.method.map((method) => [`/${name}.${each.name}/${method.name}`, method] as const)),
  );

  test("have the 72 methods of the Dapr service, and the ten that an app answers", () => {
    expect(Object.keys(daprMethods)).toHaveLength(72);
    expect(Object.keys(appCallbackMethods)).toHaveLength(10);
    expect([...methods.keys()].sort()).toEqual(services.map(([path]) => path).sort());
  });

  test.each(services)("have %s with its messages", (path, method) => {
    const found = methods.get(path)!;
    const nameOf = (type: string): string => type.slice(type.lastIndexOf(".") + 1);
    expect(found.request).toBe(messages.get(nameOf(method.inputType)));
    expect(found.response).toBe(messages.get(nameOf(method.outputType)));
    const { requestStream = false, responseStream = false } = found.kind === "stream" ? found : {};
    expect([requestStream, responseStream]).toEqual([method.clientStreaming, method.serverStreaming]);
  });
});
