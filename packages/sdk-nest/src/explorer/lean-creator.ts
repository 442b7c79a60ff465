import type { ExternalContextCreator } from "@nestjs/core";
import { type Bare, bareTarget, type ReadArguments } from "./bare-target.js";

/** What is called for a method. What it gives may be a promise, and is none where nothing had to be waited for. */
export type Target = (...given: readonly unknown[]) => unknown;

type Create = ExternalContextCreator["create"];
type PipesOf = ExternalContextCreator["createPipesFn"];
type GuardsOf = ExternalContextCreator["createGuardsFn"];
type Parameter = Parameters<PipesOf>[1][number];

/** What of Nest's creator is looked at, and is none of its public members: without, a method is called as Nest does it. */
interface Inside {
  readonly interceptorsContextCreator?: { create(...given: readonly unknown[]): readonly unknown[] };
  readonly externalErrorProxy?: ErrorProxy;
}

interface ErrorProxy {
  createProxy(target: Target, filters: unknown, type: unknown): Target;
}

/** What Nest said while it prepared a method. */
interface Noted {
  guards?: number;
  interceptors?: number;
  read?: ReadArguments | undefined;
  failed?: Bare["failed"];
}

/**
 * Has Nest's creator prepare a method, and leaves out what would be waited for without need: a method that has neither guards nor
 * interceptors nor pipes is called without them. Events come by the thousands; each promise between counts.
 */
export function leanTarget(creator: ExternalContextCreator, ...about: Parameters<Create>): Target {
  const noted: Noted = {};
  const usual = listening(creator, noted).create(...about) as Target;
  const { guards, interceptors, read, failed } = noted;
  if (guards !== 0 || interceptors !== 0 || read === undefined || failed === undefined) return usual;
  const [instance, callback] = about;
  const toResult = (result: unknown): Promise<unknown> => creator.transformToResult(result);
  return bareTarget({ instance, callback, read, toResult, failed });
}

/** A creator that notes what it finds. */
function listening(creator: ExternalContextCreator, noted: Noted): ExternalContextCreator {
  const { interceptorsContextCreator, externalErrorProxy } = creator as unknown as Inside;
  const createPipesFn = (...[pipes, parameters]: Parameters<PipesOf>): unknown => {
    noted.read = pipes.length === 0 && parameters.every(isPlain) ? readerOf(parameters) : undefined;
    return creator.createPipesFn(pipes, parameters);
  };
  const createGuardsFn = (...given: Parameters<GuardsOf>): unknown => {
    noted.guards = given[0].length;
    return creator.createGuardsFn(...given);
  };
  const create = (...given: readonly unknown[]): unknown => {
    const interceptors = interceptorsContextCreator?.create(...given) ?? [];
    noted.interceptors = interceptors.length;
    return interceptors;
  };
  const createProxy = (target: Target, filters: unknown, type: unknown): unknown => {
    // Nest's own, around what has failed already.
    noted.failed = (thrown, given) => externalErrorProxy?.createProxy(() => raise(thrown), filters, type)(...given);
    return externalErrorProxy?.createProxy(target, filters, type);
  };
  return Object.create(creator, {
    createPipesFn: { value: createPipesFn },
    createGuardsFn: { value: createGuardsFn },
    ...(interceptorsContextCreator !== undefined && {
      interceptorsContextCreator: { value: { create } },
    }),
    ...(externalErrorProxy !== undefined && { externalErrorProxy: { value: { createProxy } } }),
  }) as ExternalContextCreator;
}

/** Nest numbers its own parameters, whose values are there at once; a decorator of the app may promise one. */
function isPlain({ type, pipes }: Parameter): boolean {
  return typeof type === "number" && pipes.length === 0;
}

/** As Nest: a method without parameters gets all there is. */
function readerOf(parameters: readonly Parameter[]): ReadArguments {
  if (parameters.length === 0) return (given) => given;
  return (given) => {
    const values: unknown[] = [];
    for (const { index, extractValue } of parameters) {
      // Nest says no more of it than that it is a function.
      values[index] = (extractValue as Target)(...given);
    }
    return values;
  };
}

function raise(thrown: unknown): never {
  throw thrown;
}
