/** What the benchmark gave to this process. The two sides are built together, so the shape is as written there. */
export function readInput<Input>(): Input {
  return JSON.parse(process.argv[2] ?? "{}") as Input;
}

/** Tells the benchmark something; it ends this process when it has heard enough. */
export function say(message: object): void {
  process.send?.(message);
}
