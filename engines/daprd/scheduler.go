package main

import (
	"context"

	"github.com/dapr/dapr/cmd/scheduler/options"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/scheduler/monitoring"
	"github.com/dapr/dapr/pkg/scheduler/server"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
)

// runScheduler takes the flags of Dapr's scheduler, for the standalone mode with its own etcd. In place of
// cmd/scheduler/app, because that serves health on every interface; there are no metrics here.
func runScheduler(ctx context.Context, args []string) error {
	opts, err := options.New(args)
	if err != nil {
		return err
	}
	if err = logger.ApplyOptionsToLoggers(&opts.Logger); err != nil {
		return err
	}
	if err = monitoring.InitMetrics(); err != nil {
		return err
	}
	health := healthz.New()
	sec, err := security.New(ctx, security.Options{
		SentryAddress:           opts.SentryAddress,
		ControlPlaneTrustDomain: opts.TrustDomain,
		ControlPlaneNamespace:   security.CurrentNamespace(),
		TrustAnchorsFile:        opts.TrustAnchorsFile,
		AppID:                   "dapr-scheduler",
		MTLSEnabled:             opts.TLSEnabled,
		Mode:                    modes.DaprMode(opts.Mode),
		Healthz:                 health,
		WriteIdentityToFile:     &opts.IdentityDirectoryWrite,
	})
	if err != nil {
		return err
	}
	return concurrency.NewRunnerManager(sec.Run, serveHealth(health, opts.HealthzListenAddress, opts.HealthzPort),
		func(ctx context.Context) error {
			handler, err := sec.Handler(ctx)
			if err != nil {
				return err
			}
			// The service ends and is made anew when the set of schedulers changes.
			for ctx.Err() == nil {
				service, err := newScheduler(ctx, opts, schedulerOptions(opts, handler, health))
				if err != nil {
					return err
				}
				if err = service.Run(ctx); err != nil {
					return err
				}
			}
			return ctx.Err()
		}).Run(ctx)
}

func schedulerOptions(opts *options.Options, handler security.Handler, health healthz.Healthz) server.Options {
	return server.Options{
		Port:                           opts.Port,
		ListenAddress:                  opts.ListenAddress,
		OverrideBroadcastHostPort:      opts.OverrideBroadcastHostPort,
		Mode:                           modes.DaprMode(opts.Mode),
		Security:                       handler,
		Healthz:                        health,
		EtcdEmbed:                      opts.EtcdEmbed,
		EtcdDataDir:                    opts.EtcdDataDir,
		EtcdName:                       opts.ID,
		EtcdInitialCluster:             opts.EtcdInitialCluster,
		EtcdClientPort:                 opts.EtcdClientPort,
		EtcdSpaceQuota:                 opts.EtcdSpaceQuota,
		EtcdCompactionMode:             opts.EtcdCompactionMode,
		EtcdCompactionRetention:        opts.EtcdCompactionRetention,
		EtcdSnapshotCount:              opts.EtcdSnapshotCount,
		EtcdMaxSnapshots:               opts.EtcdMaxSnapshots,
		EtcdMaxWALs:                    opts.EtcdMaxWALs,
		EtcdBackendBatchLimit:          opts.EtcdBackendBatchLimit,
		EtcdBackendBatchInterval:       opts.EtcdBackendBatchInterval,
		EtcdDefragThresholdMB:          opts.EtcdDefragThresholdMB,
		EtcdInitialElectionTickAdvance: opts.EtcdInitialElectionTickAdvance,
		EtcdMetrics:                    opts.EtcdMetrics,
	}
}
