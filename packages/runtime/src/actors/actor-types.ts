import type { ActorChannel } from "@mecha/sdk-core/protocol";
import { refuseReserved } from "./actor-names.js";
import { actorSettings, type ActorSettings } from "./actor-settings.js";

/** Where actors of a type live, and how they are treated. */
export interface HostedType {
  readonly host: ActorChannel;
  readonly settings: ActorSettings;
}

/** The types of actors that an app has, and who hosts them: several processes may have the same ones. */
export class ActorTypes {
  readonly #hosted = new Map<string, HostedType[]>();
  #turn = 0;

  /** The types, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#hosted.keys()];
  }

  /**
   * Adds the types of a host; the result takes them away.
   *
   * @throws MechaError `PERMISSION_DENIED` for types that are the runtime's own; none of the host's are added then.
   */
  add(host: ActorChannel): () => void {
    host.types.forEach(refuseReserved);
    for (const type of host.types) {
      const hosted = this.#hosted.get(type) ?? [];
      hosted.push({ host, settings: actorSettings(type, host.config) });
      this.#hosted.set(type, hosted);
    }
    return () => {
      for (const type of host.types) {
        const left = (this.#hosted.get(type) ?? []).filter((hosted) => hosted.host !== host);
        if (left.length > 0) this.#hosted.set(type, left);
        else this.#hosted.delete(type);
      }
    };
  }

  /** Whether somebody hosts a type. */
  has(type: string): boolean {
    return this.#hosted.has(type);
  }

  /** How actors of a type are treated. */
  settings(type: string): ActorSettings | undefined {
    return this.#hosted.get(type)?.[0]?.settings;
  }

  /** Where the next actor of a type goes: to each host in turn. */
  find(type: string): HostedType | undefined {
    const hosted = this.#hosted.get(type);
    return hosted?.[this.#turn++ % hosted.length];
  }
}
