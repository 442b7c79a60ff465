import { Resolver } from "node:dns";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { SocketAddress } from "./endpoint.js";
import type { TlsSettings } from "./tls-settings.js";

/** How long each address of a name is tried before the next is tried beside it, in milliseconds. */
const attemptMs = 1000;

/** Begins to connect to a sidecar; what is written meanwhile is sent then. */
export function openSocket(address: SocketAddress, tls: TlsSettings | undefined): Socket {
  const target =
    "path" in address
      ? { path: address.path }
      : {
          host: address.host,
          port: address.port,
          autoSelectFamily: true,
          autoSelectFamilyAttemptTimeout: attemptMs,
          ...(address.nameServer !== undefined && { lookup: lookupBy(address.nameServer) }),
        };
  if (tls === undefined) return connect(target);
  const name = tls.serverName ?? ("path" in address ? "localhost" : address.host);
  return connectSecurely({
    ...target,
    ALPNProtocols: ["h2"],
    ...(isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: !tls.insecure,
    ...(tls.ca && { ca: tls.ca }),
    ...(tls.certificate && { cert: tls.certificate }),
    ...(tls.key && { key: tls.key }),
  });
}

/** Looks names up at a name server of the endpoint's own. */
function lookupBy(nameServer: string): LookupFunction {
  return (host, { all = false }, answer) => {
    const resolver = new Resolver();
    try {
      resolver.setServers([nameServer]);
    } catch (error) {
      answer(error as NodeJS.ErrnoException, "", 4);
      return;
    }
    const ask = (family: 4 | 6, otherwise: (error: NodeJS.ErrnoException) => void): void => {
      resolver[family === 4 ? "resolve4" : "resolve6"](host, (error, addresses) => {
        if (error !== null) otherwise(error);
        else if (all)
          answer(
            null,
            addresses.map((address) => ({ address, family })),
          );
        else answer(null, addresses[0] ?? "", family);
      });
    };
    ask(4, () => {
      ask(6, (error) => {
        answer(error, "", 6);
      });
    });
  };
}
