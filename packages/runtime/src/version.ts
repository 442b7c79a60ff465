/** What GetMetadata gives as the version of the runtime: Mecha's own, so that nobody takes it for daprd's. */
export const runtimeVersion = "mecha-0.1.0";
