// Package lab plays a plan on handsets: it leases them, plays scenarios while evidence
// is recorded, puts them back as they were, and goes on with a run that was cut off. It
// takes in, as runs, what others have recorded. What the evidence says is package judge's.
package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab/schedule"
	"assay/harness/ledger"
	"assay/harness/scenario"
)

// Plan is what a run is to do.
type Plan struct {
	Name      string // of the run
	Tool      string // version of assay
	Inventory farm.Inventory
	Filter    farm.Filter
	Scenarios []scenario.Scenario
	Repeat    int    // times that each scenario is played, from 1
	Seed      uint64 // of the virtual farm, as the record keeps it
	Each      bool   // every handset plays all; else those of one model and build share what it owes
	History   ledger.History
}

// Runner plays plans.
type Runner struct {
	Server *adb.Server // of the handsets that name none of their own
	Log    *slog.Logger
	Watch  func(Event)                                 // told of progress, from several goroutines; may be nil
	Judge  func(dir string) (finding.Judgement, error) // for what Resume plays again by its verdict; nil: nothing is
	Noted  func(evidence.Entry)                        // told of each entry of the journal, once it is on disk; may be nil
	// Hand is told of each handset that needs a person's hand, each reason once, from
	// several goroutines; may be nil.
	Hand func(Hand)
	// Drain, once closed, lets no further step begin: handsets are put back, what
	// was captured is kept, and the run ends as interrupted.
	Drain <-chan struct{}
	// Patience is how long the recovery ladder may take over a handset that was
	// lost. 0: five minutes.
	Patience   time.Duration
	Quarantine *farm.Store            // of handsets that are out of use; nil: there is none
	MayStart   func(addr string) bool // which adb servers are started again where they died; nil: none
	Claims     *farm.Claims           // by which other processes know what is leased here; nil: there are none
	Jobs       int                    // handsets at work at once; 0: DefaultJobs
	CheckEvery int                    // jobs of a handset between two health checks; 0: DefaultCheckEvery
	// HeldPatience is how long a handset may wait to charge, to cool or for space,
	// by its own clock. 0: DefaultHeldPatience.
	HeldPatience time.Duration
	Limits       Limits     // of time and of output
	Clock        farm.Clock // of the farm's waiting; nil: the wall's
	// Space says how many bytes are free where the run's folder is; nil: what the
	// file system says.
	Space func(dir string) (uint64, error)

	fill func(file string, bytes int) error // stands for the disk, in tests
}

// How often handsets are asked how they are, and how long one that is not fit is
// waited for, where nobody says otherwise.
const (
	DefaultCheckEvery   = 5
	DefaultHeldPatience = time.Hour
)

// Event is one thing that an operator watching a run wants to know.
type Event struct {
	Handset string // as people speak of it
	Key     string
	Text    string // playing camera-consent-refused
	Done    int    // jobs
	Owed    int    // jobs
	Over    bool   // nothing more will come of this handset
}

// Summary says how a run ended, apart from what it found.
type Summary struct {
	Handsets    int // that were owed something
	Unusable    int // that could not be used, or were lost
	Infra       int // jobs that the lab's faults ended
	Interrupted bool
}

// ErrNothing is returned where a plan has no handset or no scenario.
var ErrNothing = errors.New("nothing to run")

// Run plays a plan, with the evidence in dir, which must be new or empty. An
// error is the host's: a handset that fails is in the journal and the summary.
// farm.ErrState is that of claims that cannot be made: no handset was touched. ErrFull is that of a run that paused.
func (r *Runner) Run(ctx context.Context, plan Plan, dir string) (Summary, error) {
	var summary Summary
	if err := r.Claims.Check(); err != nil {
		return summary, err
	}
	all, servers, err := r.choose(ctx, plan)
	if err != nil {
		return summary, err
	}
	record := ledger.Record{
		Name:    plan.Name,
		Tool:    plan.Tool,
		Started: time.Now().UTC(),
		Seed:    plan.Seed,
		Repeat:  plan.Repeat,
		Notice:  plan.Inventory.Notice,
	}
	for _, s := range plan.Scenarios {
		record.Scenarios = append(record.Scenarios, ledger.Scenario{Name: s.Name, About: s.About, Digest: digestOf(s), Text: s.Text})
	}
	places, handsets, duplicates := r.once(ctx, all)
	record.Handsets, record.Duplicates = handsets, duplicates
	record.Roles = rolesOf(plan.Inventory, record.Handsets)
	record.Models = plan.share(places)
	journal, err := ledger.Create(dir, record)
	if err != nil {
		return summary, err
	}
	defer journal.Close()
	release, err := hold(dir)
	if err != nil {
		return summary, err
	}
	defer release()
	journal.Told = r.Noted
	return r.play(
		ctx,
		part{plan: plan, dir: dir, journal: journal, places: places, servers: servers, workers: plan.workers(record.Shares(), places, nil)},
	)
}

