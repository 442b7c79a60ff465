import { randomInt } from "node:crypto";
import type { OutboundMessage } from "@mecha/spec";
import { orderKeyOf } from "../delivery/order-key.js";
import type { MessageDatabase } from "./message-database.js";
import type { ProcessIdentity } from "./process-identity.js";
import type { ConsumeFrom } from "./settings.js";

/** A message handed to a consumer. */
export interface TakenMessage {
  readonly id: number;
  readonly data: Uint8Array;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** 1 for the first delivery. */
  readonly attempt: number;
}

/** How a delivery ended for good. */
export type FinalOutcome = "success" | "drop" | "exhausted";

/** A row of `consumers`. */
export interface ConsumerRow extends ProcessIdentity {
  readonly id: string;
  readonly leaseUntil: number;
}

interface TakenRow {
  readonly id: number;
  readonly attempts: number;
  /** libsql's `all` gives blobs so, its `get` as a Buffer. */
  readonly data: ArrayBuffer;
  readonly content_type: string | null;
  readonly metadata: string;
}

/**
 * Deliveries of a group that anyone may take now. The index is named because SQLite would rather read all of the group's
 * deliveries, done ones included, along the primary key.
 */
const takeable = "FROM deliveries INDEXED BY deliveries_ready WHERE group_id = ? AND state = 'ready' AND due_at <= ?";

/** Every statement on the message file. All but `hasWork`, `consumers` and `abandoned` must run inside a transaction. */
export type MessageTables = ReturnType<typeof prepareMessageTables>;

/** A number that no group has had: one that comes again would give a group's messages to who still reads a group that is gone. */
function newGroupId(): number {
  return randomInt(1, 2 ** 48 - 1);
}

