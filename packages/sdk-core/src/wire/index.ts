export { BinaryReader, WireType } from "./binary-reader.js";
export { BinaryWriter } from "./binary-writer.js";
