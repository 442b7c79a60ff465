import {
  type BindingRequest,
  type ComponentContext,
  type ComponentDefinition,
  type InboundMessage,
  type InputBinding,
  MechaError,
  type OutputBinding,
} from "@mecha/spec";
import { type MetadataReader, readMetadata } from "../metadata/metadata-reader.js";
import { component as pubsub } from "../pubsub/rocketmq.js";

/** A topic of the `topics` list: `name` or `name||expression`. */
interface Topic {
  readonly name: string;
  /** Tags, as `paid || refunded`; empty for all. */
  readonly expression: string;
}

/**
 * `bindings.rocketmq`: messages of RocketMQ as events, and as the output of `create`, as in components-contrib 1.18.
 *
 * Metadata: `nameServer`, `topics` (several with commas, each with `||` and a tag if only those are wanted), `consumerGroup`,
 * `instanceId` (the namespace), `accessKey`, `secretKey`, `consumerBatchSize`, `retries`; `accessProto` is `tcp`. Output: of the
 * request's metadata `rocketmq-topic` (else each of `topics`, with its tag), `rocketmq-tag` and `rocketmq-key`. Input: a message
 * whose event the app did not handle is redelivered by the broker.
 */
export const component: ComponentDefinition<"bindings", InputBinding & OutputBinding> = {
  type: "bindings.rocketmq",
  async create(context) {
    const metadata = readMetadata(context);
    metadata.text("accessProto", "tcp", { allowed: ["tcp", "tcp-cgo"] });
    const topics = readTopics(metadata);
    const consumerGroup = metadata.text("consumerGroup", context.appId);
    const broker = await pubsub.create({ ...context, metadata: brokerMetadata(context, metadata) });
    return {
      backend: broker.backend,
      operations: ["create"],
      async invoke(request, options) {
        for (const { name, expression } of targetsOf(request, topics, context)) {
          const properties = {
            ...given("rocketmq-tag", expression),
            ...given("rocketmq-key", request.metadata["rocketmq-key"] ?? ""),
          };
          const [failure] = await broker.publish(name, [{ data: request.data, metadata: properties }], options);
          if (failure !== undefined) throw failure;
        }
        return {};
      },
      async read(handler) {
        if (topics.length === 0) throw metadata.invalid("topics", "is missing; an input binding needs it");
        const open = await Promise.all(
          topics.map(({ name, expression }) =>
            broker.subscribe(
              name,
              async (message) => {
                const about = { "rocketmq-sub-expression": expression, "rocketmq-consumerGroup": consumerGroup };
                await handler({ data: message.data, metadata: eventMetadata(message, about) });
                return "success";
              },
              { metadata: { consumerGroup, ...given("rocketmq-sub-expression", expression) } },
            ),
          ),
        );
        return {
          async close() {
            await Promise.all(open.map((subscription) => subscription.close()));
          },
        };
      },
      ping: async (options) => broker.ping?.(options),
      close: async () => broker.close?.(),
    };
  },
};

function readTopics(metadata: MetadataReader): readonly Topic[] {
  const text = metadata.text("topics", "");
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", expression = "", ...rest] = part.split("||");
      if (name !== "" && rest.length === 0) return { name, expression };
      throw metadata.invalid("topics", `is "${text}"; allowed: topics with commas, each as topic or topic||tag`);
    });
}

/** The same in the names of `pubsub.rocketmq`. */
function brokerMetadata(context: ComponentContext, metadata: MetadataReader): Record<string, string> {
  return { ...context.metadata, ...given("nameSpace", metadata.text("instanceId", "")) };
}

function targetsOf(
  { metadata }: BindingRequest,
  topics: readonly Topic[],
  context: ComponentContext,
): readonly Topic[] {
  const name = metadata["rocketmq-topic"] ?? "";
  if (name !== "") return [{ name, expression: metadata["rocketmq-tag"] ?? "" }];
  if (topics.length > 0) return topics;
  throw new MechaError(
    "INVALID_ARGUMENT",
    `Binding "${context.name}" has no metadata "topics", so the request's metadata must name one in "rocketmq-topic"`,
    { component: context.name, operation: "binding.create" },
  );
}

function eventMetadata(
  { metadata }: InboundMessage,
  about: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { ...metadata, "rocketmq-sub-type": "", ...about };
}

function given(name: string, value: string): Record<string, string> {
  return value === "" ? {} : { [name]: value };
}
