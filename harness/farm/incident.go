package farm

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/harness/adb"
)

// Loss is a handset that was lost at a time.
type Loss struct {
	Key  string // of the entry
	Hub  string // that devices.yaml names; empty: the one above Path
	Path string // of USB: usb:1-4.2; empty on the network
	Host string // the computer that Path is of; empty: this one
	At   time.Time
}

// LossOf is the loss of the handset at a place.
func LossOf(p Place, at time.Time) Loss {
	return Loss{Key: p.Entry.Key(), Hub: adb.Port(p.Entry.Hub),
		Path: cmp.Or(p.Row.Path, p.Entry.port()), Host: computer(p.Entry.Server), At: at}
}

// Incident is what was lost together: handsets that share a hub, within a short
// time. One that was lost alone is an incident too.
type Incident struct {
	Hub    string // what they share: usb:1-4, or the name in devices.yaml; empty where nothing is known
	Host   string // the computer that Hub is of; empty: this one, or devices.yaml names the hub
	Began  time.Time
	Losses []Loss // by time, then key; a handset that is lost again within the time is there once
}

// Shared says whether the hub is to blame, rather than a handset: more than one
// was lost.
func (i Incident) Shared() bool { return len(i.Losses) > 1 }

// Together is how far apart the losses of one incident may lie.
const Together = 2 * time.Second

// Incidents groups losses, in any order, into incidents: by time, those that
// share a hub within a span from the first. A hub further up is shared only by
// what is lost while nothing nearer is: 1-4.1 and 1-4.3.2 share 1-4; 1-4.1 and
// 1-5.1 share no hub but the computer's own, and are two incidents.
func Incidents(losses []Loss, within time.Duration) []Incident {
	losses = slices.Clone(losses)
	slices.SortStableFunc(losses, func(a, b Loss) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
	var found []Incident
	for _, l := range losses {
		if i := slices.IndexFunc(found, func(i Incident) bool { return l.At.Sub(i.Began) <= within && i.takes(l) }); i >= 0 {
			found[i].add(l)
			continue
		}
		found = append(found, Incident{Hub: l.hub(), Host: l.host(), Began: l.At, Losses: []Loss{l}})
	}
	return found
}

// takes says whether a loss belongs to the incident.
func (i Incident) takes(l Loss) bool {
	return i.has(l.Key) || i.Host == l.host() && shared(i.Hub, l.hub()) != ""
}

func (i Incident) has(key string) bool {
	return slices.ContainsFunc(i.Losses, func(l Loss) bool { return l.Key == key })
}

func (i *Incident) add(l Loss) {
	if i.has(l.Key) {
		return
	}
	i.Hub = shared(i.Hub, l.hub())
	i.Losses = append(i.Losses, l)
}

// hub is what a handset hangs on.
func (l Loss) hub() string {
	if l.Hub != "" {
		return l.Hub
	}
	hub, _ := splitPort(l.Path)
	return hub
}

// host is the computer whose hub it is.
func (l Loss) host() string {
	if l.Hub != "" {
		return ""
	}
	return l.Host
}

// splitPort takes a USB path apart as the kernel builds it (bus-port.port…):
// usb:1-4.2 is port 2 of usb:1-4, and usb:1-4 is port 4 of the root hub usb:1.
func splitPort(path string) (hub, port string) {
	if i := strings.LastIndexAny(path, ".-"); i > 0 && strings.HasPrefix(path, "usb:") {
		return path[:i], path[i+1:]
	}
	return "", ""
}

// shared is the hub that two hubs hang on, or are; empty where there is none but
// the computer's own.
func shared(a, b string) string {
	if a == b {
		return a
	}
	for up := a; up != ""; up, _ = splitPort(up) {
		if strings.HasPrefix(up, "usb:") && strings.Contains(up, "-") && (up == b || strings.HasPrefix(b, up+".")) {
			return up
		}
	}
	return ""
}

// mostLosses is how many losses a Collector keeps.
const mostLosses = 4096

// Collector gathers the losses of a run. The zero value is ready; it may be used
// from many goroutines.
type Collector struct {
	mu     sync.Mutex
	losses []Loss
}

// Lost adds a loss.
func (c *Collector) Lost(l Loss) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.losses = append(c.losses, l)
	if over := len(c.losses) - mostLosses; over > 0 {
		c.losses = c.losses[over:]
	}
}

// Forget takes a loss back that was no handset's and no hub's.
func (c *Collector) Forget(l Loss) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.losses = slices.DeleteFunc(c.losses, func(x Loss) bool { return x == l })
}

// Of gives the incident of a loss that was added. It is complete once Together
// has passed since the loss.
func (c *Collector) Of(l Loss) Incident {
	for _, i := range c.Incidents() {
		if slices.Contains(i.Losses, l) || i.has(l.Key) && l.At.Sub(i.Began) >= 0 && l.At.Sub(i.Began) <= Together {
			return i
		}
	}
	return Incident{Hub: l.hub(), Host: l.host(), Began: l.At, Losses: []Loss{l}}
}

// Incidents gives all, by time.
func (c *Collector) Incidents() []Incident {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Incidents(c.losses, Together)
}
