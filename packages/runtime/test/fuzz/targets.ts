import type { FuzzTarget } from "./fuzz-target.js";
import { appReplies } from "./targets/app-replies.js";
import { files } from "./targets/files.js";
import { grpcDoor } from "./targets/grpc-door.js";
import { httpDoor } from "./targets/http-door.js";
import { inProcessDoor } from "./targets/in-process-door.js";
import { messages } from "./targets/messages.js";
import { peers } from "./targets/peers.js";
import { type Fault, plantedTargets } from "./targets/planted.js";
import { resources } from "./targets/resources.js";

type RealTarget =
  | "appReplies"
  | "files"
  | "grpcDoor"
  | "httpDoor"
  | "inProcessDoor"
  | "messages"
  | "peers"
  | "resources";

/** What takes inputs from outside. */
const real: Readonly<Record<RealTarget, object>> = {
  appReplies,
  files,
  grpcDoor,
  httpDoor,
  inProcessDoor,
  messages,
  peers,
  resources,
};

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

/** What is fuzzed, or has a fault that must be found. */
export type TargetName = RealTarget | `planted: ${Fault}`;

/** All targets by name. What each is sent is known to itself only. */
export const targets = { ...real, ...plantedTargets } as unknown as Readonly<Record<TargetName, FuzzTarget>>;
