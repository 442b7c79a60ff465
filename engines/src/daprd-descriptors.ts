import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { pinnedBuild } from "./daprd-binary.js";
import { requireInstalled } from "./missing.js";

/**
 * Dapr's public protocol as the daprd here has it linked in: a serialized `google.protobuf.FileDescriptorSet` with the
 * files of `dapr.proto.runtime.v1`, `common.v1` and `components.v1` and what they import, imports first.
 */
export async function readDaprDescriptors(): Promise<Uint8Array> {
  requireInstalled("daprd");
  const child = spawn(pinnedBuild.binary, ["descriptors"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  const [bytes, code] = await Promise.all([buffer(child.stdout), ended]);
  if (code !== 0) throw new Error(`${pinnedBuild.binary} descriptors ended with ${String(code)}`);
  return bytes;
}
