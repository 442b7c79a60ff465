import { expect, it } from "vitest";
import { firstWrite, topicStatus } from "./enum-values.js";
import { appCallback, common, daprMethods } from "./protocol.js";
import { daprOutline } from "./protocol-core.js";

it("has the numbers of the generated enums", () => {
  expect(appCallback.TopicEventResponse_TopicEventResponseStatus).toMatchObject(topicStatus);
  expect(common.StateOptions_StateConcurrency.CONCURRENCY_FIRST_WRITE).toBe(firstWrite);
});

it("outlines every method of the Dapr service", () => {
  const outlined = Object.entries(daprMethods).map(([name, { kind, path }]) => [name, { kind, path }]);
  expect(daprOutline).toEqual(Object.fromEntries(outlined));
});
