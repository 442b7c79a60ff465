import { fullCommandName, isCommandContainer } from "@mecha/spec";
import { encodeCommand } from "./encode-command.js";
import type { CommandReader, PassingCommand } from "./command-frames.js";
import { prefixKeys } from "./prefix-keys.js";
import { replyTypes, type ReplyReader } from "./reply-frames.js";
import type { SessionPolicy } from "./session-policy.js";
import { keysInReplyOf, stripKeys, stripQueuedKeys } from "./strip-keys.js";
import { Subscribed, subscribing } from "./subscribed.js";

/** Told of every command that the server ran, with the time to its reply. */
type OnCall = (fullName: string, durationUs: number) => void;

/** What is known of a command by its name. */
interface Known {
  readonly fullName: string;
  readonly isAllowed: boolean;
  /** Whether it begins or ends a transaction, and so is noted even where it passes as it is. */
  readonly isTransactional?: boolean;
  /** What stands for each call of a command that changes nothing of the connection, where calls are not counted. */
  readonly plain?: Call;
}

/** A command that was sent and is not answered yet. */
interface Call {
  readonly known: Known;
  readonly startMs: number;
  /** Goes to the client in place of the reply. */
  readonly replacement: Buffer | undefined;
  readonly words: readonly Buffer[] | undefined;
}

/** No server has it: what goes in place of a command that is not to reach one, so that the order of replies stays. */
const noCommand = encodeCommand(["not-passed-on-by-mecha"]);

const okReply = Buffer.from("+OK\r\n");
const nothing: Buffer = Buffer.alloc(0);

