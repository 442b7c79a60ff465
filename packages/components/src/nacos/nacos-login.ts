import { MechaError } from "@mecha/spec";
import { systemErrorCode } from "../files/file-errors.js";
import type { HttpExchange } from "./http-exchange.js";

/** Keeps the access token of a user. */
export interface NacosLogin {
  /** The token to send; logs in where there is none or it is about to expire. */
  tokenFor(server: string, signal: AbortSignal): Promise<string | undefined>;
  /** Makes the next call log in. */
  forget(): void;
}

interface LoginAnswer {
  readonly accessToken?: unknown;
  readonly tokenTtl?: unknown;
}

const noToken = "";

/** Makes the login of one user; concurrent callers share one request. */
export function createNacosLogin(
  exchange: HttpExchange,
  credentials: { readonly username: string; readonly password: string },
): NacosLogin {
  let token: string | undefined;
  let renewAt = 0;
  let underWay: { readonly done: Promise<void>; readonly signal: AbortSignal } | undefined;

  function refused(server: string, cause?: unknown): MechaError {
    const host = new URL(server).host;
    return new MechaError(
      "UNAUTHENTICATED",
      `Nacos at ${host} refuses the user "${credentials.username}"; check "username" and "password"`,
      { cause },
    );
  }

  async function logIn(server: string, signal: AbortSignal): Promise<void> {
    const form = new URLSearchParams({ username: credentials.username, password: credentials.password });
    const response = await exchange
      .send({ method: "POST", url: `${server}/v1/auth/login`, form, headers: {}, signal })
      .catch((error: unknown) => {
        // Nacos 2.3 answers a wrong password with the status 0, at which Node's parser balks.
        if (systemErrorCode(error)?.startsWith("HPE_") === true) throw refused(server, error);
        throw error;
      });
    // An unknown user is a status 500 in Nacos 2.3.
    const isRefused =
      response.status === 0 ||
      response.status === 401 ||
      response.status === 403 ||
      /user \S+ not found/i.test(response.body);
    if (isRefused) throw refused(server);
    if (response.status !== 200) throw new Error(`login answered status ${response.status}`);
    const answer = JSON.parse(response.body) as LoginAnswer; // an object, as Nacos documents; its fields are checked
    // A Nacos whose authentication is off takes any login and hands out no token; it does not ask for one either.
    token = typeof answer.accessToken === "string" ? answer.accessToken : noToken;
    const lifetimeSeconds = typeof answer.tokenTtl === "number" ? answer.tokenTtl : 18_000;
    renewAt = Date.now() + lifetimeSeconds * 800;
  }

  async function tokenFor(server: string, signal: AbortSignal): Promise<string | undefined> {
    if (token === undefined || Date.now() >= renewAt) {
      const done = (): void => {
        underWay = undefined;
      };
      const shared = (underWay ??= { done: logIn(server, signal).finally(done), signal });
      try {
        await shared.done;
      } catch (error) {
        // Who began the login has given up; that is no reason for others to.
        if (shared.signal === signal || !shared.signal.aborted || signal.aborted) throw error;
        return tokenFor(server, signal);
      }
    }
    return token === noToken ? undefined : token;
  }

  return {
    tokenFor,
    forget() {
      token = undefined;
    },
  };
}
