// Command daprd is the sidecar, the placement service and the scheduler of Dapr in one binary, linked with the
// components that the tests need. The first argument picks the role, the others are the role's own flags. Whatever
// it listens on for itself is on the loopback interface, as far as the flags do not say otherwise.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/dapr/dapr/pkg/buildinfo"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

var log = logger.NewLogger("mecha.daprd")

// role runs until its context ends; the arguments are those after the role's name.
type role func(ctx context.Context, args []string) error

var roles = map[string]role{
	"sidecar":     runSidecar,
	"placement":   runPlacement,
	"scheduler":   runScheduler,
	"descriptors": writeDescriptors,
	"version":     writeVersion,
}

func main() {
	dieWithParent()
	if len(os.Args) < 2 || roles[os.Args[1]] == nil {
		fmt.Fprintf(os.Stderr, "usage: daprd %s [flags]\n", strings.Join(roleNames(), "|"))
		os.Exit(2)
	}
	if err := roles[os.Args[1]](signals.Context(), os.Args[2:]); err != nil {
		log.Fatalf("%s: %s", os.Args[1], err)
	}
}

func roleNames() []string {
	names := make([]string, 0, len(roles))
	for name := range roles {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func writeVersion(context.Context, []string) error {
	_, err := fmt.Println(buildinfo.Version())
	return err
}
