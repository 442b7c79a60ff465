/** The reason of errors by which a runtime keeps a caller from its app. */
export const deniedReason = "MECHA_ACCESS_DENIED";
