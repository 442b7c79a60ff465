package main

import (
	"context"
	"os"

	"github.com/dapr/go-sdk/actor"
	"github.com/dapr/go-sdk/actor/runtime"
	"github.com/dapr/go-sdk/client"
)

const counterType = "Counter"

// What the reminders and timers of counters said.
var rung = make(chan string, 8)

// Counter is an actor that counts in its state.
type Counter struct {
	actor.ServerImplBaseCtx
}

func newCounter() actor.ServerContext { return &Counter{} }

// Type is the name by which Dapr knows the actor.
func (*Counter) Type() string { return counterType }

// Add adds to the count and gives the sum.
func (counter *Counter) Add(ctx context.Context, step int) (int, error) {
	state := counter.GetStateManager()
	sum := 0
	isThere, err := state.Contains(ctx, "sum")
	if err == nil && isThere {
		err = state.Get(ctx, "sum", &sum)
	}
	if err != nil {
		return 0, err
	}
	sum += step
	return sum, state.Set(ctx, "sum", sum)
}

// Ring is what the timer calls.
func (*Counter) Ring(_ context.Context, text string) error {
	rung <- "timer " + text
	return nil
}

// ReminderCall is what reminders call.
func (*Counter) ReminderCall(name string, data []byte, _ string, _ string) {
	rung <- "reminder " + name + " " + string(data)
}

// What the client makes of the actor.
type counterStub struct {
	Add func(context.Context, int) (int, error)
}

func (*counterStub) Type() string { return counterType }
func (*counterStub) ID() string   { return "one" }

func useActors(dapr client.Client) {
	ctx := context.Background()
	if os.Getenv("APP_PROTOCOL") == "grpc" {
		// Dapr calls actors over HTTP, or over a stream that the app opens.
		host := runtime.GetActorRuntimeInstanceContext()
		host.RegisterActorFactory(newCounter)
		stop, err := dapr.SubscribeActorEvents(ctx, host, client.ActorEventSubscriptionOptions{})
		must(err)
		defer func() { must(stop()) }()
	}
	stub := &counterStub{}
	dapr.ImplActorClientStub(stub)
	_, err := stub.Add(ctx, 40)
	must(err)
	sum, err := stub.Add(ctx, 2)
	must(err)
	say("actor", sum)
	kept, err := dapr.GetActorState(ctx, &client.GetActorStateRequest{ActorType: counterType, ActorID: "one", KeyName: "sum"})
	must(err)
	say("actor state", string(kept.Data))
	must(dapr.RegisterActorReminder(ctx, &client.RegisterActorReminderRequest{
		ActorType: counterType, ActorID: "one", Name: "wake", DueTime: "10ms", Data: []byte("hello"),
	}))
	say(receive(rung))
	must(dapr.RegisterActorTimer(ctx, &client.RegisterActorTimerRequest{
		ActorType: counterType, ActorID: "one", Name: "soon", DueTime: "10ms", CallBack: "Ring", Data: []byte(`"hi"`),
	}))
	say(receive(rung))
}
