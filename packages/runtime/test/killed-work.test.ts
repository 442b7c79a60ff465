import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describeWith } from "@mecha/engines/vitest";
import { Redis } from "ioredis-upstream";
import type Libsql from "libsql";
import { expect, it } from "vitest";
import { openRuntime, patience } from "./killed-actors.js";
import { kindOf, lostOf, workFolder, workKinds, workUntilKilled } from "./killed-work.js";

// The runtime does not depend on libsql; its components do.
const Database = createRequire(join(import.meta.dirname, "../../components/package.json"))("libsql") as typeof Libsql;

describeWith("redis", "a process that is killed", (on) => {
  it(
    "loses no write, event, job and reminder that was acknowledged; what is taken away by hand is missed",
    patience,
    async () => {
      const folder = await workFolder(on.redis);
      const topic = `work-${randomUUID()}`;
      const acknowledged = await workUntilKilled({ folder, topic, run: topic }, 60);

      const taken = new Set(workKinds.map((kind) => acknowledged.find((name) => kindOf(name) === kind) ?? ""));
      const named = (kind: string): string => [...taken].find((name) => kindOf(name) === kind) ?? "";
      const events = new Database(join(folder, "events.db"));
      const message = events.prepare("DELETE FROM messages WHERE instr(CAST(data AS TEXT), ?) > 0");
      expect(message.run(JSON.stringify(named("local"))).changes).toBe(1);
      events.close();
      const states = new Database(join(folder, "state.db"));
      const row = states.prepare("DELETE FROM state WHERE key = ?");
      expect(row.run(`shop||${named("file")}`).changes).toBe(1);
      // Jobs and reminders are documents of the scheduler, in base64, which name them.
      const entries = states.prepare("SELECT key, value FROM state WHERE instr(key, 'mecha.scheduler||entry') > 0");
      const documents = entries.raw(true).all() as [string, string][];
      for (const kind of ["job", "reminder"]) {
        const holder = documents.find(([, value]) =>
          Buffer.from(value, "base64").includes(JSON.stringify(named(kind))),
        );
        expect(row.run(holder?.[0] ?? "").changes, kind).toBe(1);
      }
      states.close();
      const redis = new Redis(on.redis.port, on.redis.host);
      expect(await redis.del(`killed-work||${named("cache")}`)).toBe(1);
      const published = await redis.xrange(topic, "-", "+");
      const [id = ""] = published.find(([, fields]) => fields.join().includes(JSON.stringify(named("stream")))) ?? [];
      expect(await redis.xdel(topic, id)).toBe(1);

      expect(new Set(await lostOf({ folder, topic }, acknowledged, taken))).toEqual(taken);
      const { mecha } = await openRuntime(folder);
      const caches = acknowledged.filter((name) => kindOf(name) === "cache");
      await mecha.state("cache").deleteMany(caches);
      await redis.del(topic);
      await redis.quit();
    },
  );
});
