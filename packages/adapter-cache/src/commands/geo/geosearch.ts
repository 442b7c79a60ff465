import type { SortedSetValue } from "../../documents/document.js";
import type { Keyspace } from "../../engine/keyspace.js";
import { DecimalReply, type Reply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { firstKey, firstTwoKeys, type Command } from "../command.js";
import { toBytes } from "../hashes.js";
import { rankedMembers } from "../sorted-sets.js";
import { coveringCells, scoresIn } from "./covering-cells.js";
import { placeOf, type Coordinates } from "./geohash.js";
import { readSearch, type SearchForm, type SearchOptions } from "./search-options.js";
import { distanceWithin, type Shape } from "./shape.js";

interface Hit {
  readonly member: string;
  readonly score: number;
  readonly place: Coordinates;
  /** In the unit of the shape. */
  readonly distance: number;
}

function search(keyspace: Keyspace, args: Arguments, form: SearchForm): Reply {
  const zset = keyspace.typed(args.bytes(form.keyIndex), "zset");
  const options = readSearch(args, form, zset);
  const { shape, storeTo } = options;
  const hits = zset === undefined || shape === undefined ? [] : choose(findWithin(zset, shape, options), options);
  return storeTo === undefined ? hits.map((hit) => show(hit, options)) : store(keyspace, storeTo, hits, options);
}

function findWithin(zset: SortedSetValue, shape: Shape, { any, count }: SearchOptions): Hit[] {
  const ranked = rankedMembers(zset);
  const limit = any && count !== undefined ? count : Infinity;
  const hits: Hit[] = [];
  for (const cell of coveringCells(shape)) {
    const [from, to] = scoresIn(cell);
    for (const [member, score] of ranked.slice(ranked.countBefore(from, ""), ranked.countBefore(to, ""))) {
      if (hits.length >= limit) return hits;
      const place = placeOf(score);
      const distance = distanceWithin(shape, place);
      if (distance !== undefined) hits.push({ member, score, place, distance: distance / shape.metres });
    }
  }
  return hits;
}

function choose(hits: Hit[], { order, count }: SearchOptions): readonly Hit[] {
  if (order === "ASC") hits.sort((left, right) => left.distance - right.distance);
  if (order === "DESC") hits.sort((left, right) => right.distance - left.distance);
  return count === undefined ? hits : hits.slice(0, count);
}

function show({ member, score, place, distance }: Hit, options: SearchOptions): Reply {
  const details: Reply[] = [];
  if (options.withDistance) details.push(distance.toFixed(4));
  if (options.withHash) details.push(BigInt(Math.trunc(score)));
  if (options.withCoordinates) details.push(coordinatesReply(place));
  return details.length === 0 ? toBytes(member) : [toBytes(member), ...details];
}

/** Longitude and latitude as Redis writes them: up to 17 decimal places. */
export function coordinatesReply({ longitude, latitude }: Coordinates): Reply {
  return [longitude, latitude].map((value) => new DecimalReply(value.toFixed(17).replace(/\.?0+$/, "")));
}

function store(keyspace: Keyspace, key: Buffer, hits: readonly Hit[], { storeDistance }: SearchOptions): Reply {
  const scores = new Map(hits.map(({ member, score, distance }) => [member, storeDistance ? distance : score]));
  if (scores.size === 0) keyspace.remove(key);
  else keyspace.replace(key, { type: "zset", scores });
  return hits.length;
}

const radiusForm = { keyIndex: 1, mayStore: true } as const;

/** The key, and the one that an option names to store to. */
function storeKeys(args: Arguments): readonly Buffer[] {
  const stored = args
    .slice(0, -1)
    .flatMap((_, index) => (index > 4 && /^STORE(DIST)?$/.test(args.keyword(index)) ? [args.bytes(index + 1)] : []));
  return [args.bytes(1), ...stored];
}

function searcher(form: SearchForm, command: Pick<Command, "arity" | "keys" | "writes">): Command {
  return { ...command, name: form.name, run: (keyspace, args) => search(keyspace, args, form) };
}

/** `GEORADIUS key longitude latitude radius unit [WITH…] [COUNT count [ANY]] [ASC | DESC] [STORE key | STOREDIST key]`. */
export const georadius = searcher(
  { ...radiusForm, name: "georadius", kind: "coordinates" },
  { arity: -6, keys: storeKeys, writes: true },
);

/** `GEORADIUS_RO key longitude latitude radius unit …`: GEORADIUS that does not store. */
export const georadiusRo = searcher(
  { ...radiusForm, name: "georadius_ro", kind: "coordinates", mayStore: false },
  { arity: -6, keys: firstKey, writes: false },
);

/** `GEORADIUSBYMEMBER key member radius unit …`: GEORADIUS around a member. */
export const georadiusbymember = searcher(
  { ...radiusForm, name: "georadiusbymember", kind: "member" },
  { arity: -5, keys: storeKeys, writes: true },
);

/** `GEORADIUSBYMEMBER_RO key member radius unit …`: GEORADIUSBYMEMBER that does not store. */
export const georadiusbymemberRo = searcher(
  { ...radiusForm, name: "georadiusbymember_ro", kind: "member", mayStore: false },
  { arity: -5, keys: firstKey, writes: false },
);

/** `GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius unit | BYBOX width height unit …`. */
export const geosearch = searcher(
  { name: "geosearch", kind: "search", keyIndex: 1, mayStore: false },
  { arity: -7, keys: firstKey, writes: false },
);

/** `GEOSEARCHSTORE destination source … [STOREDIST]`: stores what GEOSEARCH finds; how many that is. */
export const geosearchstore = searcher(
  { name: "geosearchstore", kind: "search", keyIndex: 2, mayStore: false },
  { arity: -8, keys: firstTwoKeys, writes: true },
);
