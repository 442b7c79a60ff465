import { daprMethods, pubsub, state } from "@mecha/sdk-core/protocol";
import { failureOf, uniqueName, type DaprApiFixture } from "./fixture.js";

/** Requests that name what is not there: daprd's codes and reasons. */
export function errorTests({ test: { expect }, block, supports }: DaprApiFixture): void {
  block("state", (it) => {
    it("says that there is no state store of that name", async (known, { transport }) => {
      const storeName = uniqueName("store");
      const failure = await failureOf(
        transport.unary(daprMethods.getState, state.GetStateRequest.fromPartial({ storeName, key: "k" })),
      );
      expect([failure.grpcStatus, failure.reason]).toEqual([3, "DAPR_STATE_NOT_FOUND"]);
      expect(failure.message).toContain(storeName);
      if (supports.mecha === true) expect(failure.message).toContain(known);
    });
  });

  block("pubsub", (it) => {
    it("says that there is no pub/sub component of that name, or that a name is missing", async (pubsubName, {
      transport,
    }) => {
      const publish = (request: Partial<pubsub.PublishEventRequest>) =>
        failureOf(transport.unary(daprMethods.publishEvent, pubsub.PublishEventRequest.fromPartial(request)));
      const outcomes = await Promise.all([
        publish({ pubsubName: uniqueName("pubsub"), topic: "t" }),
        publish({ pubsubName: "", topic: "t" }),
        publish({ pubsubName, topic: "" }),
        publish({ pubsubName, topic: "t", metadata: { rawPayload: "perhaps" } }),
      ]);
      expect(outcomes.map(({ grpcStatus, reason }) => [grpcStatus, reason])).toEqual([
        [3, "DAPR_PUBSUB_NOT_FOUND"],
        [3, "DAPR_PUBSUB_NAME_EMPTY"],
        [3, "DAPR_PUBSUB_TOPIC_NAME_EMPTY"],
        [3, "DAPR_PUBSUB_METADATA_DESERIALIZATION"],
      ]);
    });
  });

  block("configuration", (it) => {
    it("says that there is no configuration store of that name", async (_, { transport }) => {
      const failure = await failureOf(
        transport.unary(daprMethods.getConfiguration, { storeName: uniqueName("store"), keys: ["k"], metadata: {} }),
      );
      expect([failure.grpcStatus, failure.reason]).toEqual([3, "ERR_CONFIGURATION_STORE_NOT_FOUND"]);
    });
  });

  block("secrets", (it) => {
    it("says that there is no secret store of that name", async (_, { transport }) => {
      const failure = await failureOf(
        transport.unary(daprMethods.getSecret, { storeName: uniqueName("store"), key: "k", metadata: {} }),
      );
      expect(failure.grpcStatus).toBe(3);
    });
  });
}
