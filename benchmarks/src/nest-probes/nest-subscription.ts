import "reflect-metadata";
import { readInput } from "../probes/probe-io.js";
import { createMeter, type EventCounts } from "./meter.js";

/** A subscriber to a topic of Redis. */
export interface NestSubscriptionInput extends EventCounts {
  readonly side: "@Subscribe" | "sdk-core" | "@EventPattern";
  /** Folder with the pub/sub component. */
  readonly resources: string;
  readonly pubsub: string;
  readonly redisPort: number;
  readonly topic: string;
}

type Handle = (data: unknown) => Promise<void>;

/** The app's module. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Nest names modules by classes
class App {}

/** Each loads nothing of the others. */
const sides: Readonly<
  Record<NestSubscriptionInput["side"], (input: NestSubscriptionInput, handle: Handle) => Promise<void>>
> = {
  async "sdk-core"({ resources, pubsub, topic }, handle) {
    const { connect } = await import("@mecha/sdk-core");
    const mecha = await connect({ mode: "embedded", appId: "bench", resourcesPaths: [resources] });
    await mecha
      .host()
      .onTopic(pubsub, topic, (event) => handle(event.data))
      .start();
  },
  async "@Subscribe"({ resources, pubsub, topic }, handle) {
    const { NestFactory } = await import("@nestjs/core");
    const { MechaModule, Subscribe } = await import("@mecha/sdk-nest");
    class Events {
      take(data: unknown): Promise<void> {
        return handle(data);
      }
    }
    // By hand: the compiler of the probes knows no decorators of Nest's kind, and keeps no types of parameters.
    Subscribe(pubsub, topic)(Events.prototype, "take", descriptorOf(Events.prototype));
    const mecha = MechaModule.forRoot({
      ...{ mode: "embedded", appId: "bench", resourcesPaths: [resources] },
      checkParameterTypes: false,
    });
    await NestFactory.createApplicationContext({ module: App, imports: [mecha], providers: [Events] });
  },
  async "@EventPattern"({ redisPort, topic }, handle) {
    const { Controller } = await import("@nestjs/common");
    const { NestFactory } = await import("@nestjs/core");
    const { EventPattern, Transport } = await import("@nestjs/microservices");
    class Events {
      take(data: unknown): Promise<void> {
        return handle(data);
      }
    }
    EventPattern(topic)(Events.prototype, "take", descriptorOf(Events.prototype));
    Controller()(Events);
    const app = await NestFactory.createMicroservice(
      { module: App, controllers: [Events] },
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's options are a class that nobody makes
      { transport: Transport.REDIS, options: { host: "127.0.0.1", port: redisPort } },
    );
    await app.listen();
  },
};

function descriptorOf(prototype: object): PropertyDescriptor {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "take");
  if (descriptor === undefined) throw new Error("the class has no method");
  return descriptor;
}

const input = readInput<NestSubscriptionInput>();
const count = createMeter(input);
void sides[input.side](input, async (data) => {
  count(data);
});
