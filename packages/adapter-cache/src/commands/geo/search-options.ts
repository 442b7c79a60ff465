import type { SortedSetValue } from "../../documents/document.js";
import { ErrorReply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { readBox, readCoordinates, readMember, readRadius } from "./geo-arguments.js";
import type { Coordinates } from "./geohash.js";
import type { Shape } from "./shape.js";

/** What the commands that search have in common. */
export interface SearchForm {
  readonly name: string;
  /** GEORADIUS and its kin say place and radius first; GEOSEARCH among its options. */
  readonly kind: "coordinates" | "member" | "search";
  /** Which argument names the key. */
  readonly keyIndex: number;
  /** Whether a key to store to may be given as an option. */
  readonly mayStore: boolean;
}

/** What to search, and what to do with what is found. */
export interface SearchOptions {
  /** Absent if the source key is, or if an option is missing that says where to search. */
  readonly shape: Shape | undefined;
  readonly withDistance: boolean;
  readonly withHash: boolean;
  readonly withCoordinates: boolean;
  readonly order: "ASC" | "DESC" | undefined;
  readonly count: number | undefined;
  /** Whether any places will do, not the nearest. */
  readonly any: boolean;
  readonly storeTo: Buffer | undefined;
  readonly storeDistance: boolean;
}

type Size = { readonly metres: number } & (
  | { readonly radius: number }
  | { readonly width: number; readonly height: number }
);

/** A search while its arguments are read. */
interface Reading {
  readonly args: Arguments;
  readonly form: SearchForm;
  readonly zset: SortedSetValue | undefined;
  readonly found: Found;
}

interface Found {
  center: Coordinates | undefined;
  size: Size | undefined;
  centerFrom: "FROMMEMBER" | "FROMLONLAT" | undefined;
  sizeBy: "BYRADIUS" | "BYBOX" | undefined;
  flags: Set<string>;
  order: "ASC" | "DESC" | undefined;
  count: number | undefined;
  storeTo: Buffer | undefined;
  storeDistance: boolean;
}

const flagWords = new Set(["WITHDIST", "WITHHASH", "WITHCOORD", "ANY"]);

/** Reads the arguments of a search; throws what Redis answers to contradictions. */
export function readSearch(args: Arguments, form: SearchForm, zset: SortedSetValue | undefined): SearchOptions {
  const found: Found = {
    ...{ center: undefined, size: undefined, centerFrom: undefined, sizeBy: undefined, flags: new Set() },
    ...{ order: undefined, count: undefined, storeTo: undefined, storeDistance: false },
  };
  if (form.name === "geosearchstore") found.storeTo = args.bytes(1);
  const reading: Reading = { args, form, zset, found };
  let index = readFixed(reading);
  while (index < args.count) index = readOption(reading, index);
  checkTogether(reading);
  const { center, size, flags, order, count, storeTo, storeDistance } = found;
  return {
    shape: center && size && { center, ...size },
    withDistance: flags.has("WITHDIST"),
    withHash: flags.has("WITHHASH"),
    withCoordinates: flags.has("WITHCOORD"),
    order: order ?? (count !== undefined && !flags.has("ANY") ? "ASC" : undefined),
    any: flags.has("ANY"),
    ...{ count, storeTo, storeDistance },
  };
}

/** Reads what stands before the options; where they begin. */
function readFixed({ args, form, zset, found }: Reading): number {
  if (form.kind === "coordinates") {
    found.center = readCoordinates(args, 2);
    found.size = readRadius(args, 4);
    return 6;
  }
  if (form.kind === "search") return form.keyIndex + 1;
  // Without a source, Redis does not look at them.
  if (zset !== undefined) {
    found.center = readMember(zset, args.text(2));
    found.size = readRadius(args, 3);
  }
  return 5;
}

/** Reads one option; where the next one begins. */
function readOption(reading: Reading, index: number): number {
  const { args, form, found } = reading;
  const word = args.keyword(index);
  const rest = args.count - index - 1;
  if (flagWords.has(word)) found.flags.add(word);
  else if (word === "ASC" || word === "DESC") found.order = word;
  else if (word === "COUNT" && rest >= 1) {
    found.count = args.position(index + 1);
    if (found.count <= 0) throw new ErrorReply("ERR COUNT must be > 0");
    return index + 2;
  } else if ((word === "STORE" || word === "STOREDIST") && rest >= 1 && form.mayStore) {
    found.storeTo = args.bytes(index + 1);
    found.storeDistance = word === "STOREDIST";
    return index + 2;
  } else if (form.kind === "search") return readSearchOption(reading, index);
  else throw syntaxError();
  return index + 1;
}

function readSearchOption({ args, form, zset, found }: Reading, index: number): number {
  const word = args.keyword(index);
  const rest = args.count - index - 1;
  if (word === "FROMMEMBER" && rest >= 1 && found.centerFrom !== "FROMLONLAT") {
    if (zset !== undefined) found.center = readMember(zset, args.text(index + 1));
    found.centerFrom = word;
    return index + 2;
  }
  if (word === "FROMLONLAT" && rest >= 2 && found.centerFrom !== "FROMMEMBER") {
    found.center = readCoordinates(args, index + 1);
    found.centerFrom = word;
    return index + 3;
  }
  if (word === "BYRADIUS" && rest >= 2 && found.sizeBy !== "BYBOX") {
    found.size = readRadius(args, index + 1);
    found.sizeBy = word;
    return index + 3;
  }
  if (word === "BYBOX" && rest >= 3 && found.sizeBy !== "BYRADIUS") {
    found.size = readBox(args, index + 1);
    found.sizeBy = word;
    return index + 4;
  }
  if (word !== "STOREDIST" || form.name !== "geosearchstore") throw syntaxError();
  found.storeDistance = true;
  return index + 1;
}

function checkTogether({ args, form, found }: Reading): void {
  const { flags, storeTo, count } = found;
  if (storeTo !== undefined && ["WITHDIST", "WITHHASH", "WITHCOORD"].some((word) => flags.has(word))) {
    const what = form.name === "geosearchstore" ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
    throw new ErrorReply(`ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  if (form.kind === "search" && found.centerFrom === undefined) {
    throw new ErrorReply(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${args.shown(0)}`);
  }
  if (form.kind === "search" && found.sizeBy === undefined) {
    throw new ErrorReply(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${args.shown(0)}`);
  }
  if (flags.has("ANY") && count === undefined) throw new ErrorReply("ERR the ANY argument requires COUNT argument");
}
