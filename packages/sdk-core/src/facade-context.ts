import type { OpenResources } from "./connection/open-resources.js";
import type { RuntimeConnection } from "./connection/runtime-connection.js";
import type { Transport } from "./transport/transport.js";

/** What every facade is made over: one share of the connection of the process. */
export interface FacadeContext {
  /** Where calls go, with everything around them (retries, spans, errors) in place. */
  readonly transport: Transport;
  /** The connection of the process, for what goes other ways than calls; its transport is the one here. */
  readonly connection: RuntimeConnection;
  /** What ends with the share: subscriptions, streams, hosts. */
  readonly open: OpenResources;
  /** Name of this app. */
  readonly appId: string;
}
