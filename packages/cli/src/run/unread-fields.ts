/** Fields of dapr's run file that have nothing to do here, each with why. */
const reasons: Readonly<Record<string, string>> = {
  appLogDestination: "all lines come out here, after the name of the app",
  daprdLogDestination: "all lines come out here, after the name of the app",
  daprdInstallPath: "the runtime is part of this package",
  placementHostAddress: "actors live on this machine, without a placement service",
  schedulerHostAddress: "jobs and reminders are kept by the runtime itself",
  enableProfiling: "there is no profiling server; start node with --inspect",
  profilePort: "there is no profiling server; start node with --inspect",
  appSSL: "HTTPS to the app is daprd's",
};

/** What a run file may have, by place. */
export interface KnownFields {
  readonly top: readonly string[];
  readonly common: readonly string[];
  readonly app: readonly string[];
}

/**
 * Says which fields of a run file are not read, and why. They are no error, as dapr reads past what it does not know, and a file that dapr
 * takes is to be taken.
 *
 * @param document - the file, which has been checked to be a run file
 */
export function unreadFields(
  document: { readonly common?: object | null | undefined; readonly apps: readonly object[] },
  known: KnownFields,
): readonly string[] {
  return [
    ...unreadIn(document, "", known.top),
    ...unreadIn(document.common ?? {}, "common.", known.common),
    ...document.apps.flatMap((app, index) => unreadIn(app, `apps.${String(index)}.`, known.app)),
  ];
}

function unreadIn(fields: object, place: string, known: readonly string[]): readonly string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const same = known.find((one) => one.toLowerCase() === name.toLowerCase());
      const otherwise = same === undefined ? "nobody reads it" : `did you mean ${same}?`;
      return `ignored: ${place}${name}: ${Object.hasOwn(reasons, name) ? (reasons[name] ?? otherwise) : otherwise}`;
    });
}
