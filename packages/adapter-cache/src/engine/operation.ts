import type { Reply } from "../resp/reply.js";
import type { Waiter } from "./waiter.js";
import type { Workspace } from "./workspace.js";

/** Something to be done to documents, all at once: a command, or a transaction of several. */
export interface Operation {
  /** The documents that it reads or writes, as far as is known before it runs. Those that it looks at besides are read then. */
  readonly names: readonly string[];
  /** Whether it replaces all of them whatever they hold, so that they need not be read. */
  readonly blind: boolean;
  /** Operations of one owner are not overtaken by later ones of the same owner. */
  readonly owner: object;
  /** Does it in memory; may be called again when another process was faster, or when it needs documents that were not read. Throws `ErrorReply` for errors of the caller. */
  run(workspace: Workspace): Reply;
  /** Whether what it reads need not be of one moment, and what it changes does not depend on the rest. @defaultValue `false` */
  readonly loose?: boolean | undefined;
  /** Present where it may have to wait for others. */
  readonly waiter?: Waiter | undefined;
  /** Receives the reply of the run that was committed. */
  settle(reply: Reply): void;
}
