package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/dapr/dapr/pkg/healthz"
)

// serveHealth answers GET /healthz with 200 once every part of the role is ready, else with 503.
func serveHealth(health healthz.Healthz, address string, port int) func(context.Context) error {
	if address == "" {
		address = "127.0.0.1"
	}
	return func(ctx context.Context) error {
		listener, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		if err != nil {
			return err
		}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /healthz", func(response http.ResponseWriter, _ *http.Request) {
			if !health.IsReady() {
				response.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		if err = server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