// part is a part of a run: all of a new one, or what one that was cut off still owes.
type part struct {
	plan    Plan
	dir     string
	journal *evidence.Journal
	places  []farm.Place
	servers []schedule.Load
	workers map[string]*schedule.Worker // by the handset's key
	before  map[string]*past            // what earlier parts did on each handset; nil: there were none
}

// play plays a part of a run.
func (r *Runner) play(ctx context.Context, p part) (Summary, error) {
	var summary Summary
	disk := r.disk(p.dir)
	if err := disk.begin(p.journal, p.plan, p.before != nil); err != nil {
		return summary, err
	}
	bundles, err := evidence.OpenDisk(p.dir)
	if err != nil {
		return summary, fmt.Errorf("%w: %w", ledger.ErrOutput, err)
	}
	defer bundles.Close()
	all := &run{Runner: r, plan: p.plan, dir: p.dir, disk: disk, bundles: bundles, journal: p.journal, farm: r.newFarm(),
		schedule: schedule.New(within(r.caps(p.plan), p.servers), slices.Collect(maps.Values(p.workers)))}
	defer all.keep(ctx, p.servers)()
	handsets := make([]*handsetRun, len(p.places))
	group, ctx := errgroup.WithContext(ctx)
	for i, place := range p.places {
		key := place.Entry.Key()
		hr := &handsetRun{run: all, place: place, worker: p.workers[key]}
		hr.remember(p.before[key])
		handsets[i] = hr
		group.Go(func() error { return disk.end(hr.play(ctx)) })
	}
	err = errors.Join(group.Wait(), disk.end(all.tellIncidents(time.Now())))
	summary.Handsets = len(handsets)
	for _, hr := range handsets {
		summary.Infra += hr.infra
		if hr.lost {
			summary.Unusable++
		}
	}
	summary.Interrupted = r.draining() || errors.Is(err, context.Canceled)
	ended := disk.end(p.journal.Append(evidence.Entry{Kind: evidence.RunEnded, Note: endNote(disk.pause(), summary.Interrupted, err)}))
	return summary, errors.Join(err, ended, disk.pause())
}

// endNote says how a part of a run ended.
func endNote(paused error, interrupted bool, err error) string {
	switch {
	case paused != nil:
		return "paused: " + paused.Error()
	case interrupted:
		return ledger.InterruptedNote
	case err != nil:
		return "broken off: " + evidence.OneLine(err)
	}
	return ledger.WholeNote
}

func (r *Runner) caps(plan Plan) schedule.Caps {
	return schedule.Caps{Jobs: r.Jobs, PerHub: cmp.Or(plan.Inventory.PerHub, farm.DefaultPerHub)}
}

// choose gives the places that the plan's filter wants, ready or not, and what
// their adb servers have to carry.
func (r *Runner) choose(ctx context.Context, plan Plan) ([]farm.Place, []schedule.Load, error) {
	if err := plan.Check(); err != nil {
		return nil, nil, err
	}
	all, err := r.survey(ctx, plan.Inventory)
	if err != nil {
		return nil, nil, err
	}
	var places []farm.Place
	for _, p := range all {
		if p.State != farm.Unlisted && p.State != farm.Retired && plan.Filter.Wants(p.Entry) {
			places = append(places, p)
		}
	}
	servers, err := loads(all, places)
	return places, servers, err
}

// Check says why a plan has nothing to play, or nothing to play it on: ErrNothing. It
// asks no server and no handset.
func (p Plan) Check() error {
	switch {
	case len(p.Scenarios) == 0:
		return fmt.Errorf("%w: no scenario was chosen", ErrNothing)
	case !slices.ContainsFunc(p.Inventory.Devices, p.uses):
		return fmt.Errorf("%w: %s", ErrNothing, p.none())
	}
	return nil
}

