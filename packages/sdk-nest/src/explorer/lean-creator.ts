import type { ExternalContextCreator } from "@nestjs/core";

type PipesOf = ExternalContextCreator["createPipesFn"];
type Parameter = Parameters<PipesOf>[1][number];

/**
 * Has Nest's creator leave out what it would wait for without need: pipes where there are none, and results that are no objects
 * and so no streams. Events come by the thousands; each promise between counts.
 */
export function leanCreator(creator: ExternalContextCreator): ExternalContextCreator {
  const createPipesFn = (...[pipes, parameters]: Parameters<PipesOf>): unknown =>
    pipes.length === 0 && parameters.length > 0 && parameters.every(isPlain)
      ? readPlain(parameters)
      : creator.createPipesFn(pipes, parameters);
  const transformToResult = (result: unknown): unknown =>
    typeof result === "object" || typeof result === "function" ? creator.transformToResult(result) : result;
  return Object.create(creator, {
    createPipesFn: { value: createPipesFn },
    transformToResult: { value: transformToResult },
  }) as ExternalContextCreator;
}

/** Nest numbers its own parameters, whose values are there at once; a decorator of the app may promise one. */
function isPlain({ type, pipes }: Parameter): boolean {
  return typeof type === "number" && pipes.length === 0;
}

function readPlain(parameters: readonly Parameter[]): (values: unknown[], ...given: unknown[]) => void {
  return (values, ...given) => {
    for (const { index, extractValue } of parameters) {
      // Nest says no more of it than that it is a function.
      const read = extractValue as (...given: readonly unknown[]) => unknown;
      values[index] = read(...given);
    }
  };
}
