import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ComponentLogger, NameResolver } from "@mecha/spec";
import type { AccessControl } from "../access/access-control.js";
import { ownNamespace } from "../access/caller.js";
import type { GrpcApps } from "../instances/grpc-apps.js";
import { hostAddress } from "./host-address.js";
import type { PeerDoor, PeerDoorOptions } from "./peer-door.js";
import type { PeerSettings } from "./peer-settings.js";

/** What an app is made reachable with. */
export interface CalleeOptions {
  readonly appId: string;
  /** Folder in which the processes of this machine meet. */
  readonly folder: () => string;
  readonly maxMessageBytes: number;
  readonly logger: ComponentLogger;
  readonly grpcApps: GrpcApps;
  readonly settings: PeerSettings;
  /** What keeps the names of apps. @defaultValue nothing does */
  readonly resolver?: NameResolver;
  readonly access?: AccessControl;
  readonly appGrpcPort?: number;
  readonly appApiToken?: string;
}

/** How the app is called by other runtimes. */
export type CalledApp = Required<Pick<PeerDoorOptions, "invoke" | "aroundServices">>;

/** Lets the runtimes of other machines call the app, and those of this one its gRPC server. */
export class Callee {
  readonly #options: CalleeOptions;
  readonly #doors: PeerDoor[] = [];
  #socket: string | undefined;
  #port: number | undefined;
  #users = 0;
  #registered: Promise<(() => Promise<void>) | undefined> | undefined;

  constructor(options: CalleeOptions) {
    this.#options = options;
  }

  /**
   * Opens the doors that are asked for.
   *
   * @param app - how the app is called
   * @throws MechaError `UNAVAILABLE` for an address that cannot be had
   */
  async serve(app: CalledApp): Promise<void> {
    const { settings, resolver, appGrpcPort, logger } = this.#options;
    if (appGrpcPort !== undefined) await this.#registerGrpc(appGrpcPort, app);
    if (settings.port === undefined && resolver?.register === undefined) return;
    const door = await this.#open({ ...app, token: settings.token }, { host: settings.host, port: settings.port ?? 0 });
    if (!("port" in door.at)) return;
    this.#port = door.at.port;
    logger.info(`other runtimes call the app at ${hostAddress(settings.advertisedHost, door.at.port)}`);
  }

  /** Makes the app known to others, until all that asked for it have called the result. Idempotent. */
  async publish(): Promise<() => Promise<void>> {
    this.#users++;
    let isOver = false;
    const end = async (): Promise<void> => {
      if (isOver) return;
      isOver = true;
      if (--this.#users === 0) await this.#deregister();
    };
    try {
      await (this.#registered ??= this.#register());
    } catch (error) {
      this.#registered = undefined;
      this.#users--;
      throw error;
    }
    return end;
  }

  /** Takes no new calls, and waits for those under way. */
  async close(): Promise<void> {
    await this.#deregister();
    this.#options.grpcApps.close();
    await Promise.all(this.#doors.splice(0).map((door) => door.close()));
    if (this.#socket !== undefined) rmSync(this.#socket, { force: true });
  }

  async #register(): Promise<(() => Promise<void>) | undefined> {
    const { appId, settings, resolver } = this.#options;
    if (this.#port === undefined) return undefined;
    const instance = { appId, namespace: ownNamespace(), host: settings.advertisedHost, port: this.#port };
    return resolver?.register?.(instance);
  }

  async #deregister(): Promise<void> {
    const registered = this.#registered;
    this.#registered = undefined;
    try {
      await (await registered)?.();
    } catch (error) {
      // It is forgotten there after a while.
      this.#options.logger.warn(`the name of the app could not be taken away: ${String(error)}`);
    }
  }

  /** Others of this machine go to the app itself, unless its runtime has something to say to each call. */
  async #registerGrpc(port: number, { aroundServices }: CalledApp): Promise<void> {
    const { appId, folder, grpcApps, access, appApiToken = "" } = this.#options;
    if (access === undefined && appApiToken === "") {
      await grpcApps.register(appId, { port });
      return;
    }
    const [{ randomBytes }, { makeRuntimeFolder }] = await Promise.all([
      import("node:crypto"),
      import("../instances/checked-folder.js"),
    ]);
    await makeRuntimeFolder(folder());
    const path = join(folder(), `${randomBytes(6).toString("hex")}.gate`);
    await this.#open({ aroundServices, token: "" }, { path });
    this.#socket = path;
    await grpcApps.register(appId, { path });
  }

  async #open(
    door: Pick<PeerDoorOptions, "invoke" | "aroundServices" | "token">,
    address: { readonly host: string; readonly port: number } | { readonly path: string },
  ): Promise<PeerDoor> {
    const { openPeerDoor } = await import("./peer-door.js");
    const opened = await openPeerDoor({ ...this.#options, ...door }, address);
    this.#doors.push(opened);
    return opened;
  }
}
