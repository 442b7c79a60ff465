import type { Coordinates } from "./geohash.js";

/** The earth's radius as Redis has it, in metres. */
export const earthRadius = 6372797.560856;

const radiansPerDegree = Math.PI / 180;

/** Degrees as radians. */
export function toRadians(degrees: number): number {
  return degrees * radiansPerDegree;
}

/** Radians as degrees. */
export function toDegrees(radians: number): number {
  return radians / radiansPerDegree;
}

/** Metres between two latitudes. */
export function latitudeDistance(left: number, right: number): number {
  return earthRadius * Math.abs(toRadians(right) - toRadians(left));
}

/** Metres between two places on a sphere (the haversine formula). */
export function distanceBetween(left: Coordinates, right: Coordinates): number {
  const across = Math.sin((toRadians(right.longitude) - toRadians(left.longitude)) / 2);
  if (across === 0) return latitudeDistance(left.latitude, right.latitude);
  const [from, to] = [toRadians(left.latitude), toRadians(right.latitude)];
  const along = Math.sin((to - from) / 2);
  return 2 * earthRadius * Math.asin(Math.sqrt(along * along + Math.cos(from) * Math.cos(to) * across * across));
}
