package virtual

import (
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// startedService is one service of a specimen that has been started and runs.
type startedService struct {
	p          *installed
	user       int
	class      string // in full
	pid        int
	foreground bool
	created    time.Time
}

// component is the service as package/class in full.
func (s *startedService) component() string { return s.p.Name + "/" + s.class }

// serve starts a service in a process, for a while.
func (h *PhoneHandset) serve(p *installed, n *proc, d *persona.ServeAction) {
	class := d.Class
	if strings.HasPrefix(class, ".") {
		class = p.Name + class
	}
	s := &startedService{p: p, user: n.uid / 100000, class: class, pid: n.pid, foreground: d.Foreground, created: h.clock.Now()}
	h.state.services = append(h.state.services, s)
	h.event("am_create_service", s.user, h.number("service", s.component()), persona.ShortComponent(s.component()), n.uid, n.pid)
	if s.foreground {
		h.logUsage(usageServiceStart, p.Name, class)
		h.useOp(p, s.user, &persona.UseAction{Op: "START_FOREGROUND", For: d.For})
	}
	h.agenda().after(s.created.Add(time.Duration(d.For)), n.pid, func() {
		h.state.services = slices.DeleteFunc(h.state.services, func(o *startedService) bool { return o == s })
		if s.foreground {
			h.logUsage(usageServiceStop, p.Name, class)
		}
		h.event("am_destroy_service", s.user, h.number("service", s.component()), n.pid)
	})
}

// servicesOf are the services that run in a process.
func (s *state) servicesOf(pid int) []*startedService {
	var found []*startedService
	for _, v := range s.services {
		if v.pid == pid {
			found = append(found, v)
		}
	}
	return found
}

// stateOf is what a process is to its user: what its activities make it, or, off
// the screen, what its services do: fgsvc with a notification, bg without.
func (s *state) stateOf(n *proc) string {
	best := n.state
	for _, v := range s.servicesOf(n.pid) {
		as := "bg"
		if v.foreground {
			as = "fgsvc"
		}
		if stateRank[as] < stateRank[best] {
			best = as
		}
	}
	return best
}
