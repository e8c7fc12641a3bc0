package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/reports"
)

func (a *app) runCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "run",
		Short: "Play scenarios on the handsets of devices.yaml, judge what they printed, and report",
		Example: `  assay run                                  every handset, the full suite
  assay run --brand Motorola --suite quick   a brand's regression
  assay run --scenario weather --serial ZY22 one scenario on one handset`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.run(c.Context()) },
	}
	runFlags(c.Flags())
	return c
}

// runFlags say what is played, on what, and how.
func runFlags(f *pflag.FlagSet) {
	farmFlags(f)
	scenarioFlags(f)
	f.StringSlice("brand", nil, "only handsets of these brands")
	f.StringSlice("model", nil, "only handsets of these models")
	f.StringSlice("serial", nil, "only handsets with these serials")
	f.Int("repeat", 1, "times to play each scenario")
	f.Bool("each", false, "play all on every handset (default: those of one model and build share what it owes)")
	f.String("history", "", "folder of earlier runs, by which the longest jobs go first (default: the one that --out is in)")
	f.Uint64("seed", 1, "seed of the virtual farm")
	f.String("out", "", "folder for evidence and reports; must be new or empty (default runs/DATE-TIME)")
	patienceFlags(f)
	formatFlags(f)
	failFlag(f)
}

func farmFlags(f *pflag.FlagSet) {
	f.String("devices", "devices.yaml", "the farm's inventory")
	f.String("server", "", "adb server of the handsets that name none, host:port, which is not started here; or \"virtual\" "+
		"for the embedded farm (default: what devices.yaml says, else "+adb.DefaultAddr+")")
}

// patienceFlags are of commands that play scenarios.
func patienceFlags(f *pflag.FlagSet) {
	f.Duration("patience", 5*time.Minute, "how long to try to bring back a handset that was lost")
	f.Int("reserve", 256, "MiB of the host's disk that must be free for a job to begin; with less the run pauses")
	f.Int("capture-limit", 0, "MiB of one capture, at most (default: 8, and more for the sources that print more)")
	f.Int("log-limit", 1024, "MiB of the log that one reader brings, at most")
	f.Int("job-limit", 512, "MiB of all captures of one job but its log, at most")
	scheduleFlags(f)
	stateFlag(f)
	notifyFlag(f)
}

// limits are the run's own.
func (a *app) limits() lab.Limits {
	mib := func(flag string) int64 { return int64(a.set.GetInt(flag)) << 20 }
	return lab.Limits{Reserve: mib("reserve"), Output: mib("capture-limit"), Log: mib("log-limit"), Job: mib("job-limit")}
}

// sentences is the quarantine that a run keeps to. The embedded farm has none:
// its handsets are new each time.
func (a *app) sentences(inv farm.Inventory) *farm.Store {
	if a.isEmbedded(inv) {
		return nil
	}
	return a.quarantine()
}

// claims is where a run says what it has leased, for other runs of this host.
// Nobody else can have the embedded farm.
func (a *app) claims(inv farm.Inventory) *farm.Claims {
	if a.isEmbedded(inv) {
		return nil
	}
	return farm.OpenClaims(a.stateDir())
}

func (a *app) isEmbedded(inv farm.Inventory) bool {
	return cmp.Or(a.set.GetString("server"), inv.Server) == farm.EmbeddedServer
}

// runner is what plays, as the flags say.
func (a *app) runner(server *adb.Server, show progress, inv farm.Inventory) *lab.Runner {
	return &lab.Runner{
		Server: server, Log: show.log, Watch: show.watch, Drain: a.drain, Patience: a.set.GetDuration("patience"),
		Quarantine: a.sentences(inv), Claims: a.claims(inv), Judge: judge.Run,
		Jobs: a.set.GetInt("jobs"), CheckEvery: a.set.GetInt("check-every"), HeldPatience: a.set.GetDuration("held-patience"),
		Limits: a.limits(), MayStart: a.mayStart(inv, server.Addr()),
	}
}

func formatFlags(f *pflag.FlagSet) {
	f.StringSlice("format", nil, "report formats (default all: "+formatNames()+")")
}

