"""Uses what apps use of redis-py, against the port that is its first argument; the second is the version of the protocol."""

import sys
import threading

import redis

port, protocol = int(sys.argv[1]), int(sys.argv[2])
client = redis.Redis(host="127.0.0.1", port=port, protocol=protocol, decode_responses=True)

client.set("py:text", "grüße", ex=100)
print("text", client.get("py:text"), client.get("py:none") is None, 90 < client.ttl("py:text") <= 100)
print("sum", client.incrby("py:sum", 7), client.incrbyfloat("py:float", 0.5))
client.hset("py:hash", mapping={"a": "1", "b": "2"})
print("hash", sorted(client.hgetall("py:hash").items()))
client.zadd("py:scores", {"one": 1, "half": 0.5})
print("scores", [(name, float(score)) for name, score in client.zrange("py:scores", 0, -1, withscores=True)])
print("members", client.sadd("py:set", "x", "y", "x"), sorted(client.smembers("py:set")))

with client.pipeline(transaction=False) as pipeline:
    for _ in range(100):
        pipeline.incr("py:pipeline")
    print("pipeline", pipeline.execute()[-1])

with client.pipeline(transaction=True) as transaction:
    transaction.set("py:in", "1").incr("py:in").lpush("py:in", "x").get("py:in")
    print("transaction", [type(each).__name__ if isinstance(each, Exception) else each for each in transaction.execute(raise_on_error=False)])

with client.pipeline() as watching:
    watching.watch("py:in")
    client.set("py:in", "changed")
    watching.multi()
    watching.set("py:in", "lost")
    try:
        watching.execute()
    except redis.WatchError:
        print("watched", client.get("py:in"))

heard = client.pubsub()
heard.subscribe("py:news")
heard.psubscribe("py:n*")
while heard.get_message(timeout=20)["type"] != "psubscribe":
    pass
print("receivers", client.publish("py:news", "hello"))
print("heard", *(heard.get_message(timeout=20)["data"] for _ in range(2)))
heard.close()

popped = []
waiter = threading.Thread(target=lambda: popped.extend(client.blpop("py:list", timeout=60)))
waiter.start()
client.rpush("py:list", "item")
waiter.join()
print("popped", *popped)

add = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1]) * 2")
print("script", add(keys=["py:script"], args=[21]))
client.xadd("py:stream", {"f": "v"}, id="1-1")
print("stream", client.xrange("py:stream"))
try:
    client.lpush("py:text", "x")
except redis.ResponseError as error:
    print("error", error)
print("protocol", client.execute_command("HELLO")["proto"] if protocol == 3 else 2)
