package main

import (
	"context"

	"github.com/dapr/dapr/cmd/placement/options"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/placement/monitoring"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
)

// placementParts is what the placement service is made of besides its flags; no minor version of Dapr takes all of it.
type placementParts struct {
	provider security.Provider
	handler  security.Handler
	health   healthz.Healthz
}

// runPlacement takes the flags of Dapr's placement service. In place of cmd/placement/app, because that serves health
// on every interface; there are no metrics here.
func runPlacement(ctx context.Context, args []string) error {
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
		TrustAnchorsFile:        &opts.TrustAnchorsFile,
		AppID:                   "dapr-placement",
		MTLSEnabled:             opts.TLSEnabled,
		Mode:                    modes.DaprMode(opts.Mode),
		Healthz:                 health,
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
			service, err := newPlacement(opts, placementParts{sec, handler, health})
			if err != nil {
				return err
			}
			return service.Run(ctx)
		}).Run(ctx)
}
