import { once } from "node:events";
import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { expect } from "vitest";
import type { EchoClient, EchoServer } from "./echo-service.js";

/** What passes through a proxied client: all kinds of calls, metadata, trailers, errors, deadline, cancellation. */
export async function checkProxiedCalls(client: EchoClient, server: EchoServer): Promise<void> {
  const sent = new Metadata();
  sent.set("x-sent", "as it was");
  const seen: Record<string, unknown> = {};
  const reply = await new Promise((resolve, reject) => {
    const call = client.say("hello", sent, (error, answer) => {
      seen["reply"] = answer;
      if (error !== null) reject(error);
    });
    call.on("metadata", (metadata: Metadata) => {
      seen["header"] = metadata.get("x-header")[0];
    });
    call.on("status", ({ metadata }) => {
      seen["trailer"] = metadata.get("x-trailer")[0];
      resolve(seen);
    });
  });
  expect(reply).toEqual({ reply: "you said hello", header: "as it was", trailer: "late" });

  const failure = await refused(client, "fail");
  expect(failure).toMatchObject({ code: status.FAILED_PRECONDITION, details: "out of stock" });
  expect(await refused(client, "hang", Date.now() + 200)).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await server.cancelled;

  const counted: string[] = [];
  for await (const number of client.count("100")) counted.push(number as string);
  expect([counted.length, counted.at(-1)]).toEqual([100, "100"]);

  const talk = client.talk();
  talk.write("one");
  // The answer to the first comes before the second is sent: both directions stream.
  expect(await once(talk, "data")).toEqual(["ONE"]);
  talk.write("two");
  expect(await once(talk, "data")).toEqual(["TWO"]);
  talk.end();
  talk.resume();
  await once(talk, "end");
}

function refused(client: EchoClient, request: string, deadline = Number.POSITIVE_INFINITY): Promise<ServiceError> {
  return new Promise((resolve, reject) => {
    client.say(request, new Metadata(), { deadline }, (error) => {
      if (error === null) reject(new Error("the call succeeded"));
      else resolve(error);
    });
  });
}
