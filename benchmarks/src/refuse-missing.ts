import { missing } from "@mecha/engines";

/** A server that benchmarks may need. */
export type Server = Parameters<typeof missing>[0];

/**
 * Says what the machine lacks for servers, before anything is installed.
 *
 * @throws Error that lists it and how to get it
 */
export function refuseMissing(...servers: readonly Server[]): void {
  const lacks = servers.map((name) => missing(name)).filter((lack) => lack !== undefined);
  if (lacks.length === 0) return;
  const lines = lacks.map(({ engine, what, remedy }) => `  ${engine}: ${what} is missing; ${remedy}`);
  throw new Error(`This machine lacks:\n${lines.join("\n")}`);
}
