package mecha;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;

/** Uses what apps use of Jedis, against the port that is its first argument; the second is the version of the protocol. */
public final class Client {
  private static int port;
  private static RedisProtocol protocol;

  private static Jedis open() {
    var config = DefaultJedisClientConfig.builder().protocol(protocol).socketTimeoutMillis(60_000).build();
    return new Jedis(new HostAndPort("127.0.0.1", port), config);
  }

  public static void main(String[] args) throws Exception {
    port = Integer.parseInt(args[0]);
    protocol = args[1].equals("3") ? RedisProtocol.RESP3 : RedisProtocol.RESP2;
    try (Jedis client = open(); Jedis other = open()) {
      client.setex("java:text", 100, "grüße");
      boolean lasts = client.ttl("java:text") > 90;
      System.out.println("text " + client.get("java:text").equals("grüße") + " " + client.get("java:none") + " " + lasts);
      System.out.println("sum " + client.incrBy("java:sum", 7) + " " + client.incrByFloat("java:float", 0.5));
      client.hset("java:hash", Map.of("a", "1", "b", "2"));
      System.out.println("hash " + new TreeMap<>(client.hgetAll("java:hash")));
      client.zadd("java:scores", Map.of("one", 1.0, "half", 0.5));
      System.out.println("scores " + client.zrangeWithScores("java:scores", 0, -1));
      System.out.println("members " + client.sadd("java:set", "x", "y", "x") + " " + client.smembers("java:set").size());

      var pipeline = client.pipelined();
      for (int each = 0; each < 100; each++) pipeline.incr("java:pipeline");
      System.out.println("pipeline " + pipeline.syncAndReturnAll().get(99));

      var transaction = client.multi();
      transaction.set("java:in", "1");
      transaction.incr("java:in");
      transaction.lpush("java:in", "x");
      transaction.get("java:in");
      List<Object> results = transaction.exec();
      System.out.println("transaction " + results.get(1) + " " + (results.get(2) instanceof JedisDataException) + " " + results.get(3));

      client.watch("java:in");
      other.set("java:in", "changed");
      var lost = client.multi();
      lost.set("java:in", "lost");
      System.out.println("watched " + lost.exec() + " " + other.get("java:in"));

      hear(client);

      var popped = CompletableFuture.supplyAsync(() -> {
        try (Jedis waiting = open()) {
          return waiting.blpop(60, "java:list");
        }
      });
      client.rpush("java:list", "item");
      System.out.println("popped " + popped.get());

      String add = client.scriptLoad("return redis.call('INCRBY', KEYS[1], ARGV[1]) * 2");
      System.out.println("script " + client.evalsha(add, 1, "java:script", "21"));
      client.xadd("java:stream", new StreamEntryID(1, 1), Map.of("f", "v"));
      System.out.println("stream " + client.xrange("java:stream", "-", "+"));
      try {
        client.lpush("java:text", "x");
      } catch (JedisDataException error) {
        System.out.println("error " + error.getMessage());
      }
    }
  }

  private static void hear(Jedis client) throws Exception {
    var ready = new CountDownLatch(1);
    var heard = new CompletableFuture<String>();
    var subscriber = new JedisPubSub() {
      @Override
      public void onSubscribe(String channel, int count) {
        ready.countDown();
      }

      @Override
      public void onMessage(String channel, String message) {
        heard.complete(message);
        unsubscribe();
      }
    };
    var listening = CompletableFuture.runAsync(() -> {
      try (Jedis listener = open()) {
        listener.subscribe(subscriber, "java:news");
      }
    });
    ready.await();
    System.out.println("receivers " + client.publish("java:news", "hello"));
    System.out.println("heard " + heard.get());
    listening.get();
  }
}
