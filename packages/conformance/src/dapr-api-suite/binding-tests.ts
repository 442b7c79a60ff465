import { daprMethods } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Output bindings, on one that stores files. */
export function bindingTests({ test: { expect }, block }: DaprApiFixture): void {
  block("binding", (it) => {
    it("passes data and metadata to an operation and gives back what it answers", async (name, { transport }) => {
      const fileName = uniqueName("file");
      const call = (operation: string, data = "") =>
        transport.unary(daprMethods.invokeBinding, {
          name,
          operation,
          data: Buffer.from(data),
          metadata: { fileName },
        });
      await call("create", "what a binding keeps!");
      expect((await call("get")).data.toString()).toBe("what a binding keeps!");
      await call("delete");
      expect((await failureOf(call("get"))).reason).toBe("ERR_INVOKE_OUTPUT_BINDING");
    });

    it("refuses an operation that the binding does not have", async (name, { transport }) => {
      const failure = await failureOf(
        transport.unary(daprMethods.invokeBinding, { name, operation: "fly", data: Buffer.alloc(0), metadata: {} }),
      );
      expect([failure.grpcStatus, failure.reason]).toEqual([13, "ERR_INVOKE_OUTPUT_BINDING"]);
      expect(failure.message).toContain("fly");
    });
  });
}
