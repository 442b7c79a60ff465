import { Agent, request } from "node:http";
import { pause } from "./pause.js";

/** JSON over HTTP/1.1 on kept connections, for services that may be killed and come back. */
export interface HttpClient {
  /**
   * Sends a request until it is answered with a status below 500. Connection failures and answers from 500 mean that
   * the service is away for a moment, so the request must be one that can be repeated.
   *
   * @throws Error for a status from 400 to 499, at the deadline, and when the signal is aborted
   */
  send<Answer>(call: HttpCall): Promise<Answer>;
  close(): void;
}

/** One request. */
export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly body?: unknown;
  /** When to give up, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

const attemptTimeoutMs = 15_000;
const pauseMs = 100;

/**
 * Creates a client.
 *
 * @param maxSockets - how many requests to one service are under way at once
 */
export function createHttpClient(maxSockets: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets });

  async function send<Answer>(call: HttpCall): Promise<Answer> {
    let reply: Reply | undefined;
    for (;;) {
      const outcome = await attempt(agent, call).catch((cause: unknown) => cause);
      call.signal?.throwIfAborted();
      if (isReply(outcome) && outcome.status < 500) return answerOf<Answer>(call, outcome);
      if (isReply(outcome)) reply = outcome;
      // What the service itself said of its trouble tells more than that time ran out afterwards.
      if (Date.now() >= call.deadline) throw unanswered(call, reply ?? outcome);
      await pause(pauseMs, call.signal);
    }
  }

  return { send, close: () => agent.destroy() };
}

function attempt(agent: Agent, call: HttpCall): Promise<Reply> {
  const body = call.body === undefined ? "" : JSON.stringify(call.body);
  const timeout = Math.min(attemptTimeoutMs, Math.max(call.deadline - Date.now(), 1));
  return new Promise((resolve, reject) => {
    const outgoing = request(call.url, {
      agent,
      method: call.method,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      timeout,
      ...(call.signal && { signal: call.signal }),
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)));
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.end(body);
  });
}

function isReply(outcome: unknown): outcome is Reply {
  return typeof outcome === "object" && outcome !== null && "status" in outcome;
}

function answerOf<Answer>(call: HttpCall, reply: Reply): Answer {
  if (reply.status >= 400) throw new Error(`${nameOf(call)} was answered with ${reply.status}: ${reply.text}`);
  // The caller names the shape that the service of the example documents.
  return JSON.parse(reply.text) as Answer;
}

function unanswered(call: HttpCall, outcome: unknown): Error {
  const last = isReply(outcome) ? `${outcome.status}: ${outcome.text}` : String(outcome);
  return new Error(`${nameOf(call)} was not answered in time; last: ${last}`, { cause: outcome });
}

function nameOf(call: HttpCall): string {
  return `${call.method} ${call.url.href}`;
}
