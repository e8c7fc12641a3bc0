package lab

import (
	"context"
	"errors"
	"io"
	"math/bits"
	"slices"

	"assay/harness/android"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/observe/fact"
	"assay/harness/scenario"
)

// dialogWatch watches for dialogs while the steps of one attempt are played: when a
// step is over, and between the slices of a wait.
type dialogWatch struct {
	job     *job
	watcher *scenario.Watcher
	moment  scenario.Moment
	looking bool          // a look waits by sleeping, as steps do
	waits   int           // slices of the step's waiting, so far
	seen    []fact.Dialog // since the last step was written
	blind   string        // why there may have been others
}

// watch begins to look, and deals with what stands in front before the first
// step. What is gone then has kept nothing from happening.
func (j *job) watch(ctx context.Context, s scenario.Scenario) error {
	j.dialogs = &dialogWatch{job: j}
	j.dialogs.watcher = scenario.NewWatcher(s, j.dialogs)
	j.handset.waiter.observers = append(j.handset.waiter.observers, j.dialogs)
	err := j.dialogs.check(ctx)
	for i := range j.dialogs.seen {
		d := &j.dialogs.seen[i]
		d.Early = d.Answer != fact.AnswerLeave && d.Answer != fact.AnswerStays
	}
	return err
}

// begin is a step that is about to be played, as the first of those ahead.
func (l *dialogWatch) begin(ahead []scenario.Action, t scenario.Target) {
	l.waits = 0
	l.moment = scenario.Moment{Target: t, Action: ahead[0], During: true, Ahead: ahead}
}

// waited looks while a step waits, after so many slices more: often at first,
// when what it did may have brought something up, and ever more seldom in a long
// wait: at powers of two.
func (l *dialogWatch) waited(ctx context.Context, n int) error {
	if l.looking {
		return nil
	}
	if l.waits += n; l.waits&(l.waits-1) != 0 {
		return nil
	}
	return l.check(ctx)
}

// pause is how many slices of a wait there are until the next look.
func (l *dialogWatch) pause() int {
	if l.looking {
		return 1
	}
	return 1<<bits.Len(uint(l.waits)) - l.waits
}

// over is the end of the step.
func (l *dialogWatch) over(ctx context.Context, r scenario.Report) error {
	l.moment.During, l.moment.Aimed, l.moment.Ahead = false, android.Package(r.Package), l.moment.Ahead[1:]
	return l.check(ctx)
}

// check has the watcher look, unless it does already.
func (l *dialogWatch) check(ctx context.Context) error {
	if l.looking {
		return nil
	}
	l.looking = true
	defer func() { l.looking = false }()
	sightings, err := l.watcher.Look(ctx, l.job.handset, l.moment)
	for _, s := range sightings {
		l.seen = append(l.seen, fact.Dialog{Name: s.Kind, Window: s.Window, Package: s.Package, IDs: s.IDs,
			Answer: s.Answer, Declared: s.Declared, Files: s.Kept})
	}
	switch {
	case errors.Is(err, scenario.ErrBlind):
		l.blind = err.Error()
		return nil
	case errors.Is(err, scenario.ErrLocked):
		return &farm.NotReady{
			State:  farm.Held,
			Cause:  err.Error(),
			Remedy: "unlock the handset by hand, and set its screen lock to none; then run it again with --serial",
			Err:    err,
		}
	}
	return err
}

// addTo adds what was seen to the step that is being written.
func (l *dialogWatch) addTo(s *fact.Step) {
	s.Dialogs, s.Unwatched = l.seen, l.blind
	l.seen, l.blind = nil, ""
}

// mostScreen is the most that is read of one look at the screen's views.
const mostScreen = 4 << 20

// Screen records the views on the screen.
func (l *dialogWatch) Screen(ctx context.Context) (text, kept string, err error) {
	c, err := l.capture(ctx, viewsSource)
	if err != nil || c.File == "" {
		return "", c.File, err
	}
	body, err := evidence.Body(l.job.bundle.Dir, c)
	if err != nil {
		return "", c.File, err
	}
	defer body.Close()
	raw, err := io.ReadAll(io.LimitReader(body, mostScreen))
	return string(raw), c.File, err
}

// Picture records a picture of the screen.
func (l *dialogWatch) Picture(ctx context.Context) (kept string, err error) {
	c, err := l.capture(ctx, evidence.Screenshot)
	return c.File, err
}

// capture asks one of the collectors of dialogs. A handset that does not answer it
// is coverage, and no error.
func (l *dialogWatch) capture(ctx context.Context, source string) (evidence.Capture, error) {
	all := collect.At(collect.Dialog, l.job.handset.SDK(), nil)
	i := slices.IndexFunc(all, func(c collect.Collector) bool { return c.Name == source })
	if i < 0 {
		return evidence.Capture{}, nil
	}
	if source == viewsSource {
		if err := l.job.beforeDump(ctx); err != nil {
			return evidence.Capture{}, err
		}
	}
	return collect.Take(ctx, l.job.handset, l.job.bundle, collect.Request{
		Collector: all[i], SDK: l.job.handset.SDK(), Phase: evidence.During, Clock: l.job.clock,
	})
}
