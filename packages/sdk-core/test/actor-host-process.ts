import { ActorRuntime } from "../src/actors/actor-runtime.js";
import { openActorStream } from "../src/actors/actor-stream.js";
import { createGrpcTransport } from "../src/grpc/grpc-transport.js";

/** A process that hosts actors of one type, for tests: they answer `who` with its pid. Reports `ready` to its parent. */
const [address = "", type = ""] = process.argv.slice(2);

const transport = createGrpcTransport({ address });
const actors = new ActorRuntime(transport, () => undefined);
actors.add({ create: () => ({ who: () => process.pid }) }, { type });
await openActorStream(transport, actors).ready;
process.send?.("ready");
