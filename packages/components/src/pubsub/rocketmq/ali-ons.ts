// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- a program that imports these sources (runtime, adapters) sees the declarations of this untyped package only through it
/// <reference path="./ali-ons-upstream.d.ts" />

/** What the component uses of ali-ons; the one module that imports it. */
export { Consumer, Message, Producer } from "ali-ons-upstream";
export type {
  ClientLogger,
  ClientOptions,
  MQClient,
  MessageQueue,
  OffsetStore,
  ProcessQueue,
  PublishInfo,
} from "ali-ons-upstream";
