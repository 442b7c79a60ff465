import { daprMethods, type AppChannel, type Metadata } from "@mecha/sdk-core/protocol";
import { MechaError } from "@mecha/spec";
import type { DaprApiEndpoint } from "./endpoint.js";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Service invocation: the endpoint calls the app that the suite attaches, by the endpoint's own app id. */
export function invocationTests({ test: { it, expect }, endpoint, supports }: DaprApiFixture): void {
  const withApp = async (channel: AppChannel, body: (target: DaprApiEndpoint) => Promise<void>): Promise<void> => {
    const target = endpoint();
    // An endpoint that cannot call the suite has its own tests of invocation.
    if (target.attachApp === undefined) return;
    const detach = await target.attachApp(channel);
    try {
      await body(target);
    } finally {
      await detach();
    }
  };

  it("carries method, data, media type and headers to the app and its answer back", async () => {
    const seen: { method?: string; contentType?: string; headers?: Metadata } = {};
    const invoke: AppChannel["invoke"] = async (request, context) => {
      Object.assign(seen, { method: request.method, contentType: request.contentType, headers: context.metadata });
      context.setHeader("x-answer", "42");
      return {
        contentType: "text/plain",
        data: { typeUrl: "", value: Buffer.concat([Buffer.from("got "), request.data?.value ?? Buffer.alloc(0)]) },
      };
    };
    await withApp({ invoke }, async ({ transport, appId }) => {
      let header: Metadata = {};
      const message = {
        method: "reserve",
        contentType: "application/json",
        data: { typeUrl: "", value: Buffer.from('{"n":1}') },
      };
      const response = await transport.unary(
        daprMethods.invokeService,
        { id: appId, message },
        { metadata: { "x-trace": "abc" }, onHeader: (received) => (header = received) },
      );
      expect(response.data?.value.toString()).toBe('got {"n":1}');
      expect(response.contentType).toBe("text/plain");
      expect(seen).toMatchObject({ method: "reserve", contentType: "application/json" });
      expect(seen.headers).toMatchObject({ "x-trace": "abc" });
      // daprd adds the names of caller and callee only when a call leaves the sidecar.
      if (supports.mecha === true) expect(seen.headers).toMatchObject({ "dapr-callee-app-id": appId });
      expect(header["x-answer"]).toBe("42");
    });
  });

  it("gives the caller the status that the app answers with", async () => {
    const invoke: AppChannel["invoke"] = () => Promise.reject(new MechaError("FAILED_PRECONDITION", "out of stock"));
    await withApp({ invoke }, async ({ transport, appId }) => {
      const failure = await failureOf(
        transport.unary(daprMethods.invokeService, { id: appId, message: { method: "reserve", contentType: "" } }),
      );
      expect(failure.grpcStatus).toBe(9);
      expect(failure.message).toContain("out of stock");
    });
  });

  it("gives the caller's facade the app's answer as a value", async () => {
    const invoke: AppChannel["invoke"] = (request) =>
      Promise.resolve({
        contentType: "application/json",
        data: { typeUrl: "", value: Buffer.from(`{"got":${request.data?.value.toString() ?? ""}}`) },
      });
    await withApp({ invoke }, async ({ mecha, appId }) => {
      expect(await mecha.app(appId).invoke("reserve", { n: 1 })).toEqual({ got: { n: 1 } });
    });
  });

  it("carries messages of 3 MiB both ways, and takes none above 4 MiB", async () => {
    const invoke: AppChannel["invoke"] = (request) =>
      Promise.resolve({ contentType: "application/octet-stream", data: request.data });
    await withApp({ invoke }, async ({ transport, appId }) => {
      const send = (value: Buffer) => {
        const message = { method: "m", contentType: "application/octet-stream", data: { typeUrl: "", value } };
        return transport.unary(daprMethods.invokeService, { id: appId, message });
      };
      const much = Buffer.alloc(3 * 1024 * 1024, "x");
      expect(Buffer.compare((await send(much)).data?.value ?? Buffer.alloc(0), much)).toBe(0);
      expect((await failureOf(send(Buffer.alloc(4 * 1024 * 1024 + 1)))).code).toBe("RESOURCE_EXHAUSTED");
      expect((await send(Buffer.from("still there"))).data?.value.toString()).toBe("still there");
    });
  });

  it("fails for an app that is not there", async () => {
    const failure = await failureOf(
      endpoint().transport.unary(daprMethods.invokeService, {
        id: uniqueName("nobody"),
        message: { method: "x", contentType: "" },
      }),
    );
    expect(failure.grpcStatus).toBe(13);
    expect(failure.message).toContain("failed to invoke");
  });
}
