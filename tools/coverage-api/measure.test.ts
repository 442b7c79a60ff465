import type { DaprApiTarget, TestFunctions } from "@mecha/conformance";
import { MechaError } from "@mecha/sdk-core";
import { bindings, daprMethods, metadata, state, type Transport } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { measure, type Measured } from "./measure.js";
import { findingOf, reportOf, type RpcReport, shortcomings } from "./report.js";

/** A runtime that knows one value, keeps what is set, and has nothing else. */
function smallRuntime(): DaprApiTarget {
  const kept: Record<string, string> = {};
  const transport: Transport = {
    unary: (method, request) => {
      const answer = (): unknown => {
        if (method.path === daprMethods.getState.path) return state.GetStateResponse.fromPartial({ etag: "1" });
        if (method.path === daprMethods.getMetadata.path)
          return metadata.GetMetadataResponse.fromPartial({ extendedMetadata: kept });
        if (method.path === daprMethods.setMetadata.path) {
          const { key, value } = request as metadata.SetMetadataRequest;
          kept[key] = value;
          return {};
        }
        throw new MechaError("UNIMPLEMENTED", "small runtimes have no bindings");
      };
      return new Promise((resolve) => {
        // Each branch answers with the response of its own method.
        resolve(answer() as Awaited<ReturnType<typeof method.response.decode>>);
      });
    },
    stream: () => {
      throw new MechaError("UNIMPLEMENTED", "small runtimes have no streams");
    },
    openRaw: () => Promise.reject(new Error("not used")),
    close: () => Promise.resolve(),
  };
  return { transport, mode: "sidecar", appId: "small", close: () => Promise.resolve() };
}

type Body = (transport: Transport) => Promise<void>;

/** Measures these tests, each named by its title, with mutations. */
function measureTests(tests: Readonly<Record<string, Body>>, make = smallRuntime): Promise<Measured> {
  const declare = (functions: TestFunctions, open: () => Promise<DaprApiTarget>): void => {
    let target: DaprApiTarget | undefined;
    functions.beforeAll(async () => {
      target = await open();
    });
    for (const [title, body] of Object.entries(tests)) {
      functions.it(title, async () => {
        if (target !== undefined) await body(target.transport);
      });
    }
  };
  return measure({ expect, declare, open: async () => make(), mutate: true, progress: () => undefined });
}

/** The line of the report on an RPC, measured on "daprd". */
function lineOf({ evidence, failures }: Measured, name: string): RpcReport | undefined {
  const rpcs = Object.fromEntries([...evidence].map(([path, found]) => [path, findingOf(found)]));
  const findings = { daprd: { rpcs, failures: failures.map(({ message }) => message), components: [] } };
  return reportOf("1", daprMethods, findings).rpcs.find((rpc) => rpc.name === name);
}

const readState: Body = async (transport) => {
  const request = state.GetStateRequest.fromPartial({ storeName: "s", key: "k" });
  const subject = { operation: "state.get" };
  expect((await transport.unary(daprMethods.getState, request, { subject })).etag).toBe("1");
};

test("an RPC passes whose reply a test looks at, and its facade is the operation that made the call", async () => {
  const measured = await measureTests({ "reads a value": readState });
  expect(lineOf(measured, "GetState")).toMatchObject({ facade: "state.get", daprd: "pass" });
});

test("an RPC does not pass when the tests that call it look at nothing", async () => {
  const measured = await measureTests({
    "reads a value and does not look": async (transport) => {
      const request = state.GetStateRequest.fromPartial({ storeName: "s", key: "k" });
      await transport.unary(daprMethods.getState, request).catch(() => undefined);
    },
  });
  expect(lineOf(measured, "GetState")).toMatchObject({ daprd: "missing" });
  expect(lineOf(measured, "GetState")?.reason).toContain("no test notices an empty reply and an error");
});

test("an RPC whose reply has no fields passes if a test notices that it was never sent", async () => {
  const set: Body = async (transport) => {
    await transport.unary(daprMethods.setMetadata, { key: "colour", value: String(Math.random()) });
  };
  const blind = await measureTests({ "sets a value": set });
  expect(lineOf(blind, "SetMetadata")).toMatchObject({ daprd: "missing" });
  const seeing = await measureTests({
    "sets a value and reads it": async (transport) => {
      const value = String(Math.random());
      await transport.unary(daprMethods.setMetadata, { key: "colour", value });
      expect((await transport.unary(daprMethods.getMetadata, {})).extendedMetadata["colour"]).toBe(value);
    },
  });
  expect(lineOf(seeing, "SetMetadata")).toMatchObject({ daprd: "pass" });
});

test("a test that an earlier mutation keeps from passing notices nothing by that", async () => {
  let isBroken = false;
  const open = (): DaprApiTarget => {
    isBroken = false;
    return smallRuntime();
  };
  const tests: Record<string, Body> = {
    "reads a value, and breaks its runtime where it cannot": async (transport) => {
      expect(isBroken).toBe(false);
      isBroken = true;
      await readState(transport);
      isBroken = false;
      await transport.unary(daprMethods.getMetadata, {}).catch(() => undefined);
    },
  };
  const measured = await measureTests(tests, open);
  expect(measured.failures).toEqual([]);
  expect(lineOf(measured, "GetState")).toMatchObject({ daprd: "pass" });
  expect(lineOf(measured, "GetMetadata")?.reason).toContain("no test notices an empty reply and an error");
});

test("a test that passed once, and never again, is named", async () => {
  let runs = 0;
  const measured = await measureTests({
    "passes once": async (transport) => {
      await readState(transport);
      expect(++runs).toBe(1);
    },
  });
  expect(measured.failures).toContainEqual({
    title: "passes once",
    message: expect.stringContaining("it passed once, but not alone"),
  });
  expect(lineOf(measured, "GetState")).toMatchObject({ daprd: "missing" });
});

test("an RPC is refused, in the engine's own words, when a test that passes saw it so", async () => {
  const measured = await measureTests({
    "has no bindings": async (transport) => {
      const request = bindings.InvokeBindingRequest.fromPartial({ name: "b" });
      await expect(transport.unary(daprMethods.invokeBinding, request)).rejects.toMatchObject({ grpcStatus: 12 });
    },
  });
  expect(lineOf(measured, "InvokeBinding")).toMatchObject({ daprd: "refused" });
  expect(lineOf(measured, "InvokeBinding")?.reason).toContain("small runtimes have no bindings");
});

test("a test that fails is no evidence, and is named", async () => {
  const measured = await measureTests({
    "reads a value and wants another": async (transport) => {
      await readState(transport);
      expect("what it wants").toBe("another");
    },
  });
  expect(lineOf(measured, "GetState")).toMatchObject({ daprd: "missing" });
  const failures = measured.failures.map(({ title, message }) => `${title}: ${message}`);
  const findings = { daprd: { rpcs: {}, failures, components: [] } };
  const lacks = shortcomings(reportOf("1", daprMethods, findings), findings);
  expect(lacks.join("\n")).toContain("daprd: a test fails: reads a value and wants another");
  expect(lacks).toContain("embedded was not measured");
  expect(lacks).toContain("GetState has no facade");
});
