import type { Arguments } from "../commands/arguments.js";
import { ErrorReply } from "../resp/reply.js";

/** How much of a name, and of all arguments together, Redis repeats of a command that it does not know. */
const maxLength = 128;

/** What Redis answers to a command that it does not know. */
export function unknownCommand(args: Arguments): ErrorReply {
  let listed = "";
  for (let index = 1; index < args.count && listed.length < maxLength; index++) {
    listed += `'${args.shown(index).slice(0, maxLength - listed.length)}' `;
  }
  return new ErrorReply(
    `ERR unknown command '${args.shown(0).slice(0, maxLength)}', with args beginning with: ${listed}`,
  );
}
