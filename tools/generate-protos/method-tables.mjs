import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The file of a request's message tells the building block; `dapr` holds the request of Shutdown. */
const blocks = {
  state: "state",
  pubsub: "pubsub",
  binding: "bindings",
  invoke: "invocation",
  secret: "secrets",
  configuration: "configuration",
  lock: "lock",
  crypto: "crypto",
  actors: "actors",
  jobs: "jobs",
  ai: "conversation",
  workflow: "workflow",
  metadata: "metadata",
  dapr: "metadata",
};

const lowerFirst = (name) => name[0].toLowerCase() + name.slice(1);

/** Where the generated code has each message: its path from `generated/methods` and its name. */
function messagesOf(files) {
  const messages = new Map();
  for (const file of files) {
    const path = `../${file.name.replace(/\.proto$/, ".js")}`;
    for (const { name } of file.messageType) messages.set(`.${file.package}.${name}`, { name, path, file: file.name });
  }
  return messages;
}

function blockOf(service, request) {
  if (service.startsWith("AppCallback")) return "app-callback";
  const file = /\/(\w+)\.proto$/.exec(request.file)?.[1];
  const block = blocks[file];
  if (block === undefined) throw new Error(`no building block is named for the requests of ${request.file}`);
  return block;
}

/** The methods of all services, by building block. */
function methodsByBlock(files) {
  const messages = messagesOf(files);
  const byBlock = new Map();
  for (const file of files) {
    for (const service of file.service) {
      for (const { name, inputType, outputType, clientStreaming, serverStreaming } of service.method) {
        const request = messages.get(inputType);
        const block = blockOf(service.name, request);
        const methods = byBlock.get(block) ?? [];
        const path = `/${file.package}.${service.name}/${name}`;
        methods.push({ name, path, request, response: messages.get(outputType), clientStreaming, serverStreaming });
        byBlock.set(block, methods);
      }
    }
  }
  return byBlock;
}

function methodSource({ name, path, request, response, clientStreaming, serverStreaming }) {
  const streams = clientStreaming || serverStreaming;
  const kind = streams
    ? `kind: "stream", requestStream: ${clientStreaming}, responseStream: ${serverStreaming}`
    : `kind: "unary"`;
  return `const ${lowerFirst(name)}: ${streams ? "StreamMethod" : "UnaryMethod"}<${request.name}, ${response.name}> = {
  ${kind},
  path: "${path}",
  request: ${request.name},
  response: ${response.name},
};
`;
}

function importLines(methods) {
  const namesByPath = new Map();
  for (const { name, path } of methods.flatMap(({ request, response }) => [request, response])) {
    namesByPath.set(path, (namesByPath.get(path) ?? new Set()).add(name));
  }
  const lines = [...namesByPath].map(([path, names]) => `import { ${[...names].sort().join(", ")} } from "${path}";`);
  return lines.sort();
}

function tableSource(block, methods) {
  const table = block.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const types = ["StreamMethod", "UnaryMethod"].filter((type) =>
    methods.some(
      ({ clientStreaming, serverStreaming }) => (type === "StreamMethod") === (clientStreaming || serverStreaming),
    ),
  );
  return `// Made by tools/generate-protos.mjs.
import type { ${types.join(", ")} } from "../../transport/method.js";
${importLines(methods).join("\n")}

${methods.map(methodSource).join("\n")}
/** The methods of the building block ${block}, with no other block's messages. */
export const ${table}Methods = {
${methods.map(({ name }) => `  ${lowerFirst(name)},`).join("\n")}
} as const;
`;
}

/** All methods of the Dapr service by kind and path alone. */
function outlineSource(methods) {
  const lines = methods.map(({ name, path, clientStreaming, serverStreaming }) => {
    const kind = clientStreaming || serverStreaming ? "stream" : "unary";
    return `  ${lowerFirst(name)}: { kind: "${kind}", path: "${path}" },`;
  });
  return `// Made by tools/generate-protos.mjs.

/** Every RPC of the Dapr service by its kind and its path on the wire, without a message. */
export const daprOutline = {
${lines.join("\n")}
} as const;
`;
}

/**
 * Writes one table of methods for each building block into the generated code, and an outline of all.
 *
 * @param descriptorSet - what protoc made of all files, with their imports
 * @param folder - where to, beside the folders of the messages
 */
export function writeMethodTables(descriptorSet, folder) {
  // protoc and ts-proto have no reader of their own that can be called; the SDK's dependency has one.
  const fromSdk = createRequire(join(root, "packages/sdk-core/package.json"));
  const { fromBinary } = fromSdk("@bufbuild/protobuf");
  const { FileDescriptorSetSchema } = fromSdk("@bufbuild/protobuf/wkt");
  mkdirSync(folder, { recursive: true });
  const byBlock = methodsByBlock(fromBinary(FileDescriptorSetSchema, descriptorSet).file);
  for (const [block, methods] of byBlock) writeFileSync(join(folder, `${block}.ts`), tableSource(block, methods));
  const ofDapr = [...byBlock].flatMap(([block, methods]) => (block === "app-callback" ? [] : methods));
  writeFileSync(join(folder, "outline.ts"), outlineSource(ofDapr));
}
