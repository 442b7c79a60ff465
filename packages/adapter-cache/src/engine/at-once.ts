import type { StatePlace } from "@mecha/spec";
import type { StatePlaces } from "@mecha/sdk-core/protocol";
import type { Arguments } from "../commands/arguments.js";
import type { Command } from "../commands/command.js";
import type { Entry } from "../documents/document.js";
import type { Documents } from "../documents/documents.js";
import { documentName } from "../documents/key-name.js";
import type { SplitLimits } from "../documents/parts/part-store.js";
import { ttlSeconds } from "../documents/time-to-live.js";
import type { KeyIndex } from "../key-index/key-index.js";
import type { Reply } from "../resp/reply.js";
import { Keyspace } from "./keyspace.js";
import { LiveDocument } from "./live-document.js";
import { MissingDocuments } from "./missing-documents.js";
import { OneDocument } from "./one-document.js";
import { toErrorReply } from "./run-operations.js";
import type { Waiters } from "./waiters.js";

const nothing = new LiveDocument(undefined);

/** For how many keys it is remembered where they lie. */
const maxKnown = 10_000;

/** A key whose value lies in this process. */
interface KnownKey {
  readonly key: Buffer;
  readonly name: string;
  readonly place: StatePlace;
}

/** Who sends a command, and in which database. */
export interface AtOnceClient {
  readonly database: number;
}

/** What commands need that are done at once. */
export interface AtOnceTools {
  readonly documents: Documents;
  readonly index: KeyIndex;
  readonly waiters: Waiters;
  readonly limits: SplitLimits;
  /** Whether nothing of a document or of a client is under way. */
  readonly isFree: (name: string, client: object) => boolean;
}

/**
 * Does commands on one key where the key's value lies, if that is in this process: without a batch, and before the call returns. As nobody
 * has a turn meanwhile, they are as atomic as a batch is. What cannot be done so goes through the batches as ever: values
 * in parts, keys that are not in the index yet or that somebody waits for, and whatever has to wait for something under way.
 */
export class AtOnce {
  readonly #tools: AtOnceTools;
  readonly #document = new OneDocument();
  readonly #keyspaces: Keyspace[] = [];
  #places: StatePlaces | undefined;
  readonly #known: Map<string, KnownKey>[] = [];
  #knownCount = 0;

  constructor(tools: AtOnceTools) {
    this.#tools = tools;
  }

  /**
   * Does a command whose first argument is its only key.
   *
   * @returns its reply; `undefined` if nothing was done
   */
  run(command: Command, args: Arguments, client: AtOnceClient): Reply | undefined {
    const { documents, index, waiters, limits, isFree } = this.#tools;
    const places = documents.places?.();
    if (places === undefined) return undefined;
    const known = this.#find(places, client.database, args.text(1));
    const { name, place } = known;
    const now = Date.now();
    if (!isFree(name, client)) return undefined;
    if (command.writes && !(index.isKnown(name, now) && waiters.areNone(name))) return undefined;
    try {
      const live = liveAt(place);
      if (live === "in parts") return undefined;
      if (command.writes) {
        if (!(live ?? nothing).hasRoomFor(args.count, args.bytesTogether, limits)) return undefined;
        args.own();
      }
      const document = this.#document;
      document.put(name, live?.entry);
      args.set(1, known.key);
      const keyspace = (this.#keyspaces[client.database] ??= new Keyspace(document, client.database, now));
      const reply = command.run(keyspace.again(now, known.key, name), args);
      if (document.isChanged) store(place, name, { live, entry: document.current, args, now });
      return reply;
    } catch (error) {
      return error instanceof MissingDocuments ? undefined : toErrorReply(error);
    }
  }

  #find(places: StatePlaces, database: number, key: string): KnownKey {
    if (places !== this.#places || this.#knownCount >= maxKnown) {
      this.#places = places;
      this.#known.length = this.#knownCount = 0;
    }
    const ofDatabase = (this.#known[database] ??= new Map());
    const known = ofDatabase.get(key);
    if (known !== undefined) return known;
    const bytes = Buffer.from(key, "latin1");
    const name = documentName(database, key);
    const found = { key: bytes, name, place: places.of(name) };
    // A copy: the text of a caller may be a part of a far longer one.
    ofDatabase.set(bytes.toString("latin1"), found);
    this.#knownCount++;
    return found;
  }
}

/** The document at a place, decoded. */
function liveAt(place: StatePlace): LiveDocument | "in parts" | undefined {
  const found = place.read();
  if (found === undefined || found instanceof LiveDocument) return found;
  const live = LiveDocument.of("toBytes" in found ? found.toBytes() : found);
  if (live === undefined) return "in parts";
  place.hold(live);
  return live;
}

interface Change {
  /** The document before, if there was one. */
  readonly live: LiveDocument | undefined;
  readonly entry: Entry | undefined;
  readonly args: Arguments;
  readonly now: number;
}

function store(place: StatePlace, name: string, { live, entry, args, now }: Change): void {
  const changed = live ?? new LiveDocument(entry);
  changed.replace(entry);
  changed.grow(args.count, args.bytesTogether);
  place.write(changed, ttlSeconds(name, changed, now));
}
