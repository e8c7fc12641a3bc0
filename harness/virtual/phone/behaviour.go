package phone

import (
	"context"
	"fmt"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// Agenda is what will happen on a handset, by its own clock.
type Agenda struct {
	List []plan // by time, then in the order in which they were made
	made int
}

// plan is one thing that will happen. With a pid it dies with that process.
type plan struct {
	at   time.Time
	made int
	pid  int
	do   func()
}

func (h *Handset) agenda() *Agenda { return &h.State.Plans }

// after plans do for a time.
func (a *Agenda) after(at time.Time, pid int, do func()) {
	a.made++
	p := plan{at, a.made, pid, do}
	i, _ := slices.BinarySearchFunc(a.List, p, func(x, y plan) int {
		if c := x.at.Compare(y.at); c != 0 {
			return c
		}
		return x.made - y.made
	})
	a.List = slices.Insert(a.List, i, p)
}

// drop forgets what a process had planned.
func (a *Agenda) drop(pid int) {
	a.List = slices.DeleteFunc(a.List, func(p plan) bool { return p.pid == pid })
}

// Pass lets d go by and plays all that falls into it. The caller holds the lock.
func (h *Handset) Pass(d time.Duration) { h.passUntil(h.Clock.Now().Add(d)) }

func (h *Handset) passUntil(end time.Time) {
	for {
		a := h.agenda()
		if len(a.List) == 0 || a.List[0].at.After(end) {
			break
		}
		next := a.List[0]
		a.List = slices.Delete(a.List, 0, 1)
		h.Clock.Advance(next.at)
		next.do()
	}
	h.Clock.Advance(end)
}

// catchUp plays what is due where the clock keeps the wall's pace.
func (h *Handset) catchUp() {
	if h.Clock.isReal() {
		h.passUntil(h.Clock.Now())
	}
}

// Sleep lets d pass on the handset and plays, in order, all that its apps do in
// that time. It returns at once, unless the handset keeps the wall's pace.
func (h *Handset) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	if h.Clock.isReal() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		h.Lock()()
		return nil
	}
	defer h.Lock()()
	h.Pass(d)
	return nil
}

// planChores enters what specimens do of their own accord, from now on.
func (h *Handset) planChores() {
	for _, p := range h.State.SortedPackages() {
		if p.Manner == nil {
			continue
		}
		for i, c := range p.Manner.Idle {
			// not all at one instant: each app has its own moment in its period
			shift := time.Duration(h.Number("chore", p.Name)%1000) * time.Duration(c.Every) / 4000
			s := &Chore{Package: p, Plan: c, Number: i, Set: h.BootTime().Add(40 * time.Second)}
			h.State.History.Chores = append(h.State.History.Chores, s)
			h.planChore(s, h.Clock.Now().Add(time.Duration(c.Every)-shift))
		}
	}
}

func (h *Handset) planChore(s *Chore, at time.Time) {
	p, c := s.Package, s.Plan
	s.Next = at
	h.agenda().after(at, 0, func() {
		h.planChore(s, at.Add(time.Duration(c.Every)))
		if !s.Active() || h.effects.dozing {
			return
		}
		why, class := c.Entry()
		n := h.Start(p, 0, why, p.Name+"/"+p.Name+class)
		busy := script(c.Do).longest() + time.Second
		h.inBackground(n, busy)
		s.Last, s.Count, s.Busy = at, s.Count+1, s.Busy+busy
		h.State.History.Runs = remember(h.State.History.Runs, maxRuns, ChoreRun{Chore: s, From: at, To: at.Add(busy), PID: n.PID})
		h.Play(p, n, c.Do, nil)
	})
}

// Active says whether Android would do the chore: a package that was stopped by
// force, or disabled, has neither alarms nor jobs.
func (s *Chore) Active() bool {
	u := s.Package.Users[0]
	return u.Installed && !u.Stopped && u.Enabled < 2
}

// inBackground puts a cached process into the background state for a while, as
// a running job does.
func (h *Handset) inBackground(n *Process, d time.Duration) {
	if n.state != "cch" {
		return
	}
	n.state = "bg"
	h.agenda().after(h.Clock.Now().Add(d), n.PID, func() {
		if n.state == "bg" {
			n.state = "cch"
		}
	})
}

type script []persona.Action

// longest is how long a script keeps its process busy.
func (s script) longest() time.Duration {
	var at, end time.Duration
	for _, d := range s {
		switch {
		case d.Wait != nil:
			at += time.Duration(*d.Wait)
		case d.Use != nil:
			end = max(end, at+time.Duration(d.Use.For))
		case d.Serve != nil:
			end = max(end, at+time.Duration(d.Serve.For))
		case d.Sense != nil:
			end = max(end, at+time.Duration(d.Sense.For))
		}
		end = max(end, at)
	}
	return end
}

// Play goes through a script in the name of a process, and then goes on with
// then, if not nil. A wait or a question gives way to the rest of the handset.
func (h *Handset) Play(p *Package, n *Process, s []persona.Action, then func()) {
	user := n.UID / 100000
	for i, d := range s {
		rest := s[i+1:]
		switch {
		case d.Log != nil:
			h.LogAs(n, "main", firstOr(d.Log.Level, 'I'), d.Log.Tag, h.expand(d.Log.Text))
		case d.Use != nil:
			h.useOp(p, user, d.Use)
		case d.Connect != nil:
			h.connect(n, d.Connect)
		case d.Serve != nil:
			h.StartService(p, n, d.Serve)
		case d.Sense != nil:
			now := h.Clock.Now()
			x := Access{Op: d.Sense.Sensor, Package: p, User: user, PID: n.PID, From: now, To: now.Add(time.Duration(d.Sense.For))}
			h.State.History.Sensors = remember(h.State.History.Sensors, maxHolds, x)
		case d.Crash != nil:
			h.Crash(n, d.Crash)
			return
		case d.Wait != nil:
			h.agenda().after(h.Clock.Now().Add(time.Duration(*d.Wait)), n.PID, func() { h.Play(p, n, rest, then) })
			return
		case d.Ask != nil:
			ask := d.Ask
			h.ask(p, n, ask.Permission, func(granted bool) {
				branch := ask.Refused
				if granted {
					branch = ask.Granted
				}
				h.Play(p, n, branch, func() { h.Play(p, n, rest, then) })
			})
			return
		}
	}
	if then != nil {
		then()
	}
}

func firstOr(s string, otherwise byte) byte {
	if s == "" {
		return otherwise
	}
	return s[0]
}

// Crash ends a process the way an uncaught exception does.
func (h *Handset) Crash(n *Process, d *persona.CrashAction) {
	h.LogAs(n, "crash", 'E', "AndroidRuntime", fmt.Sprintf("FATAL EXCEPTION: main\nProcess: %s, PID: %d\n%s: %s\n"+
		"\tat %s.MainActivity.onCreate(MainActivity.java:41)\n\tat android.app.Activity.performCreate(Activity.java:8051)",
		n.Name, n.PID, d.Exception, d.Message, n.Package))
	h.Event("am_crash", n.PID, n.UID/100000, n.Name, 551042629, d.Exception, d.Message, "MainActivity.java", 41)
	h.LeaveScreen(n.Package)
	h.Kill(n, "")
}
