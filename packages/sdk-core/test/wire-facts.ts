import { fromBinary, isFieldSet } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorSet,
  type MethodDescriptorProto,
} from "@bufbuild/protobuf/wkt";

/** What two sides must agree on to understand each other: each fact by the name of what it is about. */
export type WireFacts = ReadonlyMap<string, string>;

const daprPackages = ["dapr.proto.common.v1", "dapr.proto.runtime.v1"];

/** Reads a serialized `google.protobuf.FileDescriptorSet`. */
export function readDescriptors(bytes: Uint8Array): FileDescriptorSet {
  return fromBinary(FileDescriptorSetSchema, bytes);
}

function fieldFact(field: FieldDescriptorProto, message: DescriptorProto): string {
  const oneof = isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex)
    ? ` in oneof ${message.oneofDecl[field.oneofIndex]?.name ?? "?"}`
    : "";
  const label = field.proto3Optional ? "presence" : FieldDescriptorProto_Label[field.label];
  const type = field.typeName === "" ? FieldDescriptorProto_Type[field.type] : field.typeName;
  return `${field.number}: ${label} ${type}${oneof}, json ${field.jsonName}`;
}

function* enumFacts(type: EnumDescriptorProto, name: string): Iterable<[string, string]> {
  yield [`enum ${name}`, "is there"];
  for (const value of type.value) yield [`value ${name}.${value.name}`, String(value.number)];
}

function* messageFacts(message: DescriptorProto, name: string): Iterable<[string, string]> {
  yield [`message ${name}`, message.options?.mapEntry ? "is a map's entry" : "is there"];
  for (const field of message.field) yield [`field ${name}.${field.name}`, fieldFact(field, message)];
  for (const nested of message.nestedType) yield* messageFacts(nested, `${name}.${nested.name}`);
  for (const nested of message.enumType) yield* enumFacts(nested, `${name}.${nested.name}`);
}

function methodFact({ inputType, outputType, clientStreaming, serverStreaming }: MethodDescriptorProto): string {
  const side = (type: string, streams: boolean): string => `${streams ? "stream " : ""}${type}`;
  return `${side(inputType, clientStreaming)} -> ${side(outputType, serverStreaming)}`;
}

function* allFacts({ file: files }: FileDescriptorSet): Iterable<[string, string]> {
  for (const file of files.filter((each) => daprPackages.includes(each.package))) {
    for (const message of file.messageType) yield* messageFacts(message, `${file.package}.${message.name}`);
    for (const type of file.enumType) yield* enumFacts(type, `${file.package}.${type.name}`);
    for (const service of file.service) {
      for (const method of service.method) {
        yield [`rpc /${file.package}.${service.name}/${method.name}`, methodFact(method)];
      }
    }
  }
}

/** The methods, messages, fields and enums of Dapr's runtime and common packages; options and comments are no facts. */
export function wireFactsOf(descriptors: FileDescriptorSet): WireFacts {
  return new Map(allFacts(descriptors));
}

/** What `ours` lacks, has too much or has otherwise than `theirs`, a line each. */
export function differences(ours: WireFacts, theirs: WireFacts): string[] {
  const lacking = [...theirs].filter(([name]) => !ours.has(name)).map(([name, fact]) => `we lack ${name} (${fact})`);
  const others = [...ours].flatMap(([name, fact]) => {
    const wanted = theirs.get(name);
    if (wanted === undefined) return [`only we have ${name} (${fact})`];
    return wanted === fact ? [] : [`${name} is ${fact} with us, should be ${wanted}`];
  });
  return [...lacking, ...others];
}
