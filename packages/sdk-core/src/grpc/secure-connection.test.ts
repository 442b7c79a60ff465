import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { MechaError } from "@mecha/spec";
import { generate } from "selfsigned";
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../../test/mecha-fixture.js";
import { mechaTo, stored, testSidecar } from "../../test/sidecar-fixture.js";
import type { GetStateRequest, GetStateResponse } from "../generated/dapr/proto/runtime/v1/state.js";
import { stateMethods } from "../generated/methods/state.js";

interface Pair {
  readonly cert: string;
  readonly private: string;
}

let serverPair: Pair;
let clientPair: Pair;

beforeAll(async () => {
  const names = ["dapr.example.com", "localhost"].map((value) => ({ type: 2 as const, value }));
  const make = (name: string, extensions: Parameters<typeof generate>[1] = {}) =>
    generate([{ name: "commonName", value: name }], { keySize: 2048, algorithm: "sha256", ...extensions });
  serverPair = await make("localhost", { extensions: [{ name: "subjectAltName", altNames: names }] });
  clientPair = await make("client");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A server with TLS (grpc-js; ours has none) that answers with the token it was given. */
async function secureServer({ mutual = false } = {}): Promise<number> {
  const { path, request, response } = stateMethods.getState;
  const service: ServiceDefinition = {
    getState: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (message: GetStateRequest) => Buffer.from(request.encode(message).finish()),
      requestDeserialize: (bytes) => request.decode(bytes),
      responseSerialize: (message: GetStateResponse) => Buffer.from(response.encode(message).finish()),
      responseDeserialize: (bytes) => response.decode(bytes),
    },
  };
  const server = new Server();
  server.addService(service, {
    getState: (call: { metadata: { get(name: string): unknown[] } }, answer: (error: null, reply: unknown) => void) => {
      answer(null, stored(call.metadata.get("dapr-api-token")[0] ?? "no token"));
    },
  });
  const pairs = [{ private_key: Buffer.from(serverPair.private), cert_chain: Buffer.from(serverPair.cert) }];
  const trusted = mutual ? Buffer.from(clientPair.cert) : null;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createSsl(trusted, pairs, mutual), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  onTestFinished(() => {
    server.forceShutdown();
  });
  return port;
}

const read = async (mecha: ReturnType<typeof mechaTo>) => (await mecha.state("s").get("a"))?.value;

describe("a connection with TLS", () => {
  it.each([
    (port: number) => `https://localhost:${String(port)}`,
    (port: number) => `dns:localhost:${String(port)}?tls=true`,
    (port: number) => `localhost:${String(port)}`,
  ])("is made to %s", async (endpointOf) => {
    const mecha = mechaTo(endpointOf(await secureServer()), { tls: { ca: serverPair.cert }, apiToken: "t0ken" });
    expect(await read(mecha)).toBe("t0ken");
  });

  it("is made with the certificates that the environment names, also mutually", async () => {
    const folder = await temporaryFolder({
      "ca.pem": serverPair.cert,
      "client.pem": clientPair.cert,
      "client.key": clientPair.private,
    });
    vi.stubEnv("DAPR_GRPC_TLS_CA_PATH", join(folder, "ca.pem"));
    vi.stubEnv("DAPR_GRPC_TLS_CERT_PATH", join(folder, "client.pem"));
    vi.stubEnv("DAPR_GRPC_TLS_KEY_PATH", join(folder, "client.key"));
    const port = await secureServer({ mutual: true });
    expect(await read(mechaTo(`https://localhost:${String(port)}`))).toBe("no token");
    await writeFile(join(folder, "client.key"), serverPair.private);
    expect(() => mechaTo(`https://localhost:${String(port)}`)).toThrow(/certificates .* cannot be used/);
    vi.stubEnv("DAPR_GRPC_TLS_KEY_PATH", join(folder, "absent"));
    expect(() => mechaTo("localhost:1")).toThrow("The file that DAPR_GRPC_TLS_KEY_PATH names cannot be read");
  });

  it("is refused to who has no certificate where the server wants one, and given to who has", async () => {
    const port = await secureServer({ mutual: true });
    const ca = serverPair.cert;
    const tls = { ca, certificate: clientPair.cert, key: Buffer.from(clientPair.private) };
    expect(await read(mechaTo(`https://localhost:${String(port)}`, { tls }))).toBe("no token");
    const stranger = mechaTo(`https://localhost:${String(port)}`, { tls: { ca } });
    await expect(read(stranger)).rejects.toMatchObject({ code: "UNAVAILABLE", component: "s" });
  });

  it("checks the server's certificate and name, unless told otherwise", async () => {
    const port = await secureServer();
    const tls = { ca: serverPair.cert };
    await expect(read(mechaTo(`https://localhost:${String(port)}`))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(read(mechaTo(`https://127.0.0.1:${String(port)}`, { tls }))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    const named = { ...tls, serverName: "dapr.example.com" };
    expect(await read(mechaTo(`https://127.0.0.1:${String(port)}`, { tls: named }))).toBe("no token");
    vi.stubEnv("DAPR_GRPC_TLS_INSECURE", "true");
    expect(await read(mechaTo(`https://127.0.0.1:${String(port)}`))).toBe("no token");
  });
});

describe("DAPR_API_TOKEN", () => {
  it("goes with every call, and is in no error", async () => {
    vi.stubEnv("DAPR_API_TOKEN", "t0ken-of-the-sidecar");
    const sidecar = await testSidecar(
      { getState: (_, { metadata }) => Promise.resolve(stored(metadata["dapr-api-token"])) },
      {
        authorize({ "dapr-api-token": token }) {
          if (token !== "t0ken-of-the-sidecar") throw new MechaError("UNAUTHENTICATED", "invalid api token");
        },
      },
    );
    expect(await read(sidecar.connect())).toBe("t0ken-of-the-sidecar");
    const failures = await Promise.all([
      sidecar
        .connect({ apiToken: "another-t0ken" })
        .state("s")
        .get("a")
        .catch((error: unknown) => error),
      // Such a token cannot even be sent.
      sidecar
        .connect({ apiToken: "t0ken\nwith a line" })
        .state("s")
        .get("a")
        .catch((error: unknown) => error),
      mechaTo("127.0.0.1:9")
        .state("s")
        .get("a")
        .catch((error: unknown) => error),
    ]);
    expect(failures).toMatchObject([
      { code: "UNAUTHENTICATED", httpStatus: 401 },
      { code: "INVALID_ARGUMENT" },
      { code: "UNAVAILABLE" },
    ]);
    for (const failure of failures) expect(textOf(failure)).not.toContain("t0ken");
  });
});

/** All that an error says, with what it says of its causes. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  return `${error.message} ${error.stack ?? ""} ${JSON.stringify(error)} ${textOf(error.cause)}`;
}

describe("large messages", () => {
  const bytes = 6 * 1024 * 1024;
  const large = {
    getState: () => Promise.resolve({ ...stored(1), data: Buffer.alloc(bytes, "1") }),
    saveState: () => Promise.resolve({}),
  };

  it("larger than 4 MiB go both ways where the sidecar takes them", async () => {
    const sidecar = await testSidecar(large, { maximumMessageBytes: 8 * 1024 * 1024 });
    const state = sidecar.connect().state("s", { codec: "bytes" });
    await state.save("a", Buffer.alloc(bytes));
    expect((await state.get("a"))?.value).toHaveLength(bytes);
  });

  it("are refused by the sidecar that does not take them, and by a limit of one's own, in both directions", async () => {
    const sidecar = await testSidecar(large);
    const refusal = { code: "RESOURCE_EXHAUSTED", httpStatus: 429, component: "s" };
    await expect(sidecar.connect().state("s", { codec: "bytes" }).save("a", Buffer.alloc(bytes))).rejects.toMatchObject(
      refusal,
    );
    const state = sidecar.connect({ maximumMessageBytes: 1024 * 1024 }).state("s", { codec: "bytes" });
    await expect(state.get("a")).rejects.toMatchObject(refusal);
    await expect(state.save("a", Buffer.alloc(2 * 1024 * 1024))).rejects.toMatchObject(refusal);
  });
});
