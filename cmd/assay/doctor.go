package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"assay/harness/adb"
	"assay/harness/farm"
)

func (a *app) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check that this host can run: inventory, adb, handsets and what they keep from adb's shell, disk, limits",
		Long: `doctor looks at what a run needs: the inventory, the adb servers, which handsets
are ready, the scenarios, the folder of state, the disk and the limits of this host.

Of each handset that is ready it reads those properties and settings that show what
its maker keeps from adb's shell: a run would be refused it. It changes nothing.

With --self it looks at assay itself instead: virtual handsets whose apps are known
to behave well or to misbehave are played and judged in a temporary folder, and each
verdict is compared with what it must be. No handset of the farm is touched,
and no inventory is read. Where one differs, the exit status is 5.`,
		Example: `  assay doctor
  assay doctor --self && assay run   a night that begins only where verdicts hold`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if a.set.GetBool("self") {
				return a.selfCheck(c.Context(), selfHandsets)
			}
			return a.doctor(c.Context())
		},
	}
	farmFlags(c.Flags())
	stateFlag(c.Flags())
	c.Flags().Uint64("seed", 1, "seed of the virtual farm")
	c.Flags().Bool("self", false, "check assay itself, on virtual handsets whose apps are known, and nothing else")
	return c
}

// check is one thing that doctor looked at.
type check struct {
	what   string
	found  string
	remedy string // empty: it is well
	grave  bool   // a run would fail
}

func (a *app) doctor(ctx context.Context) error {
	checks := []check{a.checkBinary()}
	inv, err := readInventory(a.set.GetString("devices"))
	if err != nil {
		checks = append(checks, check{"inventory", err.Error(), "correct it, or name another with --devices", true})
	} else {
		checks = append(
			checks,
			check{what: "inventory", found: fmt.Sprintf("%d handsets listed in %s", len(inv.Devices), a.set.GetString("devices"))},
		)
		checks = append(checks, a.checkServer(ctx, inv)...)
		checks = append(checks, a.checkState(inv)...)
	}
	if _, err := a.chooseScenariosForCheck(); err != nil {
		checks = append(checks, check{"scenarios", err.Error(), "assay lint tells where", true})
	}
	checks = append(checks, checkDisk(), checkFiles())
	return a.printChecks(checks)
}

// printChecks prints the checks; a grave one decides the exit status.
func (a *app) printChecks(checks []check) error {
	grave := 0
	for _, c := range checks {
		mark := "ok  "
		if c.remedy != "" {
			mark = "note"
		}
		if c.grave {
			mark = "FAIL"
			grave++
		}
		for i, found := range strings.Split(c.found, "\n") {
			if i > 0 {
				mark, c.what = "    ", ""
			}
			a.line("%s  %-14s %s", mark, c.what, found)
		}
		if c.remedy != "" {
			a.line("      %-14s to do: %s", "", c.remedy)
		}
	}
	if grave > 0 {
		return &status{exitInfra, fmt.Errorf("%d of %d checks failed", grave, len(checks))}
	}
	return nil
}

func (a *app) checkBinary() check {
	path, err := exec.LookPath("adb")
	if err != nil {
		return check{
			"adb binary",
			"not on PATH",
			"install it (Debian: apt install adb) if no adb server is started by other means; the virtual farm needs none",
			false,
		}
	}
	return check{what: "adb binary", found: path}
}

func (a *app) checkServer(ctx context.Context, inv farm.Inventory) []check {
	server, stop, err := a.server(ctx, inv)
	if err != nil {
		return []check{{"adb server", err.Error(), cmp.Or(adb.Remedy(err), "start it: adb start-server"), true}}
	}
	defer stop()
	var checks []check
	for _, addr := range inv.Servers(server.Addr()) {
		version, err := adb.NewServer(addr, adb.Options{Log: a.log}).Version(ctx)
		if err != nil {
			checks = append(checks, check{"adb server", err.Error(), adb.Remedy(err), true})
			continue
		}
		checks = append(checks, check{what: "adb server", found: fmt.Sprintf("protocol %d on %s", version, addr)})
	}
	room := farm.New(server)
	places, err := room.Survey(ctx, inv)
	if err != nil {
		return append(checks, check{"handsets", err.Error(), adb.Remedy(err), true})
	}
	places = room.Once(ctx, places, nil)
	ready := 0
	for _, p := range places {
		if p.State == farm.Ready {
			ready++
			continue
		}
		checks = append(checks, check{"handset", safe(p.Entry.Name() + ": " + p.Cause), p.Remedy, false})
	}
	checks = append(checks, checkShells(ctx, room, places)...)
	all := check{what: "handsets", found: fmt.Sprintf("%d of %d ready", ready, len(places))}
	switch {
	case len(inv.Devices) == 0:
		all.found = inv.FileName() + " lists none"
		all.remedy, all.grave = "add an entry for each handset that is to be used; 'assay devices' shows what is attached", true
	case ready == 0:
		all.remedy, all.grave = "attach at least one", true
	}
	return append(checks, all)
}

// checkState looks whether handsets can be claimed.
func (a *app) checkState(inv farm.Inventory) []check {
	if err := a.claims(inv).Check(); err != nil {
		return []check{{"state", err.Error(), "make it writable, or give another with --state", true}}
	}
	return nil
}

func (a *app) chooseScenariosForCheck() (int, error) {
	a.set.SetDefault("suite", "full")
	chosen, err := a.chooseScenarios()
	return len(chosen), err
}

// enough is the disk space that a night's run over a farm may fill, bytes.
const enough = 2 << 30

func checkDisk() check {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(".", &fs); err != nil {
		return check{"disk", err.Error(), "run assay where it may write", true}
	}
	free := fs.Bavail * uint64(fs.Bsize)
	c := check{what: "disk", found: fmt.Sprintf("%d MB free here", free>>20)}
	if free < enough {
		c.remedy = "make room: the evidence of a long run takes gigabytes"
	}
	if f, err := os.CreateTemp(".", ".assay-doctor-*"); err == nil {
		f.Close()
		os.Remove(f.Name())
	} else {
		c.remedy = "this folder cannot be written: give --out a folder that can"
	}
	return c
}

func checkFiles() check {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return check{"open files", err.Error(), "", false}
	}
	c := check{what: "open files", found: fmt.Sprintf("limit %d", limit.Cur)}
	if limit.Cur < 1024 {
		c.remedy = "raise it: ulimit -n 4096; each handset needs about six"
	}
	return c
}
