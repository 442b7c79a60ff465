/** A place on earth, in degrees. */
export interface Coordinates {
  readonly longitude: number;
  readonly latitude: number;
}

/** A rectangle on earth, in degrees. */
export interface Area {
  readonly longitude: Range;
  readonly latitude: Range;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** One of `4 ** step` rectangles of the same size into which the earth is cut: columns from the west, rows from the south. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly step: number;
}

/** What Redis can place: not the poles, as in the usual projection of maps. */
export const limits: Area = {
  longitude: { min: -180, max: 180 },
  latitude: { min: -85.05112878, max: 85.05112878 },
};

/** How often a score's cells are halved, in both directions. */
export const maxStep = 26;

/** The cell of a place. */
export function cellOf({ longitude, latitude }: Coordinates, step: number, area: Area = limits): Cell {
  const index = (value: number, { min, max }: Range): number => Math.trunc(((value - min) / (max - min)) * 2 ** step);
  return { column: index(longitude, area.longitude), row: index(latitude, area.latitude), step };
}

/** The rectangle of a cell. */
export function areaOf({ column, row, step }: Cell): Area {
  return { longitude: rangeOf(column, limits.longitude, step), latitude: rangeOf(row, limits.latitude, step) };
}

function rangeOf(index: number, { min, max }: Range, step: number): Range {
  const [size, count] = [max - min, 2 ** step];
  return { min: min + (index / count) * size, max: min + ((index + 1) / count) * size };
}

/** The number of a cell: the bits of row and column in turns, as far as the step goes. */
export function bitsOf({ column, row, step }: Cell): number {
  let bits = 0;
  // More bits than shifts take. On the eastern and northern rim, row and column have one bit more, as in Redis.
  for (let bit = step; bit >= 0; bit--) bits = bits * 4 + ((column >>> bit) & 1) * 2 + ((row >>> bit) & 1);
  return bits;
}

/** The score by which a sorted set keeps a place. */
export function scoreOf(place: Coordinates): number {
  return bitsOf(cellOf(place, maxStep));
}

/** The place that a score stands for: the middle of its cell. Any score stands for some place, as in Redis. */
export function placeOf(score: number): Coordinates {
  const bits = BigInt.asUintN(64, Math.abs(score) < 2 ** 64 ? BigInt(Math.trunc(score)) : 2n ** 63n);
  const area = areaOf({ column: everyOtherBit(bits >> 1n), row: everyOtherBit(bits), step: maxStep });
  return { longitude: middle(area.longitude, limits.longitude), latitude: middle(area.latitude, limits.latitude) };
}

function everyOtherBit(bits: bigint): number {
  let result = 0;
  for (let rest = bits, place = 1; rest > 0n; rest >>= 2n, place *= 2) if ((rest & 1n) === 1n) result += place;
  return result;
}

function middle({ min, max }: Range, limit: Range): number {
  return Math.min(limit.max, Math.max(limit.min, (min + max) / 2));
}

const alphabet = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The earth as geohashes cut it, poles included. */
const wholeEarth: Area = { longitude: limits.longitude, latitude: { min: -90, max: 90 } };

/** The geohash of a place, of 11 characters; the last is always 0, for want of bits. */
export function geohashOf(place: Coordinates): string {
  const bits = BigInt(bitsOf(cellOf(place, maxStep, wholeEarth)));
  const character = (index: number): string => alphabet.charAt(Number((bits >> BigInt(47 - index * 5)) & 31n));
  return `${Array.from({ length: 10 }, (_, index) => character(index)).join("")}0`;
}
