import { suiteRun } from "@mecha/conformance";
import type { Transport } from "@mecha/sdk-core/protocol";
import { expect, test } from "vitest";
import { openEmbeddedTarget } from "./dapr-api-endpoint.js";
import { runDaprApiSuite } from "./run-suite.js";

/** A transport that answers one method with an empty message instead of asking the runtime. */
function answeringNothing(inner: Transport, methodName: string): Transport {
  return {
    ...inner,
    unary: async (method, request, options) =>
      method.path.endsWith(`/${methodName}`)
        ? method.response.fromPartial({} as never)
        : inner.unary(method, request, options),
  };
}

function runWithout(methodName: string, only: RegExp) {
  return runDaprApiSuite(
    () => openEmbeddedTarget(({ transport }) => ({ transport: answeringNothing(transport, methodName) })),
    suiteRun,
    only,
  );
}

test("the suite passes by itself on a transport that does what it should", async () => {
  const { passed, failed } = await runWithout("NoSuchMethod", /gives back the bytes|delivers raw bytes/);
  expect([passed.length, failed]).toEqual([2, []]);
});

test("the suite fails when publishing is swallowed", async () => {
  const { failed } = await runWithout("PublishEvent", /delivers raw bytes|no pub\/sub component of that name/);
  expect(failed).toHaveLength(2);
});

test("the suite fails when reads of state are answered with nothing", async () => {
  const { failed } = await runWithout("GetState", /gives back the bytes|creates only once|no state store of that name/);
  expect(failed).toHaveLength(3);
});

test("the suite fails when configuration, bindings, secrets and invocation are answered with nothing", async () => {
  expect((await runWithout("GetConfiguration", /reads keys and leaves out/)).failed).toHaveLength(1);
  expect((await runWithout("InvokeBinding", /passes data and metadata/)).failed).toHaveLength(1);
  expect((await runWithout("GetSecret", /reads one secret/)).failed).toHaveLength(1);
  expect((await runWithout("InvokeService", /carries method, data/)).failed).toHaveLength(1);
  expect((await runWithout("GetMetadata", /names the app and every/)).failed).toHaveLength(1);
});

test("the suite fails when locks, single operations with keys, and conversations are answered with nothing", async () => {
  expect((await runWithout("TryLockAlpha1", /gives a lock to one owner/)).failed).toHaveLength(1);
  expect((await runWithout("UnlockAlpha1", /tells a lock that is not there/)).failed).toHaveLength(1);
  for (const method of ["SubtleEncryptAlpha1", "SubtleDecryptAlpha1", "SubtleWrapKeyAlpha1", "SubtleUnwrapKeyAlpha1"]) {
    expect((await runWithout(method, /with every algorithm$/)).failed, method).not.toEqual([]);
  }
  expect((await runWithout("SubtleSignAlpha1", /signs and verifies/)).failed).toHaveLength(1);
  expect((await runWithout("SubtleVerifyAlpha1", /signs and verifies/)).failed).toHaveLength(1);
  expect((await runWithout("SubtleGetKeyAlpha1", /gives public keys/)).failed).toHaveLength(1);
  // Once with the component that echoes, once with the model that does.
  expect((await runWithout("ConverseAlpha1", /by the older RPC/)).failed).toHaveLength(2);
  expect((await runWithout("ConverseAlpha2", /messages of every role/)).failed).toHaveLength(2);
});
