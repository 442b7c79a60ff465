/** A stream of requests that has just one. */
export async function* only<T>(request: T): AsyncGenerator<T, void, undefined> {
  yield request;
}
