package main

import (
	"context"
	"sort"
	"strings"

	"github.com/dapr/go-sdk/client"
	"github.com/dapr/go-sdk/service/common"
)

// What the handler of the topic paid got.
var paid = make(chan string, 8)

func publish(dapr client.Client) {
	ctx := context.Background()
	must(dapr.PublishEvent(ctx, "events", "paid", map[string]int{"n": 1}))
	say("event", receive(paid))
	failed := dapr.PublishEvents(ctx, "events", "paid", []any{map[string]int{"n": 2}, map[string]int{"n": 3}})
	must(failed.Error)
	both := []string{receive(paid), receive(paid)}
	sort.Strings(both)
	say("events", strings.Join(both, " "))
	stream(dapr)
}

// The subscription that the app opens itself: no port is needed for it. The first delivery is refused, so that a second comes.
func stream(dapr client.Client) {
	ctx := context.Background()
	streamed := make(chan string, 8)
	isFirst := true
	stop, err := dapr.SubscribeWithHandler(ctx, client.SubscriptionOptions{PubsubName: "events", Topic: "streamed"},
		func(event *common.TopicEvent) common.SubscriptionResponseStatus {
			if isFirst {
				isFirst = false
				return common.SubscriptionResponseStatusRetry
			}
			streamed <- string(event.RawData)
			return common.SubscriptionResponseStatusSuccess
		})
	must(err)
	must(dapr.PublishEvent(ctx, "events", "streamed", map[string]int{"n": 4}))
	say("streamed", receive(streamed))
	must(stop())
}
