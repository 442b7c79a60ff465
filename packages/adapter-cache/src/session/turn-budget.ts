import { setImmediate } from "node:timers";

/** How many replies are given in one turn of the event loop at most before timers and sockets have theirs. */
const repliesInOneTurn = 256;

let left = repliesInOneTurn;
let isCounting = false;

/**
 * Says whether a reply may still be given in this turn. What is answered without ever leaving the process would otherwise keep
 * everything else from running, as long as somebody asks again after each reply.
 */
export function mayReplyInThisTurn(): boolean {
  if (!isCounting) {
    isCounting = true;
    setImmediate(() => {
      isCounting = false;
      left = repliesInOneTurn;
    });
  }
  return left > 0 && left-- > 0;
}
