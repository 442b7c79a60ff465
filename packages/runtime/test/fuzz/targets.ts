import type { FuzzTarget } from "./fuzz-target.js";
import type { Fault } from "./targets/planted.js";

/** Names of what is fuzzed. */
type RealTarget =
  | "appReplies"
  | "files"
  | "grpcDoor"
  | "httpDoor"
  | "inProcessDoor"
  | "messages"
  | "peers"
  | "resources";

/** What is fuzzed, or has a fault that must be found. */
export type TargetName = RealTarget | `planted: ${Fault}`;

/**
 * Names of what is fuzzed, each with its part of the inputs in percent: the more one can be sent, and the cheaper it is, the larger.
 */
export const shares: Readonly<Record<RealTarget, number>> = {
  appReplies: 5,
  files: 14,
  grpcDoor: 19,
  httpDoor: 18,
  inProcessDoor: 25,
  messages: 8,
  peers: 5,
  resources: 6,
};

/** What takes inputs from outside. Each brings its part of the runtime with it, so it is loaded when it is asked for. */
const real: Readonly<Record<RealTarget, () => Promise<object>>> = {
  appReplies: async () => (await import("./targets/app-replies.js")).appReplies,
  files: async () => (await import("./targets/files.js")).files,
  grpcDoor: async () => (await import("./targets/grpc-door.js")).grpcDoor,
  httpDoor: async () => (await import("./targets/http-door.js")).httpDoor,
  inProcessDoor: async () => (await import("./targets/in-process-door.js")).inProcessDoor,
  messages: async () => (await import("./targets/messages.js")).messages,
  peers: async () => (await import("./targets/peers.js")).peers,
  resources: async () => (await import("./targets/resources.js")).resources,
};

/** A target by its name. What it is sent is known to itself only. */
export async function loadTarget(name: TargetName): Promise<FuzzTarget> {
  // Nobody but the target's own `inputs` makes what its `run` gets.
  if (isReal(name)) return (await real[name]()) as FuzzTarget;
  const { planted } = await import("./targets/planted.js");
  return planted(name.slice("planted: ".length) as Fault);
}

function isReal(name: TargetName): name is RealTarget {
  return Object.hasOwn(real, name);
}
