import type { TestFunctions } from "../test-functions.js";
import type { HttpApiRun, HttpApiTarget } from "./http-endpoint.js";
import type { SuiteApp } from "./suite-app.js";

/** An answer of the API. */
interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` for an empty one. */
  readonly json: unknown;
}

/** What goes with a request: a string is sent as it is, all else as JSON. */
interface HttpAsk {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the tests of the suite are made with. */
export interface HttpApiFixture {
  readonly test: TestFunctions;
  readonly run: HttpApiRun;
  /** Only while tests run. */
  readonly target: () => HttpApiTarget;
  readonly app: () => SuiteApp;
  /** Sends a request, such as `ask("GET /v1.0/metadata")`. */
  readonly ask: (what: string, ask?: HttpAsk) => Promise<HttpAnswer>;
  /** Checks an error answer: its status, its code, how its message begins, and its reason where it has details. */
  readonly expectError: (answer: HttpAnswer, expected: ExpectedError) => void;
}

/** An error answer as it should be. */
interface ExpectedError {
  readonly status: number;
  readonly errorCode: string;
  readonly message?: string | RegExp;
  /** ErrorInfo reason; those without have no details. */
  readonly reason?: string;
}

/** Makes the fixture of a run. */
export function createHttpFixture(
  test: TestFunctions,
  run: HttpApiRun,
  opened: { readonly target: () => HttpApiTarget; readonly app: () => SuiteApp },
): HttpApiFixture {
  const { expect } = test;
  return {
    test,
    run,
    ...opened,
    async ask(what, { body, headers = {} } = {}) {
      const [verb = "GET", path = "/"] = what.split(" ");
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const response = await fetch(opened.target().address + path, {
        method: verb,
        headers,
        ...(text !== undefined && { body: text }),
      });
      const said = await response.text();
      return { status: response.status, headers: response.headers, text: said, json: parsed(said) };
    },
    expectError({ status, json }, { errorCode, message = "", reason, ...expected }) {
      const body = json as { readonly message?: string; readonly details?: readonly { readonly reason?: string }[] };
      expect({ status, ...body }).toMatchObject({ status: expected.status, errorCode });
      if (typeof message === "string")
        expect(body.message?.startsWith(message) === true ? message : body.message).toBe(message);
      else expect(body.message).toMatch(message);
      expect(body.details?.find((detail) => detail.reason !== undefined)?.reason).toBe(reason);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
