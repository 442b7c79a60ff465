/** The metadata by which a caller names the app that has the service. */
export const appIdHeader = "dapr-app-id";
