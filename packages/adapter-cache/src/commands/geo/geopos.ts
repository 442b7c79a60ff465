import type { Keyspace } from "../../engine/keyspace.js";
import { nullArray, type Reply } from "../../resp/reply.js";
import { syntaxError, type Arguments } from "../arguments.js";
import { firstKey, type Command } from "../command.js";
import { openSortedSet } from "../sorted-sets.js";
import { distanceBetween } from "./distance.js";
import { readUnit } from "./geo-arguments.js";
import { geohashOf, placeOf, type Coordinates } from "./geohash.js";
import { coordinatesReply } from "./geosearch.js";

function eachPlace(keyspace: Keyspace, args: Arguments, show: (place: Coordinates | undefined) => Reply): Reply {
  const { scores } = openSortedSet(keyspace, args.bytes(1));
  scores.gather?.(args.texts(2));
  return args.slice(2).map((_, index) => {
    const score = scores.get(args.text(index + 2));
    return show(score === undefined ? undefined : placeOf(score));
  });
}

/** `GEOPOS key [member…]`: longitude and latitude of each. */
export const geopos: Command = {
  name: "geopos",
  arity: -2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => eachPlace(keyspace, args, (place) => (place ? coordinatesReply(place) : nullArray)),
};

/** `GEOHASH key [member…]`: the geohash of each. */
export const geohash: Command = {
  name: "geohash",
  arity: -2,
  keys: firstKey,
  writes: false,
  run: (keyspace, args) => eachPlace(keyspace, args, (place) => (place ? geohashOf(place) : null)),
};

/** `GEODIST key member member [unit]`: how far one is from the other. */
export const geodist: Command = {
  name: "geodist",
  arity: -4,
  keys: firstKey,
  writes: false,
  run(keyspace, args) {
    if (args.count > 5) throw syntaxError();
    const metres = args.count === 5 ? readUnit(args, 4) : 1;
    const { scores } = openSortedSet(keyspace, args.bytes(1));
    scores.gather?.([args.text(2), args.text(3)]);
    const [left, right] = [scores.get(args.text(2)), scores.get(args.text(3))];
    if (left === undefined || right === undefined) return null;
    return (distanceBetween(placeOf(left), placeOf(right)) / metres).toFixed(4);
  },
};
