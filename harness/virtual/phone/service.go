package phone

import (
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// Service is one service of a specimen that has been started and runs.
type Service struct {
	Package    *Package
	User       int
	Class      string // in full
	PID        int
	Foreground bool
	Created    time.Time
}

// Component is the service as package/class in full.
func (s *Service) Component() string { return s.Package.Name + "/" + s.Class }

// StartService starts a service in a process, for a while.
func (h *Handset) StartService(p *Package, n *Process, d *persona.ServeAction) {
	class := d.Class
	if strings.HasPrefix(class, ".") {
		class = p.Name + class
	}
	s := &Service{Package: p, User: n.UID / 100000, Class: class, PID: n.PID, Foreground: d.Foreground, Created: h.Clock.Now()}
	h.State.Services = append(h.State.Services, s)
	h.Event("am_create_service", s.User, h.Number("service", s.Component()), persona.ShortComponent(s.Component()), n.UID, n.PID)
	if s.Foreground {
		h.logUsage(UsageServiceStart, p.Name, class)
		h.useOp(p, s.User, &persona.UseAction{Op: "START_FOREGROUND", For: d.For})
	}
	h.agenda().after(s.Created.Add(time.Duration(d.For)), n.PID, func() {
		h.State.Services = slices.DeleteFunc(h.State.Services, func(o *Service) bool { return o == s })
		if s.Foreground {
			h.logUsage(UsageServiceStop, p.Name, class)
		}
		h.Event("am_destroy_service", s.User, h.Number("service", s.Component()), n.PID)
	})
}

// servicesOf are the services that run in a process.
func (s *State) servicesOf(pid int) []*Service {
	var found []*Service
	for _, v := range s.Services {
		if v.PID == pid {
			found = append(found, v)
		}
	}
	return found
}

// StateOf is what a process is to its user: what its activities make it, or, off
// the screen, what its services do: fgsvc with a notification, bg without.
func (s *State) StateOf(n *Process) string {
	best := n.state
	for _, v := range s.servicesOf(n.PID) {
		as := "bg"
		if v.Foreground {
			as = "fgsvc"
		}
		if stateRank[as] < stateRank[best] {
			best = as
		}
	}
	return best
}