// uses says whether the plan wants an entry of its inventory.
// scenario gives the plan's scenario of a name.
func (p Plan) scenario(name string) scenario.Scenario {
	i := slices.IndexFunc(p.Scenarios, func(s scenario.Scenario) bool { return s.Name == name })
	return p.Scenarios[i] // a plan deals no others
}

func (p Plan) uses(e farm.Entry) bool { return !e.Retired && p.Filter.Wants(e) }

// none says why a plan has no handset.
func (p Plan) none() string {
	listed := len(p.Inventory.Devices)
	inUse := func(e farm.Entry) bool { return !e.Retired }
	if listed == 0 {
		return p.Inventory.FileName() + " lists no handset; add an entry for each that is to be used: 'assay devices' shows what is attached"
	}
	if !slices.ContainsFunc(p.Inventory.Devices, inUse) {
		return fmt.Sprintf("all %d handsets of %s are retired; remove retired: true of those that are to be used", listed, p.Inventory.FileName())
	}
	var given []string
	for _, f := range []struct {
		flag   string
		values []string
	}{{"--brand", p.Filter.Brands}, {"--model", p.Filter.Models}, {"--serial", p.Filter.Serials}} {
		if len(f.values) > 0 {
			given = append(given, f.flag+" "+strings.Join(f.values, ","))
		}
	}
	if slices.ContainsFunc(p.Inventory.Devices, p.Filter.Wants) {
		return fmt.Sprintf(
			"what matches %s is retired in %s; remove retired: true of what is to be used",
			strings.Join(given, " and "),
			p.Inventory.FileName(),
		)
	}
	return fmt.Sprintf("no handset of %s matches %s; 'assay devices' lists them", p.Inventory.FileName(), strings.Join(given, " and "))
}

// once leaves the places out whose handset is there by another entry, and names them.
func (r *Runner) once(
	ctx context.Context,
	places []farm.Place,
) (used []farm.Place, handsets []ledger.Handset, duplicates []ledger.Duplicate) {
	for _, p := range r.newFarm().Once(ctx, places, nil) {
		if p.State == farm.Duplicate {
			r.Log.Warn("one handset, listed twice", "entry", p.Entry.Name(), "cause", p.Cause, "remedy", p.Remedy)
			duplicates = append(duplicates, ledger.Duplicate{Key: p.Entry.Key(), Cause: p.Cause, Remedy: p.Remedy})
			continue
		}
		used, handsets = append(used, p), append(handsets, listed(p.Entry))
	}
	return used, handsets, duplicates
}

// newFarm opens the farm: handsets are asked how they are before they are leased.
func (r *Runner) newFarm() *farm.Farm {
	f := farm.New(r.Server)
	f.CheckUp, f.Quarantine, f.Claims, f.Log = true, r.Quarantine, r.Claims, r.Log
	f.Clock, f.Answer, f.MayStart = r.Clock, r.Limits.Vital, r.MayStart
	f.Term = max(term, r.patience()+5*time.Minute)
	return f
}

// term is how long a lease holds that nobody renews: longer than any one command
// of a job may take.
const term = 15 * time.Minute

// survey compares the inventory with what is attached, and with the quarantine.
func (r *Runner) survey(ctx context.Context, inv farm.Inventory) ([]farm.Place, error) {
	places, err := r.newFarm().Survey(ctx, inv)
	if err != nil || r.Quarantine == nil {
		return places, err
	}
	sentences, err := r.Quarantine.List()
	if err != nil {
		return nil, err
	}
	return farm.Sentenced(places, sentences, time.Now()), nil
}

func (r *Runner) draining() bool {
	select {
	case <-r.Drain:
		return true
	default:
		return false
	}
}

func (r *Runner) patience() time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return 5 * time.Minute
}

// overrides gives the roles that the inventory decides, for one brand's handset.
func overrides(inv farm.Inventory, brand string) scenario.Overrides {
	o := scenario.Overrides{Brand: brand, Roles: map[string]map[string]android.Package{}}
	for _, r := range inv.Roles {
		b := strings.ToLower(r.Brand)
		if o.Roles[b] == nil {
			o.Roles[b] = map[string]android.Package{}
		}
		o.Roles[b][strings.ToLower(r.Role)] = r.Package
	}
	return o
}

func bundleDir(dir, name string) string { return filepath.Join(dir, ledger.BundlesName, name) }
