package main

import (
	"os"
	"strconv"
	"time"
)

const parentCheckEvery = 200 * time.Millisecond

// dieWithParent ends this process soon after the one that MECHA_ENGINE_PARENT names is gone, however that ended. A
// statically linked binary does not load the shim that does this for the other engines.
func dieWithParent() {
	parent, err := strconv.Atoi(os.Getenv("MECHA_ENGINE_PARENT"))
	if err != nil {
		return
	}
	go func() {
		for os.Getppid() == parent {
			time.Sleep(parentCheckEvery)
		}
		os.Exit(1)
	}()
}
