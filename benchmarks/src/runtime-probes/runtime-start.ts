import { readInput, say } from "../probes/probe-io.js";

/** What is started in a process of its own. */
export interface RuntimeStartInput {
  /** Nothing, an app's first answered call, or the runtime with a door that listens. */
  readonly what: "bare Node" | "first call" | "gRPC door" | "HTTP door";
  readonly resources: string;
  readonly store: string;
}

async function main({ what, resources, store }: RuntimeStartInput): Promise<void> {
  if (what === "first call") {
    const { openFacade } = await import("./facade-calls.js");
    await (await openFacade({ resources, store, grpcPort: 0 })).get("bench-0");
  } else if (what !== "bare Node") {
    const { createRuntime, serveGrpc, serveHttp } = await import("@mecha/runtime");
    const runtime = await createRuntime({ appId: "bench", resourcesPaths: [resources] });
    await (what === "gRPC door" ? serveGrpc : serveHttp)(runtime, { port: 0 });
  }
  // Since the process began; what Node itself takes is taken off by who asked.
  say({ ms: performance.now(), bytes: process.memoryUsage.rss() });
}

void main(readInput());
