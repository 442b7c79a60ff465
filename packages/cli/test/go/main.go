// An app on the official Go SDK. It is called over HTTP or gRPC, as APP_PROTOCOL says, and uses the API of its sidecar. Prints what
// it saw, one line each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/dapr/go-sdk/client"
	"github.com/dapr/go-sdk/service/common"
	"github.com/dapr/go-sdk/service/grpc"
	daprhttp "github.com/dapr/go-sdk/service/http"
)

const patience = 30 * time.Second

func main() {
	dapr, err := client.NewClient()
	must(err)
	app := newApp()
	ended := make(chan error, 1)
	go func() { ended <- app.Start() }()
	waitUntilReady()
	useState(dapr)
	useStores(dapr)
	invoke(dapr)
	publish(dapr)
	useActors(dapr)
	watchConfiguration(dapr)
	say("done")
	must(app.GracefulStop())
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		must(err)
	}
}

func newApp() common.Service {
	address := "127.0.0.1:" + os.Getenv("APP_PORT")
	var app common.Service
	if os.Getenv("APP_PROTOCOL") == "grpc" {
		created, err := grpc.NewService(address)
		must(err)
		app = created
	} else {
		app = daprhttp.NewService(address)
		app.RegisterActorImplFactoryContext(newCounter)
	}
	must(app.AddServiceInvocationHandler("double", func(_ context.Context, in *common.InvocationEvent) (*common.Content, error) {
		var number int
		if err := json.Unmarshal(in.Data, &number); err != nil {
			return nil, err
		}
		return &common.Content{Data: fmt.Append(nil, number*2), ContentType: "application/json"}, nil
	}))
	must(app.AddTopicEventHandler(
		&common.Subscription{PubsubName: "events", Topic: "paid", Route: "/paid"},
		func(_ context.Context, event *common.TopicEvent) (bool, error) {
			paid <- string(event.RawData)
			return false, nil
		},
	))
	return app
}

func waitUntilReady() {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		answer, err := http.Get("http://127.0.0.1:" + os.Getenv("DAPR_HTTP_PORT") + "/v1.0/healthz")
		if err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusNoContent {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	log.Fatal("the sidecar is not ready")
}

func useState(dapr client.Client) {
	ctx := context.Background()
	must(dapr.SaveState(ctx, "store", "42", []byte(`{"paid":false}`), nil))
	first, err := dapr.GetState(ctx, "store", "42", nil)
	must(err)
	must(dapr.SaveStateWithETag(ctx, "store", "42", []byte(`{"paid":true}`), first.Etag, nil))
	err = dapr.SaveStateWithETag(ctx, "store", "42", []byte("{}"), first.Etag, nil)
	say("stale etag refused", err != nil)
	second, err := dapr.GetState(ctx, "store", "42", nil)
	must(err)
	say("state", string(second.Value))

	must(dapr.SaveBulkState(ctx, "store",
		&client.SetStateItem{Key: "a", Value: []byte("1")}, &client.SetStateItem{Key: "b", Value: []byte("2")}))
	must(dapr.ExecuteStateTransaction(ctx, "store", nil, []*client.StateOperation{
		{Type: client.StateOperationTypeUpsert, Item: &client.SetStateItem{Key: "a", Value: []byte("3")}},
		{Type: client.StateOperationTypeDelete, Item: &client.SetStateItem{Key: "b"}},
	}))
	items, err := dapr.GetBulkState(ctx, "store", []string{"a", "b"}, nil, 2)
	must(err)
	values := map[string]string{}
	for _, item := range items {
		values[item.Key] = string(item.Value)
	}
	say("bulk", values["a"], values["b"] == "")
	must(dapr.DeleteState(ctx, "store", "42", nil))
	gone, err := dapr.GetState(ctx, "store", "42", nil)
	must(err)
	say("deleted", len(gone.Value) == 0)
}

func useStores(dapr client.Client) {
	ctx := context.Background()
	secret, err := dapr.GetSecret(ctx, "vault", "suite-secret", nil)
	must(err)
	say("secret", secret["suite-secret"])
	secrets, err := dapr.GetBulkSecret(ctx, "vault", nil)
	must(err)
	say("secrets", len(secrets))
	color, err := dapr.GetConfigurationItem(ctx, "settings", "color")
	must(err)
	say("configuration", color.Value)
	metadata, err := dapr.GetMetadata(ctx)
	must(err)
	say("metadata", metadata.ID)
}

func invoke(dapr client.Client) {
	content := &client.DataContent{Data: []byte("21"), ContentType: "application/json"}
	reply, err := dapr.InvokeMethodWithContent(context.Background(), os.Getenv("APP_ID"), "double", "post", content)
	must(err)
	say("invoke", string(reply))
	_, err = dapr.InvokeMethodWithContent(context.Background(), "nobody", "double", "post", content)
	say("nobody answers", err != nil)
}

func watchConfiguration(dapr client.Client) {
	ctx := context.Background()
	colors := make(chan string, 8)
	id, err := dapr.SubscribeConfigurationItems(ctx, "settings", []string{"color"},
		func(_ string, items map[string]*client.ConfigurationItem) { colors <- items["color"].Value })
	must(err)
	say("watching the configuration")
	for color := range colors {
		if color == "blue" {
			break
		}
	}
	say("configuration changed to blue")
	must(dapr.UnsubscribeConfigurationItems(ctx, "settings", id))
}

func receive(from <-chan string) string {
	select {
	case text := <-from:
		return text
	case <-time.After(patience):
		return "nothing"
	}
}

func say(words ...any) {
	fmt.Println(strings.TrimSpace(fmt.Sprintln(words...)))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
