// Uses what apps use of go-redis, against the port that is its first argument; the second is the version of the protocol.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

func check[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	protocol := check(strconv.Atoi(os.Args[2]))
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + os.Args[1], Protocol: protocol})
	defer client.Close()

	check(client.Set(ctx, "go:text", "grüße", 100*time.Second).Result())
	missing := client.Get(ctx, "go:none").Err() == redis.Nil
	left := check(client.TTL(ctx, "go:text").Result())
	fmt.Println("text", check(client.Get(ctx, "go:text").Result()), missing, left > 90*time.Second)
	fmt.Println("sum", check(client.IncrBy(ctx, "go:sum", 7).Result()), check(client.IncrByFloat(ctx, "go:float", 0.5).Result()))
	check(client.HSet(ctx, "go:hash", "a", "1", "b", "2").Result())
	fmt.Println("hash", check(client.HGetAll(ctx, "go:hash").Result()))
	check(client.ZAdd(ctx, "go:scores", redis.Z{Score: 1, Member: "one"}, redis.Z{Score: 0.5, Member: "half"}).Result())
	fmt.Println("scores", check(client.ZRangeWithScores(ctx, "go:scores", 0, -1).Result()))
	added := check(client.SAdd(ctx, "go:set", "x", "y", "x").Result())
	fmt.Println("members", added, len(check(client.SMembersMap(ctx, "go:set").Result())))

	pipeline := client.Pipeline()
	var last *redis.IntCmd
	for range 100 {
		last = pipeline.Incr(ctx, "go:pipeline")
	}
	check(pipeline.Exec(ctx))
	fmt.Println("pipeline", last.Val())

	transaction := client.TxPipeline()
	transaction.Set(ctx, "go:in", "1", 0)
	raised := transaction.Incr(ctx, "go:in")
	wrong := transaction.LPush(ctx, "go:in", "x")
	seen := transaction.Get(ctx, "go:in")
	_, _ = transaction.Exec(ctx)
	fmt.Println("transaction", raised.Val(), wrong.Err() != nil, seen.Val())

	err := client.Watch(ctx, func(tx *redis.Tx) error {
		check(client.Set(ctx, "go:in", "changed", 0).Result())
		_, err := tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			return pipe.Set(ctx, "go:in", "lost", 0).Err()
		})
		return err
	}, "go:in")
	fmt.Println("watched", errors.Is(err, redis.TxFailedErr), check(client.Get(ctx, "go:in").Result()))

	heard := client.Subscribe(ctx, "go:news")
	check(heard.Receive(ctx))
	fmt.Println("receivers", check(client.Publish(ctx, "go:news", "hello").Result()))
	fmt.Println("heard", check(heard.ReceiveMessage(ctx)).Payload)
	heard.Close()

	popped := make(chan []string)
	go func() { popped <- check(client.BLPop(ctx, time.Minute, "go:list").Result()) }()
	check(client.RPush(ctx, "go:list", "item").Result())
	fmt.Println("popped", <-popped)

	add := redis.NewScript("return redis.call('INCRBY', KEYS[1], ARGV[1]) * 2")
	fmt.Println("script", check(add.Run(ctx, client, []string{"go:script"}, 21).Result()))
	check(client.XAdd(ctx, &redis.XAddArgs{Stream: "go:stream", ID: "1-1", Values: []string{"f", "v"}}).Result())
	entry := check(client.XRange(ctx, "go:stream", "-", "+").Result())[0]
	fmt.Println("stream", entry.ID, entry.Values)
	fmt.Println("error", client.LPush(ctx, "go:text", "x").Err())
}
