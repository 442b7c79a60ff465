/** The metadata in which runtimes send each other their common token. It never holds the token of a runtime's own API. */
export const peerTokenHeader = "mecha-peer-token";