/** Prepares the statements. */
export function prepareMessageTables(database: MessageDatabase) {
  const insertMessage = database.prepare(
    "INSERT INTO messages (topic, data, content_type, metadata, order_key, published_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const fanOut = database.prepare(
    `INSERT INTO deliveries (group_id, message_id, order_key, due_at, state)
     SELECT g.id, ?1, ?2, ?3, CASE WHEN ?2 IS NOT NULL AND EXISTS (
       SELECT 1 FROM deliveries AS d INDEXED BY deliveries_open_by_key
       WHERE d.group_id = g.id AND d.order_key = ?2 AND d.order_key IS NOT NULL AND d.state <> 'done'
     ) THEN 'blocked' ELSE 'ready' END
     FROM consumer_groups AS g WHERE g.topic = ?4`,
  );
  const insertGroup = database.prepare(
    "INSERT INTO consumer_groups (id, topic, name, owner) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const findGroup = database.prepare("SELECT id FROM consumer_groups WHERE topic = ? AND name = ?");
  const backfill = database.prepare(
    `INSERT INTO deliveries (group_id, message_id, order_key, due_at, state)
     SELECT ?, id, order_key, 0, CASE
       WHEN order_key IS NOT NULL AND ROW_NUMBER() OVER (PARTITION BY order_key ORDER BY id) > 1 THEN 'blocked'
       ELSE 'ready' END
     FROM messages WHERE topic = ?`,
  );
  const peek = database.prepare(`SELECT 1 AS found ${takeable} LIMIT 1`);
  const select = database.prepare(
    `SELECT m.id AS id, t.attempts AS attempts, m.data AS data, m.content_type AS content_type, m.metadata AS metadata
     FROM (SELECT message_id, attempts ${takeable} ORDER BY message_id LIMIT ?) AS t
     JOIN messages AS m ON m.id = t.message_id ORDER BY m.id`,
  );
  const own = database.prepare(
    `UPDATE deliveries SET state = 'taken', owner = ?, attempts = attempts + 1
     WHERE group_id = ? AND message_id = ?`,
  );
  const finish = database.prepare(
    `UPDATE deliveries SET state = 'done', owner = NULL, done_at = ?, outcome = ?
     WHERE group_id = ? AND message_id = ? AND owner = ?`,
  );
  const unblockNext = database.prepare(
    `UPDATE deliveries SET state = 'ready' WHERE group_id = ?1 AND message_id = (
       SELECT MIN(n.message_id) FROM deliveries AS n INDEXED BY deliveries_open_by_key
       WHERE n.group_id = ?1 AND n.order_key IS NOT NULL AND n.state <> 'done' AND n.order_key =
         (SELECT order_key FROM deliveries WHERE group_id = ?1 AND message_id = ?2))`,
  );
  const postpone = database.prepare(
    `UPDATE deliveries SET state = 'ready', owner = NULL, due_at = ?
     WHERE group_id = ? AND message_id = ? AND owner = ?`,
  );
  const giveBack = database.prepare(
    `UPDATE deliveries SET state = 'ready', owner = NULL, attempts = attempts - 1
     WHERE group_id = ? AND message_id = ? AND owner = ?`,
  );
  const putConsumer = database.prepare(
    `INSERT INTO consumers (id, place, pid, started, lease_until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until`,
  );
  const otherConsumers = database.prepare(
    "SELECT id, place, pid, started, lease_until AS leaseUntil FROM consumers WHERE id <> ?",
  );
  const ownersWithoutRow = database.prepare(
    `SELECT owner AS id FROM deliveries WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM consumers)
     UNION SELECT owner FROM consumer_groups WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM consumers)`,
  );
  const releaseDeliveries = database.prepare("UPDATE deliveries SET state = 'ready', owner = NULL WHERE owner = ?");
  const deleteConsumer = database.prepare("DELETE FROM consumers WHERE id = ?");
  const groupsOfOwner = database.prepare("SELECT id FROM consumer_groups WHERE owner = ?");
  const deleteGroupDeliveries = database.prepare("DELETE FROM deliveries WHERE group_id = ?");
  const deleteGroup = database.prepare("DELETE FROM consumer_groups WHERE id = ?");
  const expired = database.prepare(
    `SELECT id FROM messages AS m WHERE published_at < ?
       AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE d.message_id = m.id AND d.state <> 'done')
     ORDER BY published_at LIMIT ?`,
  );
  const deleteMessageDeliveries = database.prepare("DELETE FROM deliveries WHERE message_id = ?");
  const deleteMessage = database.prepare("DELETE FROM messages WHERE id = ?");

  function removeGroup(groupId: number): void {
    deleteGroupDeliveries.run(groupId);
    deleteGroup.run(groupId);
  }

  return {
    removeGroup,

    /** Adds a message and one open delivery for each group of the topic. */
    publish(topic: string, { data, contentType, metadata }: OutboundMessage): void {
      const now = Date.now();
      const orderKey = orderKeyOf(metadata) ?? null;
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const { lastInsertRowid } = insertMessage.run(
        topic,
        bytes,
        contentType ?? null,
        JSON.stringify(metadata),
        orderKey,
        now,
      );
      // Due since ever, not since now: a clock that is set back must not hold the message up.
      fanOut.run(lastInsertRowid, orderKey, 0, topic);
    },

    /** The id of a group; a new one begins with the messages that are kept, or with the next one. */
    ensureGroup(topic: string, name: string, options: { readonly from: ConsumeFrom; readonly owner?: string }): number {
      const isNew = insertGroup.run(newGroupId(), topic, name, options.owner ?? null).changes > 0;
      // The row is there: it was inserted in this transaction if not before.
      const [{ id }] = findGroup.all(topic, name) as [{ id: number }];
      if (isNew && options.from === "earliest") backfill.run(id, topic);
      return id;
    },

    /** Makes the group of a broadcast subscriber again, if it was removed; true if it was. */
    restoreGroup: (id: number, topic: string, name: string, owner: string): boolean =>
      insertGroup.run(id, topic, name, owner).changes > 0,

    /** Whether a take would find something. */
    hasWork(groupId: number): boolean {
      return peek.all(groupId, Date.now()).length > 0;
    },

    /** Gives a consumer up to `limit` messages, in order of publishing. */
    take(groupId: number, owner: string, limit: number): readonly TakenMessage[] {
      const rows = select.all(groupId, Date.now(), limit) as TakenRow[];
      return rows.map((row) => {
        own.run(owner, groupId, row.id);
        return {
          id: row.id,
          data: new Uint8Array(row.data),
          contentType: row.content_type ?? undefined,
          // Written by `publish` from such a record.
          metadata: JSON.parse(row.metadata) as Record<string, string>,
          attempt: row.attempts + 1,
        };
      });
    },

    /** Ends a delivery; false if the consumer no longer has it. */
    finish(groupId: number, messageId: number, owner: string, outcome: FinalOutcome): boolean {
      if (finish.run(Date.now(), outcome, groupId, messageId, owner).changes === 0) return false;
      unblockNext.run(groupId, messageId);
      return true;
    },

    /** Gives a delivery up until `dueAt`. */
    postpone(groupId: number, messageId: number, owner: string, dueAt: number): void {
      postpone.run(dueAt, groupId, messageId, owner);
    },

    /** Undoes a take whose message was never handled. */
    giveBack(groupId: number, messageId: number, owner: string): void {
      giveBack.run(groupId, messageId, owner);
    },

    /** Writes the row of a consumer, with a lease until `leaseUntil`. */
    putConsumer(id: string, { place, pid, started }: ProcessIdentity, leaseUntil: number): void {
      putConsumer.run(id, place, pid, started, leaseUntil);
    },

    /** All consumers but one. */
    consumers: (exceptId: string) => otherConsumers.all(exceptId) as ConsumerRow[],

    /** Owners of deliveries or groups that are no consumers: one that was believed dead and was not. */
    abandoned: (exceptId: string) =>
      (ownersWithoutRow.all() as { id: string }[]).map(({ id }) => id).filter((id) => id !== exceptId),

    /** Opens what a consumer had for others, and ends its broadcast groups. */
    removeConsumer(id: string): void {
      releaseDeliveries.run(id);
      for (const group of groupsOfOwner.all(id) as { id: number }[]) removeGroup(group.id);
      deleteConsumer.run(id);
    },

    /** Deletes up to `limit` messages older than a time that no group has open; gives their number. */
    prune(olderThan: number, limit: number): number {
      const rows = expired.all(olderThan, limit) as { id: number }[];
      for (const { id } of rows) {
        deleteMessageDeliveries.run(id);
        deleteMessage.run(id);
      }
      return rows.length;
    },
  };
}
