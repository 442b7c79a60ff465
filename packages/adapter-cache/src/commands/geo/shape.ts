import { distanceBetween, earthRadius, latitudeDistance, toDegrees, toRadians } from "./distance.js";
import type { Area, Coordinates } from "./geohash.js";

/** A circle, or a rectangle along the meridians, around a place. Sizes are in units of `metres`. */
export type Shape = { readonly center: Coordinates; readonly metres: number } & (
  | { readonly radius: number }
  | { readonly width: number; readonly height: number }
);

/** The distance of a place from the middle of a shape in metres; `undefined` if the place is outside. */
export function distanceWithin(shape: Shape, place: Coordinates): number | undefined {
  const { center, metres } = shape;
  if ("radius" in shape) {
    const distance = distanceBetween(center, place);
    return distance > shape.radius * metres ? undefined : distance;
  }
  if (latitudeDistance(place.latitude, center.latitude) > (shape.height * metres) / 2) return undefined;
  const across = distanceBetween(place, { longitude: center.longitude, latitude: place.latitude });
  return across > (shape.width * metres) / 2 ? undefined : distanceBetween(center, place);
}

/** How far the farthest places of a shape are from its middle, in metres. */
export function reachOf(shape: Shape): number {
  if ("radius" in shape) return shape.radius * shape.metres;
  return Math.sqrt((shape.width / 2) * (shape.width / 2) + (shape.height / 2) * (shape.height / 2)) * shape.metres;
}

/** The rectangle around a shape, which is wider on the side of the pole. */
export function boundsOf(shape: Shape): Area {
  const { longitude, latitude } = shape.center;
  const [up, aside] = "radius" in shape ? [shape.radius, shape.radius] : [shape.height / 2, shape.width / 2];
  const tall = toDegrees((up * shape.metres) / earthRadius);
  const poleward = latitude < 0 ? latitude - tall : latitude + tall;
  const wide = toDegrees((aside * shape.metres) / earthRadius / Math.cos(toRadians(poleward)));
  return {
    longitude: { min: longitude - wide, max: longitude + wide },
    latitude: { min: latitude - tall, max: latitude + tall },
  };
}
