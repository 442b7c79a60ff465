import type { SortedSetValue } from "../../documents/document.js";
import { ErrorReply } from "../../resp/reply.js";
import type { Arguments } from "../arguments.js";
import { limits, placeOf, type Coordinates } from "./geohash.js";

/** How many metres the units have. */
const units: ReadonlyMap<string, number> = new Map([
  ["M", 1],
  ["KM", 1000],
  ["FT", 0.3048],
  ["MI", 1609.34],
]);

/** The metres of a unit. */
export function readUnit(args: Arguments, index: number): number {
  const metres = units.get(args.keyword(index));
  if (metres === undefined) throw new ErrorReply("ERR unsupported unit provided. please use M, KM, FT, MI");
  return metres;
}

/** A longitude and the latitude after it. */
export function readCoordinates(args: Arguments, index: number): Coordinates {
  const [longitude, latitude] = [args.double(index), args.double(index + 1)];
  const isPossible =
    longitude >= limits.longitude.min &&
    longitude <= limits.longitude.max &&
    latitude >= limits.latitude.min &&
    latitude <= limits.latitude.max;
  if (!isPossible) {
    throw new ErrorReply(`ERR invalid longitude,latitude pair ${sixPlaces(longitude)},${sixPlaces(latitude)}`);
  }
  return { longitude, latitude };
}

/** A number as C's `%f` writes it. */
function sixPlaces(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.000000";
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${String(BigInt(value))}.000000`;
}

/** Where a member is. */
export function readMember(zset: SortedSetValue, member: string): Coordinates {
  const score = zset.scores.get(member);
  if (score === undefined) throw new ErrorReply("ERR could not decode requested zset member");
  return placeOf(score);
}

/** A radius and its unit. */
export function readRadius(args: Arguments, index: number): { readonly radius: number; readonly metres: number } {
  const radius = args.double(index, "ERR need numeric radius");
  if (radius < 0) throw new ErrorReply("ERR radius cannot be negative");
  return { radius, metres: readUnit(args, index + 1) };
}

/** Width and height of a rectangle, and their unit. */
export function readBox(
  args: Arguments,
  index: number,
): { readonly width: number; readonly height: number; readonly metres: number } {
  const width = args.double(index, "ERR need numeric width");
  const height = args.double(index + 1, "ERR need numeric height");
  if (width < 0 || height < 0) throw new ErrorReply("ERR height or width cannot be negative");
  return { width, height, metres: readUnit(args, index + 2) };
}
