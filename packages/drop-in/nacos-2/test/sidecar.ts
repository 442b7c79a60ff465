import { createRuntime, type GrpcDoor, type Runtime, serveGrpc } from "@mecha/runtime";

/** A runtime in this process that clients reach over gRPC, as they would a sidecar. */
export interface Sidecar {
  /** Stops the sidecar; its address stays. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  /** Stops it for good and takes it out of the environment. */
  remove(): Promise<void>;
}

/** Starts a sidecar on a folder of components and names it in `DAPR_GRPC_ENDPOINT`. */
export async function startSidecar(resourcesPath: string): Promise<Sidecar> {
  let runtime: Runtime | undefined;
  let door: GrpcDoor | undefined;

  async function start(port: number): Promise<void> {
    runtime = await createRuntime({ appId: "sidecar-test", resourcesPaths: [resourcesPath] });
    door = await serveGrpc(runtime, { port });
  }

  async function stop(): Promise<void> {
    await runtime?.close();
    await door?.close();
  }

  await start(0);
  const address = door!.address;
  process.env["DAPR_GRPC_ENDPOINT"] = address;
  return {
    stop,
    restart: () => start(Number(address.split(":").at(-1))),
    async remove() {
      delete process.env["DAPR_GRPC_ENDPOINT"];
      await stop();
    },
  };
}
