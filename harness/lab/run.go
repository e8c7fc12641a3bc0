package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/scenario"
)

// Plan is what a run is to do.
type Plan struct {
	Name      string // of the run
	Tool      string // version of assay
	Inventory farm.Inventory
	Filter    farm.Filter
	Scenarios []scenario.Scenario
	Repeat    int    // times that each scenario is played on each handset, from 1
	Seed      uint64 // of the salt that values are hashed with
}

// Runner plays plans.
type Runner struct {
	Server *adb.Server
	Log    *slog.Logger
	Watch  func(Event)          // told of progress, from several goroutines; may be nil
	Noted  func(evidence.Entry) // told of each entry of the journal, once it is on disk; may be nil
	// Drain, once closed, lets no further step begin: handsets are put back, what
	// was captured is kept, and the run ends as interrupted.
	Drain <-chan struct{}
	// Patience is how long the recovery ladder may take over a handset that was
	// lost. 0: five minutes.
	Patience   time.Duration
	Quarantine *farm.Store // of handsets that are out of use; nil: there is none
	Limits     Limits      // of time and of output
	Clock      farm.Clock  // of the farm's waiting; nil: the wall's
}

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
func (r *Runner) Run(ctx context.Context, plan Plan, dir string) (Summary, error) {
	var summary Summary
	places, err := r.choose(ctx, plan)
	if err != nil {
		return summary, err
	}
	record := Record{Name: plan.Name, Tool: plan.Tool, Started: time.Now().UTC(), Seed: plan.Seed, Repeat: plan.Repeat, Notice: plan.Inventory.Notice}
	for _, s := range plan.Scenarios {
		record.Scenarios = append(record.Scenarios, Recorded{Name: s.Name, About: s.About})
	}
	for _, p := range places {
		record.Handsets = append(record.Handsets, listed(p.Entry))
	}
	journal, err := create(dir, record)
	if err != nil {
		return summary, err
	}
	defer journal.Close()
	journal.Told = r.Noted
	if err := journal.Append(evidence.Entry{Kind: evidence.RunStarted, Note: plan.Name}); err != nil {
		return summary, err
	}

	return r.play(ctx, plan, dir, journal, places, nil)
}

// play plays what a plan owes on every place at once. before is the account of
// an earlier part of the same run, by handset; nil for a new one.
func (r *Runner) play(ctx context.Context, plan Plan, dir string, journal *evidence.Journal, places []farm.Place, before map[string]*past) (Summary, error) {
	var summary Summary
	room := r.room()
	bouts := make([]*bout, len(places))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range places {
		b := &bout{Runner: r, plan: plan, dir: dir, journal: journal, room: room, place: p}
		b.remember(before[p.Entry.Key()])
		bouts[i] = b
		group.Go(func() error { return b.play(ctx) })
	}
	err := group.Wait()
	summary.Handsets = len(bouts)
	for _, b := range bouts {
		summary.Infra += b.infra
		if b.lost {
			summary.Unusable++
		}
	}
	summary.Interrupted = r.draining() || errors.Is(err, context.Canceled)
	note := "whole"
	if summary.Interrupted {
		note = "interrupted"
	}
	return summary, errors.Join(err, journal.Append(evidence.Entry{Kind: evidence.RunEnded, Note: note}))
}

// choose gives the places that the plan's filter wants, ready or not.
func (r *Runner) choose(ctx context.Context, plan Plan) ([]farm.Place, error) {
	if len(plan.Scenarios) == 0 {
		return nil, fmt.Errorf("%w: no scenario was chosen", ErrNothing)
	}
	all, err := r.survey(ctx, plan.Inventory)
	if err != nil {
		return nil, err
	}
	var places []farm.Place
	for _, p := range all {
		if p.State != farm.Unlisted && p.State != farm.Retired && plan.Filter.Wants(p.Entry) {
			places = append(places, p)
		}
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("%w: no handset of devices.yaml matches --brand, --model and --serial; 'assay devices' lists them", ErrNothing)
	}
	return places, nil
}

// room opens the farm: handsets are asked how they are before they are leased.
func (r *Runner) room() *farm.Farm {
	f := farm.New(r.Server)
	f.CheckUp, f.Quarantine, f.Log = true, r.Quarantine, r.Log
	f.Clock, f.Answer = r.Clock, r.Limits.Vital
	return f
}

// survey compares the inventory with what is attached, and with the quarantine.
func (r *Runner) survey(ctx context.Context, inv farm.Inventory) ([]farm.Place, error) {
	places, err := r.room().Survey(ctx, inv)
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

func bundleDir(dir, name string) string { return filepath.Join(dir, bundlesName, name) }
