package fault

import (
	"cmp"
	"strings"
	"time"
)

// pending is a fault and how far it has come.
type pending struct {
	Fault
	row    Row
	box    *Box // that it is in
	begun  bool
	over   bool
	rests  bool // of kinds that come and go: it will come again
	since  time.Time
	at     int   // services that had been opened when it began
	ended  int   // or ended
	looks  int   // since it came or went last
	passed int   // matches that were let by
	struck int   // services or commands that it touched or that set it off
	cycles int64 // how often it has come
	first  *firstOutput
}

// newPending is a fault that has not come yet.
func newPending(f Fault, box *Box) *pending {
	return &pending{Fault: f.WithDefaults(), row: rowOf(f.Kind), box: box}
}

// WithDefaults is the fault with what its kind takes for settings that are not given.
func (f Fault) WithDefaults() Fault {
	other := rowOf(f.Kind).otherwise
	f.Count = cmp.Or(f.Count, other.Count)
	f.AfterBytes = cmp.Or(f.AfterBytes, other.AfterBytes)
	f.Match = cmp.Or(f.Match, other.Match)
	if f.Back == 0 && f.For == 0 {
		f.Back, f.For = other.Back, other.For
	}
	return f
}

// OfServer says whether the fault strikes the adb server or a hub, and no handset.
func (f Fault) OfServer() bool { return rowOf(f.Kind).class == onServer }

// never is a number of services that no handset sees.
const never = 1 << 62

// trigger is after how many bytes of a service's output the fault begins.
func (f *pending) trigger() int64 {
	if f.row.class == onCommand || f.Kind == Full {
		return 0
	}
	return f.AfterBytes
}

// byItself says whether no service sets the fault off, only their number.
func (f *pending) byItself() bool { return f.Match == "" && f.Skip == 0 && f.trigger() == 0 }

// wants says whether a fault is to touch a service or a command, or is to be set
// off by it. It counts those that are let by.
func (f *pending) wants(text string, opened int) bool {
	if f.over || opened <= f.After && f.After > 0 || !strings.Contains(text, f.Match) {
		return false
	}
	if f.Times > 0 && f.struck >= f.Times {
		return false
	}
	if f.passed < f.Skip {
		f.passed++
		return false
	}
	return true
}

// rearm has a fault that is through begin once more, where services are to set
// it off more often than they have.
func (f *pending) rearm() {
	if !f.byItself() && f.struck < f.Times {
		f.begun, f.over = false, false
	}
}
