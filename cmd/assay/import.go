package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"assay/harness/lab"
)

func (a *app) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import PATH… --out RUN",
		Short: "Make a run of print-outs that were taken by other means",
		Long: `import makes evidence of print-outs: a folder of them (getprop.txt,
dumpsys_package.txt, logcat_events.txt.gz …), a bugreport (zip or text), an
acquisition by androidqf (its folder, or its zip), the results of Uraniborg's
Hubble (the folder, or packages.txt alone), or a whole dumpsys. Each PATH is one
handset: print-outs in it that name another are left out, and so are then those that
name none. A file is told by how it begins, and then by its name; archives are opened
within archives, two deep, and text in UTF-16 is decoded. What is not taken in is
listed with the reason, and is kept in the run as not covered; judge, report, facts
and explain then work as on any run, and explain --coverage RUN shows what was taken.
Zip bombs, entries that share bytes, lines without end and archives with names that
lead out of them are refused, and so is what would write more than --import-limit. An
import of which nothing can be taken in, and one that is stopped, leaves nothing behind.`,
		Example: `  assay import bugreport-vivo.zip --out runs/vivo
  assay import print-outs/X9 --brand vivo --model X9 --out runs/x9
  assay import 0a1b2c3d-acquisition.zip --out runs/acquired`,
		RunE: func(c *cobra.Command, args []string) error { return a.importPaths(args) },
	}
	f := c.Flags()
	f.String("out", "", "folder for the run; must be new or empty")
	f.String("brand", "", "brand, where the print-outs do not say it or say it wrongly")
	f.String("model", "", "model, likewise")
	f.Int("import-limit", 2048, "MiB that all of the import may write, at most")
	f.Int("reserve", 256, "MiB of the host's disk that must stay free")
	formatFlags(f)
	failFlag(f)
	return c
}

func (a *app) importPaths(paths []string) error {
	out := a.set.GetString("out")
	if len(paths) == 0 || out == "" {
		return usage(fmt.Errorf("import wants at least one folder or bugreport, and --out: assay import PATH… --out RUN"))
	}
	formats, err := a.formats()
	if err != nil {
		return usage(err)
	}
	if err := a.checkFailOn(); err != nil {
		return usage(err)
	}
	stop, stopped := stopping()
	defer stopped()
	left := &leftOut{}
	err = lab.Import(out, lab.Imports{Name: filepath.Base(out), Tool: version(), Paths: paths,
		Brand: a.set.GetString("brand"), Model: a.set.GetString("model"), Stop: stop, Left: left.add,
		Limit: int64(a.set.GetInt("import-limit")) << 20, Reserve: int64(a.set.GetInt("reserve")) << 20})
	if errors.Is(err, lab.ErrStopped) {
		return &status{exitInterrupted, fmt.Errorf("%w: nothing of it is left", err)}
	}
	if hostFault(err) {
		return &status{exitInfra, err}
	}
	if err != nil {
		return usage(err)
	}
	left.list(a, out)
	j, err := a.publish(out, formats)
	if err != nil {
		return err
	}
	if err := a.headline(j, out); err != nil {
		return err
	}
	return a.verdict(j)
}

// stopping gives a channel that is closed by the first signal to end, up to stopped.
func stopping() (stop <-chan struct{}, stopped func()) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return ctx.Done(), cancel
}

// leftOut is what an import has not taken in.
type leftOut struct {
	told []string // the first few
	all  int
}

// mostTold is how many files are named; the run has them all.
const mostTold = 12

func (l *leftOut) add(path, why string) {
	if l.all++; l.all <= mostTold {
		l.told = append(l.told, path+": "+why)
	}
}

// list says on stderr what was not taken in.
func (l *leftOut) list(a *app, run string) {
	for _, t := range l.told {
		tellLine(a.err, "assay: not taken in: %s", t)
	}
	if more := l.all - len(l.told); more > 0 {
		tellLine(a.err, "assay: not taken in: %d more: assay explain --coverage %s", more, run)
	}
}
