import { daprMethods } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Secrets, on a store that holds `suite-secret`. */
export function secretTests({ test: { expect }, block }: DaprApiFixture): void {
  block("secrets", (it) => {
    it("reads one secret, and all of them", async (storeName, { transport }) => {
      const secret = await transport.unary(daprMethods.getSecret, { storeName, key: "suite-secret", metadata: {} });
      expect(secret.data).toEqual({ "suite-secret": "open sesame" });
      const all = await transport.unary(daprMethods.getBulkSecret, { storeName, metadata: {} });
      expect(all.data["suite-secret"]?.secrets).toEqual({ "suite-secret": "open sesame" });
    });

    it("gives its secrets to the facade, one or all", async (storeName, { mecha }) => {
      const secrets = mecha.secrets(storeName);
      expect(await secrets.get("suite-secret")).toEqual({ "suite-secret": "open sesame" });
      expect((await secrets.getAll()).get("suite-secret")).toEqual({ "suite-secret": "open sesame" });
    });

    it("says that there is no store of that name, for one secret and for all", async (_, { mecha }) => {
      const secrets = mecha.secrets(uniqueName("vault"));
      for (const failure of [await failureOf(secrets.get("a")), await failureOf(secrets.getAll())]) {
        expect([failure.grpcStatus, failure.code]).toEqual([3, "INVALID_ARGUMENT"]);
      }
    });

    it("fails for a secret that is not there, without a word of those that are", async (storeName, { transport }) => {
      const failure = await failureOf(
        transport.unary(daprMethods.getSecret, { storeName, key: uniqueName("secret"), metadata: {} }),
      );
      expect(failure.grpcStatus).toBe(13);
      expect(failure.message).not.toContain("sesame");
    });
  });
}
