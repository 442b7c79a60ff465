import { encodeValue } from "../codec.js";
import type { StateItem } from "../generated/dapr/proto/common/v1/common.js";
import { stateMethods } from "../generated/methods/state.js";
import { callOf } from "../transport/call-options.js";
import type { CallSubject } from "../transport/call-subject.js";
import type { Transport } from "../transport/transport.js";
import { writeFailure, type FailedWrite } from "./conflicts/write-failure.js";
import type { State } from "./state.js";
import { subjectOf, type ValueReader } from "./state-entry.js";
import { isConditional, plainItem, toRemoval, toStateItem } from "./state-item.js";
import { checkDistinct, checkKey } from "./state-key.js";
import { storeProfile } from "./store-profile.js";

type Writes<T> = Pick<State<T>, "save" | "saveMany" | "delete" | "deleteMany">;

/** The writing half of a state store. */
export function stateWrites<T>(transport: Transport, { storeName, codec }: ValueReader): Writes<T> {
  const { saving, savingMany, deleting, deletingMany } = subjectsOf(storeName);
  const plainSaving = callOf(saving.plain);
  const bytesOf = (key: string, value: T): Buffer => {
    checkKey(storeName, key);
    return encodeValue(value, codec, subjectOf(storeName, key));
  };
  const attempt = async (call: Promise<unknown>, write: Omit<FailedWrite, "storeName">): Promise<void> => {
    try {
      await call;
    } catch (thrown) {
      throw await writeFailure(transport, thrown, { storeName, ...write });
    }
  };

  return {
    async save(key, value, options) {
      const bytes = bytesOf(key, value);
      let item: StateItem;
      let call = plainSaving;
      if (options === undefined) item = plainItem(key, bytes);
      else {
        const conditional = isConditional(options);
        const profile = conditional ? await storeProfile(transport, storeName, options) : undefined;
        item = toStateItem({ key, value: bytes }, options, { name: storeName, profile });
        call = callOf(conditional ? saving.conditional : saving.plain, options);
      }
      const request = { storeName, states: [item] };
      await attempt(transport.unary(stateMethods.saveState, request, call), { keys: [key], end: options });
    },
    async saveMany(items, end) {
      if (items.length === 0) return;
      checkDistinct(storeName, items);
      const writes = items.map((item) => ({ key: item.key, value: bytesOf(item.key, item.value), options: item }));
      const conditional = items.some(isConditional);
      const profile = conditional ? await storeProfile(transport, storeName, end) : undefined;
      const store = { name: storeName, profile };
      const states = writes.map(({ options, ...write }) => toStateItem(write, options, store));
      const call = callOf(conditional ? savingMany.conditional : savingMany.plain, end);
      const saved = transport.unary(stateMethods.saveState, { storeName, states }, call);
      await attempt(saved, { keys: items.map(({ key }) => key), end });
    },
    async delete(key, options = {}) {
      checkKey(storeName, key);
      const conditional = isConditional(options);
      const profile = conditional ? await storeProfile(transport, storeName, options) : undefined;
      const item = toRemoval(key, options, { name: storeName, profile });
      const request = { storeName, key, etag: item.etag, options: item.options, metadata: item.metadata };
      const call = callOf(conditional ? deleting.conditional : deleting.plain, options);
      await attempt(transport.unary(stateMethods.deleteState, request, call), { keys: [key], end: options });
    },
    async deleteMany(keysOrItems, end) {
      if (keysOrItems.length === 0) return;
      const items = keysOrItems.map((each) => (typeof each === "string" ? { key: each } : each));
      for (const { key } of items) checkKey(storeName, key);
      checkDistinct(storeName, items);
      const conditional = items.some(isConditional);
      const profile = conditional ? await storeProfile(transport, storeName, end) : undefined;
      const store = { name: storeName, profile };
      const states = items.map((each) => toRemoval(each.key, each, store));
      const call = callOf(conditional ? deletingMany.conditional : deletingMany.plain, end);
      const deleted = transport.unary(stateMethods.deleteBulkState, { storeName, states }, call);
      await attempt(deleted, { keys: items.map(({ key }) => key), end });
    },
  };
}

interface WriteSubjects {
  /**
   * Without a condition a write may be sent twice: it is under way until it is answered, and may as well happen at its second
   * sending. Others that write the same key meanwhile have no order with it anyway.
   */
  readonly plain: CallSubject;
  /** With a condition, the second sending would be refused because of the first. */
  readonly conditional: CallSubject;
}

function subjectsOf(
  component: string,
): Readonly<Record<"saving" | "savingMany" | "deleting" | "deletingMany", WriteSubjects>> {
  const both = (operation: string): WriteSubjects => ({
    plain: { operation, component, idempotent: true },
    conditional: { operation, component },
  });
  return {
    saving: both("state.save"),
    savingMany: both("state.saveMany"),
    deleting: both("state.delete"),
    deletingMany: both("state.deleteMany"),
  };
}
