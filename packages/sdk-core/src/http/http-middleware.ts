import type { IncomingMessage, ServerResponse } from "node:http";

/** A function that express (4 and 5), connect and Nest's express adapter take with `app.use()`. */
export type HttpMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;
