import { setImmediate } from "node:timers";

/** How many replies are given in one turn of the event loop at most before timers and sockets have theirs. */
const repliesInOneTurn = 256;

let left = repliesInOneTurn;
let isCounting = false;
let later: (() => void)[] = [];

/**
 * Says whether a reply may still be given in this turn; else it is to be given by {@link replyLater}. What is answered without ever
 * leaving the process would otherwise keep everything else from running, as long as somebody asks again after each reply.
 */
export function mayReplyInThisTurn(): boolean {
  if (!isCounting) {
    isCounting = true;
    setImmediate(nextTurn);
  }
  return left > 0 && left-- > 0;
}

/** Has a reply given in the next turn, after those that were put off before it. */
export function replyLater(give: () => void): void {
  later.push(give);
}

function nextTurn(): void {
  const waiting = later;
  later = [];
  left = repliesInOneTurn;
  isCounting = false;
  for (const give of waiting) give();
}