/** What Redis refuses without running it, and so does not count. */
const refusals =
  /^-(?:ERR unknown (?:sub)?command|ERR wrong number of arguments|ERR Command not allowed|EXECABORT|NOAUTH|NOPERM|LOADING|OOM|READONLY|MISCONF|ERR Can't execute)/u;

/** What makes a connection more than its database and protocol, until it is reset. */
const binding: ReadonlySet<string> = new Set(["client|tracking", "monitor", "client|reply", "client|caching"]);

/** Commands whose arguments matter here. */
const readWhole: ReadonlySet<string> = new Set(["auth", "hello", "select", "client", ...subscribing.keys()]);

const mostNames = 2_000;

/** How many answered calls are kept a place for while others are under way. */
const longestPast = 1_024;

/** Follows the commands of one connection and their replies: what is under way, what the connection has become, what is counted. */
export class SessionCalls implements CommandReader, ReplyReader {
  readonly #onCall: OnCall;
  #policy: SessionPolicy;
  readonly #known = new Map<string, Known>();
  /** By names as they are written: commands that pass as they are, and `undefined` for those that must be looked at. */
  readonly #passing = new Map<string, Call | undefined>();
  /** Calls under way, from {@link #first} to before {@link #end}. */
  #calls: (Call | undefined)[] = [];
  #first = 0;
  #end = 0;
  /** The moment of the commands that are being read. */
  nowMs = 0;
  #counts = false;
  /** What was queued since MULTI; `undefined` outside a transaction. */
  #queued: Call[] | undefined;
  #watches = false;
  #isBound = false;
  /** What CLIENT REPLY says: whether the server answers, or answers not the next command. */
  #replies: "on" | "off" | "skip" = "on";
  readonly #subscribed = new Subscribed();
  readonly #setup = new Map<string, Buffer>();

  constructor(policy: SessionPolicy, onCall: OnCall) {
    this.#policy = policy;
    this.#onCall = onCall;
  }

  /** What the component's YAML says. */
  set policy(policy: SessionPolicy) {
    this.#policy = policy;
    this.#known.clear();
    this.#passing.clear();
  }

  /** Whether somebody wants to be told of calls. */
  get counts(): boolean {
    return this.#counts;
  }

  set counts(counts: boolean) {
    this.#counts = counts;
    this.#passing.clear();
  }

  /** How many commands are under way. */
  get underWay(): number {
    return this.#end - this.#first;
  }

  /** Whether the connection is more than what {@link SessionCalls.setup} makes of a new one. */
  get isBound(): boolean {
    return this.#isBound || this.#watches || this.#queued !== undefined;
  }

  /** Whether it only waits for messages, or has replies that nobody can follow. */
  get isLasting(): boolean {
    return this.#isBound || this.#subscribed.isActive;
  }

  /** Commands that make a new connection what this one is. */
  get setup(): readonly Buffer[] {
    return ["hello", "select", "client|setname"].flatMap((name) => this.#setup.get(name) ?? []);
  }

  passes(name: string): boolean {
    if (this.#replies !== "on") return false;
    const call = this.#passing.get(name) ?? this.#plainCallOf(name);
    if (call === undefined) return false;
    this.#calls[this.#end++] = this.#counts
      ? { known: call.known, startMs: this.nowMs, replacement: undefined, words: undefined }
      : call;
    return true;
  }

  isPlain(index: number, type: number): boolean {
    const known = this.#calls[this.#first + index]?.known;
    if (known?.plain === undefined || this.#subscribed.isActive) return false;
    const isError = type === replyTypes.error || type === replyTypes.bulkError;
    // Errors are not counted all alike, nor is what was queued.
    if (this.#counts) return !isError && this.#queued === undefined;
    return known.isTransactional !== true || (!isError && !this.#queued?.length);
  }

  endPlain(count: number): void {
    for (let left = count; left > 0; left--) {
      const call = this.#calls[this.#first];
      this.#answered();
      if (call === undefined) continue;
      if (call.known.isTransactional === true) this.#note(call, replyTypes.state, nothing);
      this.#count(call);
    }
  }

  wantsWhole(name: string): boolean {
    return this.#policy.prefix !== undefined || readWhole.has(name);
  }

  read(command: PassingCommand): Buffer | undefined {
    const known = this.#knownOf(command);
    const { name, words } = command;
    if (!known.isAllowed) return this.#inPlaceOf(known, errorReply(this.#policy.refusalOf(known.fullName)));
    // The runtime has its own credentials: those of the client must not reach the server.
    if (name === "auth") return this.#inPlaceOf(known, okReply);
    if (known.fullName === "client|reply") {
      this.#switchReplies(words);
      return undefined;
    }
    const passing = name === "hello" ? withoutCredentials(words ?? []) : this.#prefixed(known, words);
    if (passing === "unknown")
      return this.#inPlaceOf(known, errorReply(this.#policy.unprefixedRefusalOf(known.fullName)));
    if (this.#replies === "on") this.#add({ known, replacement: undefined, words: passing });
    else if (this.#counts) this.#onCall(known.fullName, 0);
    if (this.#replies === "skip") this.#replies = "on";
    return passing === undefined || passing === words ? undefined : encodeCommand(passing);
  }

  begin(type: number): Buffer | undefined {
    return this.#subscribed.takes(type) ? undefined : this.#calls[this.#first]?.replacement;
  }

  wantsWholeReply(type: number): boolean | "held" {
    if (this.#subscribed.takes(type)) return true;
    return this.#policy.prefix !== undefined && this.#hasKeys(this.#calls[this.#first]) ? "held" : false;
  }

  end(type: number, bytes: Buffer, isWhole: boolean): Buffer | undefined {
    const call = this.#calls[this.#first];
    if (isWhole && this.#subscribed.takes(type) && this.#isTold(bytes, call)) return undefined;
    if (call === undefined) return undefined;
    this.#answered();
    if (call.replacement !== undefined) return undefined;
    const stripped =
      isWhole && this.#policy.prefix !== undefined ? this.#stripped(call, bytes, this.#policy.prefix) : undefined;
    if (type === replyTypes.error) this.#failed(call, bytes.toString("latin1"));
    else this.#succeeded(call, type, bytes);
    return stripped;
  }

  #prefixed(
    { fullName: name }: Known,
    words: readonly Buffer[] | undefined,
  ): readonly Buffer[] | "unknown" | undefined {
    const { prefix } = this.#policy;
    return prefix === undefined || words === undefined ? words : (prefixKeys(name, words, prefix) ?? "unknown");
  }

  /** Whether the reply of a command may have keys in it. */
  #hasKeys(call: Call | undefined): boolean {
    if (call === undefined) return false;
    const { fullName: name } = call.known;
    if (name === "exec") return this.#queued?.some((queued) => this.#hasKeys(queued)) === true;
    return keysInReplyOf(name) !== undefined;
  }

  #stripped({ known: { fullName: name } }: Call, bytes: Buffer, prefix: Buffer): Buffer {
    if (name === "exec") {
      return stripQueuedKeys(
        bytes,
        prefix,
        (this.#queued ?? []).map(({ known }) => keysInReplyOf(known.fullName)),
      );
    }
    const where = keysInReplyOf(name);
    return where === undefined ? bytes : stripKeys(bytes, prefix, where);
  }

  #plainCallOf(name: string): Call | undefined {
    if (this.#passing.has(name)) return undefined;
    const lowerCase = name.toLowerCase();
    const isTransactional = transactional.has(lowerCase);
    const isPlain =
      !isCommandContainer(lowerCase) &&
      !this.wantsWhole(lowerCase) &&
      (isTransactional ? !this.#counts : !noted.has(lowerCase)) &&
      this.#policy.allows(lowerCase);
    const call = isPlain ? plainCall(lowerCase, isTransactional) : undefined;
    if (this.#passing.size < mostNames) this.#passing.set(name, call);
    return call;
  }

  #knownOf({ name, subcommand }: PassingCommand): Known {
    const key = subcommand === undefined ? name : `${name}|${subcommand}`;
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const full = fullCommandName(name, subcommand);
    const known = { fullName: full, isAllowed: this.#policy.allows(full) };
    if (this.#known.size < mostNames) this.#known.set(key, known);
    return known;
  }

  #inPlaceOf(known: Known, reply: Buffer): Buffer {
    const isAnswered = this.#replies === "on";
    if (this.#replies === "skip") this.#replies = "on";
    if (!isAnswered) return nothing;
    this.#add({ known, replacement: reply, words: undefined });
    return noCommand;
  }

  #switchReplies(words: readonly Buffer[] | undefined): void {
    const mode = words?.[2]?.toString("latin1").toLowerCase();
    this.#isBound = true;
    if (mode === "off" || mode === "skip") this.#replies = mode;
    else {
      this.#replies = "on";
      this.#add({ known: { fullName: "client|reply", isAllowed: true }, replacement: undefined, words });
    }
  }

  #add({ known, replacement, words }: Omit<Call, "startMs">): void {
    const call = { known, startMs: this.nowMs, replacement, words };
    this.#calls[this.#end++] = call;
    this.#subscribed.sent(known.fullName);
  }

  #answered(): void {
    this.#calls[this.#first++] = undefined;
    if (this.#first === this.#end) this.#first = this.#end = 0;
    else if (this.#first === longestPast) {
      this.#calls = this.#calls.slice(longestPast, this.#end);
      this.#end -= longestPast;
      this.#first = 0;
    }
  }

  #count({ known, startMs }: Call): void {
    if (this.#counts) this.#onCall(known.fullName, (this.nowMs - startMs) * 1_000);
  }

  #failed(call: Call, text: string): void {
    if (call.known.fullName === "exec") this.#leaveTransaction();
    this.#subscribed.failed(call.known.fullName);
    if (!refusals.test(text)) this.#count(call);
  }

  #succeeded(call: Call, type: number, head: Buffer): void {
    const { fullName: name } = call.known;
    if (this.#queued !== undefined && type === replyTypes.state && isQueued(head)) {
      this.#queued.push(call);
      return;
    }
    if (noted.has(name)) this.#note(call, type, head);
    this.#count(call);
  }

  /** Keeps what a command that has run makes of the connection. */
  #note(call: Call, type: number, head: Buffer): void {
    const { fullName: name } = call.known;
    if (binding.has(name)) this.#isBound = true;
    else if (name === "watch") this.#watches = true;
    else if (name === "unwatch") this.#watches = false;
    else if (name === "multi") this.#queued = [];
    else if (name === "discard") this.#leaveTransaction();
    else if (name === "exec") {
      const hasRun = type === replyTypes.array && head[1] !== minus;
      const queued = this.#queued ?? [];
      this.#leaveTransaction();
      if (hasRun) for (const each of queued) this.#ran(each);
    } else if (name === "reset") {
      this.#leaveTransaction();
      this.#setup.clear();
      this.#isBound = false;
      this.#subscribed.clear();
    } else this.#keep(call);
  }

  #ran(call: Call): void {
    const { fullName: name } = call.known;
    this.#keep(call);
    if (binding.has(name) || subscribing.has(name)) this.#isBound = true;
    this.#count(call);
  }

  #keep({ known: { fullName: name }, words }: Call): void {
    if (!setupNames.has(name) || words === undefined) return;
    if (name !== "hello" || words.length > 1) this.#setup.set(name, encodeCommand(words));
    if (name === "hello")
      this.#subscribed.protocol = words[1]?.toString("latin1") === "3" ? 3 : this.#subscribed.protocol;
  }

  #leaveTransaction(): void {
    this.#queued = undefined;
    this.#watches = false;
  }

  /** Whether it was a message, or a word about a subscription, which may be the last that a command is answered with. */
  #isTold(frame: Buffer, call: Call | undefined): boolean {
    const outcome = this.#subscribed.told(frame, call && { name: call.known.fullName, words: call.words ?? [] });
    if (outcome === "last" && call !== undefined) {
      this.#answered();
      this.#count(call);
    }
    return outcome !== "other";
  }
}

function plainCall(fullName: string, isTransactional: boolean): Call {
  const known: { -readonly [K in keyof Known]: Known[K] } = { fullName, isAllowed: true, isTransactional };
  known.plain = { known, startMs: 0, replacement: undefined, words: undefined };
  return known.plain;
}

const minus = 45;

const setupNames: ReadonlySet<string> = new Set(["hello", "select", "client|setname"]);

/** Commands that begin or end a transaction. */
const transactional: ReadonlySet<string> = new Set(["watch", "unwatch", "multi", "exec", "discard"]);

/** Commands that change what a connection is. */
const noted: ReadonlySet<string> = new Set([...setupNames, ...binding, ...transactional, "reset"]);

function errorReply(message: string): Buffer {
  return Buffer.from(`-${message}\r\n`);
}

function isQueued(head: Buffer): boolean {
  return head.length === 9 && head.toString("latin1") === "+QUEUED\r\n";
}

/** Takes `AUTH name password` out of HELLO. */
function withoutCredentials(words: readonly Buffer[]): readonly Buffer[] {
  const at = words.findIndex((word, index) => index > 1 && word.toString("latin1").toLowerCase() === "auth");
  return at < 0 ? words : words.toSpliced(at, 3);
}
