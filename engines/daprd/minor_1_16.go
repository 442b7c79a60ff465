//go:build dapr_1_16

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

func setNewerOptions(*runtime.Config, *options.Options) {}

func newPlacement(opts *placementoptions.Options, parts placementParts) (*placement.Service, error) {
	settings := placement.ServiceOpts{
		Port:               opts.PlacementPort,
		ListenAddress:      opts.PlacementListenAddress,
		SecProvider:        parts.provider,
		Healthz:            parts.health,
		KeepAliveTime:      opts.KeepAliveTime,
		KeepAliveTimeout:   opts.KeepAliveTimeout,
		DisseminateTimeout: opts.DisseminateTimeout,
	}
	settings.SetMinAPILevel(opts.MinAPILevel)
	settings.SetMaxAPILevel(opts.MaxAPILevel)
	// The package of this type does not exist in later versions, and go mod tidy reads imports whatever the build tags.
	consensus := &settings.Raft
	consensus.ID = opts.RaftID
	consensus.InMem = opts.RaftInMemEnabled
	consensus.Peers = opts.RaftPeers
	consensus.LogStorePath = opts.RaftLogStorePath
	consensus.ReplicationFactor = int64(opts.ReplicationFactor)
	consensus.Healthz = parts.health
	consensus.Security = parts.provider
	consensus.MinAPILevel = settings.MinAPILevel
	if settings.MaxAPILevel != nil {
		consensus.MaxAPILevel = *settings.MaxAPILevel
	}
	return placement.New(settings)
}

// newScheduler leaves the address of etcd's client port alone: it is the loopback interface in this version anyway.
func newScheduler(_ context.Context, _ *scheduleroptions.Options, common server.Options) (*server.Server, error) {
	return server.New(common)
}
