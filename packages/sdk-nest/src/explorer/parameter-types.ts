import "reflect-metadata";
import { isPayload, type ParameterNotes, routeArguments } from "../handlers/parameters.js";
import type { FoundMethod } from "./found-handler.js";

type MethodPlace = Pick<FoundMethod, "prototype" | "method">;

/** The types of a method's parameters; `undefined` where the compiler told none. */
function parameterTypesOf({ prototype, method }: MethodPlace): readonly unknown[] | undefined {
  return Reflect.getMetadata("design:paramtypes", prototype, method) as readonly unknown[] | undefined;
}

/** Where the payload goes: places of parameters, and which of them take the whole of it. */
function payloadPlaces({ prototype, method }: MethodPlace): readonly { index: number; isWhole: boolean }[] {
  const notes = Reflect.getMetadata(routeArguments, prototype.constructor, method) as ParameterNotes | undefined;
  if (notes !== undefined) {
    return Object.entries(notes).flatMap(([key, { index, data }]) =>
      isPayload(key) ? [{ index, isWhole: data === undefined }] : [],
    );
  }
  const { length } = (prototype as Readonly<Record<string, { readonly length: number }>>)[method] ?? { length: 0 };
  return length > 0 ? [{ index: 0, isWhole: true }] : [];
}

/** The type of the parameter that gets the whole payload, as far as the compiler told it. */
export function payloadTypeOf(place: MethodPlace): unknown {
  const whole = payloadPlaces(place).find(({ isWhole }) => isWhole);
  return whole && parameterTypesOf(place)?.[whole.index];
}

/** Why the payload's type is not known to pipes, in words that follow the parameter; `undefined` if it is. */
export function missingTypeOf(place: MethodPlace): string | undefined {
  const places = payloadPlaces(place);
  const types = parameterTypesOf(place);
  const [first] = places;
  if (first === undefined) return undefined;
  if (types === undefined) {
    return `parameter ${first.index + 1} has no type at run time: have the compiler emit "emitDecoratorMetadata" (tsx and esbuild cannot), or say checkParameterTypes: false`;
  }
  const unknown = places.find(({ index }) => types[index] === undefined);
  if (unknown === undefined) return undefined;
  return `the type of parameter ${unknown.index + 1} is not there yet when the class is made: break the circle of imports between their files`;
}
