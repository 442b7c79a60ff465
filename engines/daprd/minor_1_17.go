//go:build dapr_1_17

package main

import (
	"context"

	"github.com/dapr/dapr/cmd/daprd/options"
	placementoptions "github.com/dapr/dapr/cmd/placement/options"
	scheduleroptions "github.com/dapr/dapr/cmd/scheduler/options"
	"github.com/dapr/dapr/pkg/placement"
	"github.com/dapr/dapr/pkg/runtime"
	"github.com/dapr/dapr/pkg/scheduler/server"
)

func setNewerOptions(config *runtime.Config, opts *options.Options) {
	config.DisableInitEndpoints = opts.DisableInitEndpoints
}

func newPlacement(opts *placementoptions.Options, parts placementParts) (*placement.Placement, error) {
	return placement.New(placement.Options{
		NodeID:             opts.RaftID,
		Peers:              opts.RaftPeers,
		Port:               opts.PlacementPort,
		ListenAddress:      opts.PlacementListenAddress,
		Security:           parts.handler,
		Healthz:            parts.health,
		KeepAliveTime:      opts.KeepAliveTime,
		KeepAliveTimeout:   opts.KeepAliveTimeout,
		ReplicationFactor:  int64(opts.ReplicationFactor),
		DisseminateTimeout: opts.DisseminateTimeout,
	})
}

func newScheduler(
	ctx context.Context, opts *scheduleroptions.Options, common server.Options,
) (*server.Server, error) {
	common.Workers = opts.Workers
	common.EtcdClientListenAddress = opts.EtcdClientListenAddress
	return server.New(ctx, common)
}
