import cluster from "node:cluster";
import { createRuntime } from "../src/runtime.js";

/** Two workers of one app: each answers `who` with its pid. Reports their pids to the parent when both are attached. */
const [folder = ""] = process.argv.slice(2);

if (cluster.isPrimary) {
  const ready: number[] = [];
  cluster.on("message", (_worker, pid: number) => {
    ready.push(pid);
    if (ready.length === 2) process.send?.(ready);
  });
  cluster.fork();
  cluster.fork();
} else {
  const runtime = await createRuntime({ appId: "clustered", resourcesPaths: [folder], baseFolder: folder });
  await runtime.attachApp({
    invoke: () =>
      Promise.resolve({ contentType: "text/plain", data: { typeUrl: "", value: Buffer.from(String(process.pid)) } }),
  });
  process.send?.(process.pid);
}