func failFlag(f *pflag.FlagSet) {
	f.String("fail-on", "flagged",
		"exit with 1 when something that bad is flagged: critical, high, medium, low, flagged (any), or never; 5 stays")
	f.String("fail-on-unknown", "any", "exit with 4 when something is unknown: any, or never")
}

func (a *app) run(ctx context.Context) error {
	plan, formats, err := a.plan()
	if err != nil { // whom the flags say is told what kept a run of the night from beginning
		return a.notifier(a.set.GetString("out")).ended(a, lab.Summary{}, usage(err))
	}
	if err := plan.Check(); err != nil {
		return a.notifier(a.set.GetString("out")).ended(a, lab.Summary{}, &status{exitNothing, err})
	}
	ctx, cancel := a.interruptible(ctx)
	defer cancel()
	dir := a.set.GetString("out")
	if a.unnamed {
		if dir, err = freeFolder(dir); err != nil {
			return a.notifier(dir).ended(a, lab.Summary{}, a.conclude(dir, formats, lab.Summary{}, fmt.Errorf("%w: %w", ledger.ErrOutput, err)))
		}
		defer os.Remove(dir) // of which nothing was made; a run's is not empty, and stays
	}
	plan.Name = filepath.Base(dir)
	return a.playing(ctx, plan.Inventory, dir, formats, func(r *lab.Runner) (lab.Summary, error) { return r.Run(ctx, plan, dir) })
}

// freeFolder makes a folder of a name that nobody has, the one that is given or that with
// a number: of two runs that begin in one second each has its own.
func freeFolder(name string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return name, fmt.Errorf("%w; give --out a folder that can be written", err)
	}
	for n := 1; ; n++ {
		dir := name
		if n > 1 {
			dir = fmt.Sprintf("%s-%d", name, n)
		}
		err := os.Mkdir(dir, 0o700)
		switch {
		case err == nil:
			return dir, nil
		case !errors.Is(err, os.ErrExist):
			return name, fmt.Errorf("%w; give --out a folder that can be written", err)
		}
	}
}

// playing has play play on the farm, concludes, and notifies whom the flags say.
func (a *app) playing(ctx context.Context, inv farm.Inventory, dir string, formats []reports.Format,
	play func(*lab.Runner) (lab.Summary, error),
) error {
	tell := a.notifier(dir)
	server, stop, err := a.server(ctx, inv)
	if err != nil {
		return tell.ended(a, lab.Summary{}, err)
	}
	show := a.progress()
	runner := a.runner(server, show, inv)
	runner.Hand = tell.hand
	summary, err := play(runner)
	show.close()
	return tell.ended(a, summary, a.conclude(dir, formats, summary, errors.Join(err, stop())))
}

// conclude judges and reports what a run has taken, and gives its exit status.
func (a *app) conclude(dir string, formats []reports.Format, summary lab.Summary, err error) error {
	switch {
	case errors.Is(err, lab.ErrNothing):
		return &status{exitNothing, err}
	case errors.Is(err, lab.ErrAnotherRun), errors.Is(err, evidence.ErrHeld), errors.Is(err, ledger.ErrOutput) && !hostFault(err):
		return usage(err)
	case errors.Is(err, lab.ErrFull):
		return &status{exitInfra, fmt.Errorf("paused: %w; the evidence taken so far stands: make room, then 'assay resume %s' goes on", err, dir)}
	case errors.Is(err, farm.ErrState):
		return &status{exitInfra, fmt.Errorf("%w; make it writable, or give another with --state", err)}
	case err != nil:
		return &status{exitInfra, err}
	}
	j, err := a.publish(dir, formats)
	if err != nil {
		return err
	}
	if err := a.headline(j, dir); err != nil {
		return err
	}
	if summary.Interrupted {
		return &status{
			exitInterrupted,
			fmt.Errorf("interrupted: what was not played is listed; the evidence taken so far stands; 'assay resume %s' goes on", dir),
		}
	}
	return a.verdict(j)
}

