package virtual

import (
	"context"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// agenda is what will happen on a handset, by its own clock.
type agenda struct {
	plans []plan // by time, then in the order in which they were made
	made  int
}

// plan is one thing that will happen. With a pid it dies with that process.
type plan struct {
	at   time.Time
	made int
	pid  int
	do   func()
}

func (h *PhoneHandset) agenda() *agenda { return &h.state.plans }

// after plans do for a time.
func (a *agenda) after(at time.Time, pid int, do func()) {
	a.made++
	p := plan{at, a.made, pid, do}
	i, _ := slices.BinarySearchFunc(a.plans, p, func(x, y plan) int {
		if c := x.at.Compare(y.at); c != 0 {
			return c
		}
		return x.made - y.made
	})
	a.plans = slices.Insert(a.plans, i, p)
}

// drop forgets what a process had planned.
func (a *agenda) drop(pid int) {
	a.plans = slices.DeleteFunc(a.plans, func(p plan) bool { return p.pid == pid })
}

// pass lets d go by and plays all that falls into it. The caller holds the lock.
func (h *PhoneHandset) pass(d time.Duration) { h.passUntil(h.clock.Now().Add(d)) }

func (h *PhoneHandset) passUntil(end time.Time) {
	for {
		a := h.agenda()
		if len(a.plans) == 0 || a.plans[0].at.After(end) {
			break
		}
		next := a.plans[0]
		a.plans = slices.Delete(a.plans, 0, 1)
		h.clock.advance(next.at)
		next.do()
	}
	h.clock.advance(end)
}

// catchUp plays what is due where the clock keeps the wall's pace.
func (h *PhoneHandset) catchUp() {
	if h.clock.isReal() {
		h.passUntil(h.clock.Now())
	}
}

// Sleep lets d pass on the handset and plays, in order, all that its apps do in
// that time. It returns at once, unless the handset keeps the wall's pace.
func (h *PhoneHandset) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	if h.clock.isReal() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		h.lock()()
		return nil
	}
	defer h.lock()()
	h.pass(d)
	return nil
}

// planChores enters what specimens do of their own accord, from now on.
func (h *PhoneHandset) planChores() {
	for _, p := range h.state.sortedPackages() {
		if p.manner == nil {
			continue
		}
		for i, c := range p.manner.Idle {
			// not all at one instant: each app has its own moment in its period
			shift := time.Duration(h.number("chore", p.Name)%1000) * time.Duration(c.Every) / 4000
			s := &choreState{p: p, chore: c, number: i, set: h.bootTime().Add(40 * time.Second)}
			h.state.past.chores = append(h.state.past.chores, s)
			h.planChore(s, h.clock.Now().Add(time.Duration(c.Every)-shift))
		}
	}
}

func (h *PhoneHandset) planChore(s *choreState, at time.Time) {
	p, c := s.p, s.chore
	s.next = at
	h.agenda().after(at, 0, func() {
		h.planChore(s, at.Add(time.Duration(c.Every)))
		if !s.active() || h.effects.dozing {
			return
		}
		why, class := c.Entry()
		n := h.start(p, 0, why, p.Name+"/"+p.Name+class)
		busy := script(c.Do).longest() + time.Second
		h.inBackground(n, busy)
		s.last, s.count, s.busy = at, s.count+1, s.busy+busy
		h.state.past.runs = remember(h.state.past.runs, maxRuns, choreRun{of: s, from: at, to: at.Add(busy), pid: n.pid})
		h.play(p, n, c.Do, nil)
	})
}

// active says whether Android would do the chore: a package that was stopped by
// force, or disabled, has neither alarms nor jobs.
func (s *choreState) active() bool {
	u := s.p.users[0]
	return u.installed && !u.stopped && u.enabled < 2
}

// inBackground puts a cached process into the background state for a while, as
// a running job does.
func (h *PhoneHandset) inBackground(n *proc, d time.Duration) {
	if n.state != "cch" {
		return
	}
	n.state = "bg"
	h.agenda().after(h.clock.Now().Add(d), n.pid, func() {
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

// play goes through a script in the name of a process, and then goes on with
// then, if not nil. A wait or a question gives way to the rest of the handset.
func (h *PhoneHandset) play(p *installed, n *proc, s []persona.Action, then func()) {
	user := n.uid / 100000
	for i, d := range s {
		rest := s[i+1:]
		switch {
		case d.Log != nil:
			h.logAs(n, "main", firstOr(d.Log.Level, 'I'), d.Log.Tag, "%s", h.expand(d.Log.Text))
		case d.Use != nil:
			h.useOp(p, user, d.Use)
		case d.Connect != nil:
			h.connect(n, d.Connect)
		case d.Serve != nil:
			h.serve(p, n, d.Serve)
		case d.Sense != nil:
			now := h.clock.Now()
			x := hold{what: d.Sense.Sensor, p: p, user: user, pid: n.pid, from: now, to: now.Add(time.Duration(d.Sense.For))}
			h.state.past.senses = remember(h.state.past.senses, maxHolds, x)
		case d.Crash != nil:
			h.crash(n, d.Crash)
			return
		case d.Wait != nil:
			h.agenda().after(h.clock.Now().Add(time.Duration(*d.Wait)), n.pid, func() { h.play(p, n, rest, then) })
			return
		case d.Ask != nil:
			ask := d.Ask
			h.ask(p, n, ask.Permission, func(granted bool) {
				branch := ask.Refused
				if granted {
					branch = ask.Granted
				}
				h.play(p, n, branch, func() { h.play(p, n, rest, then) })
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

// crash ends a process the way an uncaught exception does.
func (h *PhoneHandset) crash(n *proc, d *persona.CrashAction) {
	h.logAs(n, "crash", 'E', "AndroidRuntime", "FATAL EXCEPTION: main\nProcess: %s, PID: %d\n%s: %s\n"+
		"\tat %s.MainActivity.onCreate(MainActivity.java:41)\n\tat android.app.Activity.performCreate(Activity.java:8051)",
		n.name, n.pid, d.Exception, d.Message, n.pkg)
	h.event("am_crash", n.pid, n.uid/100000, n.name, 551042629, d.Exception, d.Message, "MainActivity.java", 41)
	h.leaveScreen(n.pkg)
	h.kill(n, "")
}
