import { randomUUID } from "node:crypto";
import { freePortFamily } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it, onTestFinished, vi } from "vitest";
import { startMecha, type RunningMecha } from "./mecha-run.js";
import { createRunFolder } from "./run-folder.js";

/** An app that answers with what it was called by. */
const app = `
const { createServer } = await import("node:http");
createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  if (request.url.startsWith("/dapr/")) return response.writeHead(404).end();
  const seen = { verb: request.method, url: request.url, body, headers: request.headers };
  response.writeHead(409, { "content-type": "application/json", "x-answered": "yes" }).end(JSON.stringify(seen));
}).listen(process.env.APP_PORT, "127.0.0.1");
`;

interface Start {
  readonly nameResolution: object;
  readonly flags: readonly string[];
  /** The token of its own API. */
  readonly apiToken: string;
}

/** A `mecha run` in a folder of its own, in which it meets no other process. */
async function start({ nameResolution, flags, apiToken }: Start): Promise<RunningMecha> {
  const document = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Configuration",
    metadata: { name: "names" },
    spec: { nameResolution },
  };
  const folder = await createRunFolder({}, { "names.yaml": JSON.stringify(document), "app.mjs": app });
  onTestFinished(() => folder.remove());
  const environment = { DAPR_API_TOKEN: apiToken, APP_API_TOKEN: "of-the-app", MECHA_PEER_TOKEN: "of-all-peers" };
  const mecha = startMecha(["run", "--config", "names.yaml", ...flags], { cwd: folder.path, environment });
  onTestFinished(() => mecha.stop());
  return mecha;
}

describeWith("nacos", "two mecha run that share no folder", (on) => {
  it("find each other by a list and by Nacos, and give away no token", async () => {
    const stock = `stock-${randomUUID().slice(0, 8)}`;
    const appPort = await freePortFamily([0, 1]);
    const door = appPort + 1;
    const byNacos = { component: "nacos", configuration: { serverAddr: on.nacos.address } };
    const byList = { component: "static", configuration: { apps: { [stock]: `127.0.0.1:${String(door)}` } } };
    const callee = await start({
      nameResolution: byNacos,
      flags: [
        ...["--app-id", stock, "--app-port", String(appPort), "--dapr-internal-grpc-port", String(door)],
        ...["--", "node", "app.mjs"],
      ],
      apiToken: "of-the-callee",
    });
    const callers = await Promise.all(
      [byList, byNacos].map((nameResolution) =>
        start({ nameResolution, flags: ["--app-id", "shop"], apiToken: "of-the-caller" }),
      ),
    );
    await callee.said("the app answers");
    for (const caller of callers) {
      const address = await caller.httpAddress();
      const ask = (): Promise<Response> =>
        fetch(`${address}/v1.0/invoke/${stock}/method/orders/1?full=yes`, {
          method: "PUT",
          body: "hello",
          headers: { "dapr-api-token": "of-the-caller", "x-asked": "so" },
        });
      // Nacos tells of a new instance a moment later.
      const reply = await vi.waitFor(async () => {
        const answer = await ask();
        expect(answer.status).toBe(409);
        return answer;
      }, 60_000);
      expect(reply.headers.get("x-answered")).toBe("yes");
      const seen = (await reply.json()) as { readonly headers: Readonly<Record<string, string>> };
      expect(seen).toMatchObject({
        ...{ verb: "PUT", url: "/orders/1?full=yes", body: "hello" },
        headers: { "x-asked": "so", "dapr-caller-app-id": "shop", "dapr-api-token": "of-the-app" },
      });
      expect(JSON.stringify(seen)).not.toMatch(/of-the-call|of-all-peers/u);
    }
  }, 180_000);
});