// plan reads everything that a run needs, before any handset is touched.
func (a *app) plan() (lab.Plan, []reports.Format, error) {
	var plan lab.Plan
	inv, err := readInventory(a.set.GetString("devices"))
	if err != nil {
		return plan, nil, err
	}
	chosen, err := a.chooseScenarios()
	if err != nil {
		return plan, nil, err
	}
	formats, err := a.formats()
	if err != nil {
		return plan, nil, err
	}
	if err := errors.Join(a.checkFailOn(), a.checkHistory()); err != nil {
		return plan, nil, err
	}
	filter, err := a.filter(inv)
	if err != nil {
		return plan, nil, err
	}
	if a.set.GetString("out") == "" {
		a.unnamed = true
		a.set.Set("out", filepath.Join("runs", time.Now().Format("2006-01-02-150405")))
	}
	return lab.Plan{
		Tool: version(), Inventory: inv, Scenarios: chosen, Repeat: a.set.GetInt("repeat"), Seed: a.set.GetUint64("seed"),
		Each: a.set.GetBool("each"), History: a.history(inv, a.set.GetString("out")),
		Filter: filter,
	}, formats, nil
}

// publish judges a run and writes its reports.
func (a *app) publish(dir string, formats []reports.Format) (finding.Judgement, error) {
	j, err := judge.Run(dir)
	if err != nil {
		return j, &status{exitInfra, err}
	}
	tables, err := reports.Select(nil)
	if err != nil {
		return j, err
	}
	if _, err = reports.WriteAll(filepath.Join(dir, ledger.ReportsName), reports.Build(j, tables), formats); err != nil {
		return j, &status{exitInfra, fmt.Errorf("%w; the evidence stands: 'assay judge %s' writes the reports anew", err, dir)}
	}
	return j, nil
}

// headline prints the tables of a run, and where the rest stands. Where nobody reads
// them, the exit status says what they say, and the last line is told as an error.
func (a *app) headline(j finding.Judgement, dir string) error {
	err := reports.Headline(a.raw.out, j, a.options())
	if err != nil && !unread(err) {
		return err
	}
	if errors.Is(err, errLost) {
		tellLine(a.err, "Evidence and reports: %s", dir)
		return nil
	}
	fmt.Fprintln(a.out)
	a.line("Evidence and reports: %s", dir)
	return nil
}

// verdict is the exit status of a judgement. A fault of the lab comes first:
// whoever reads the status must not take what was found for all there is.
func (a *app) verdict(j finding.Judgement) error {
	for _, p := range j.Problems {
		tellLine(a.err, "assay: %s", p)
	}
	for _, m := range j.Missing {
		tellLine(a.err, "assay: %s %s (%s): %s: %s. %s", m.Handset.Brand, m.Handset.Model, m.Handset.Serial, m.State, m.Cause, m.Remedy)
	}
	nowhere := notApplicable(j)
	for _, text := range nowhere.told {
		tellLine(a.err, "assay: %s", text)
	}
	switch {
	case len(j.Missing) > 0 || len(j.Problems) > 0 || failedJobs(j):
		return &status{code: exitInfra}
	case nowhere.all:
		return &status{code: exitNothing}
	case a.fails(j):
		return &status{code: exitFlagged}
	case a.failsUnknown(j):
		return &status{code: exitIncomplete}
	}
	return nil
}

// nowhere tells of scenarios that applied to no handset.
type nowhere struct {
	told []string
	all  bool // every scenario of the run
}

func notApplicable(j finding.Judgement) nowhere {
	causes := map[string]string{}
	applied := map[string]bool{}
	for _, job := range j.Jobs {
		switch {
		case job.Scenario == evidence.Baseline || job.Scenario == evidence.Imported:
		case job.Outcome.State == evidence.NotApplicable:
			causes[job.Scenario] = job.Outcome.Cause
		default:
			applied[job.Scenario] = true
		}
	}
	n := nowhere{all: len(causes) > 0 && len(applied) == 0}
	for _, name := range slices.Sorted(maps.Keys(causes)) {
		if !applied[name] {
			n.told = append(n.told, fmt.Sprintf("scenario %s applies to no handset: %s", name, reports.Printable(causes[name], 1000)))
		}
	}
	return n
}

func failedJobs(j finding.Judgement) bool {
	for _, job := range finding.LastAttempts(j.Jobs) {
		if job.Outcome.State == evidence.Infra || job.Outcome.State == evidence.Interrupted || job.Outcome.State == evidence.NotStarted {
			return true
		}
	}
	return false
}
