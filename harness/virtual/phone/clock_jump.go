package phone

import (
	"time"
)

// jump sets the clock on the handset's wall forwards or back. Its uptime, and
// all that is planned by that, go on as before; what was noted with a time keeps
// the time that was noted.
func (h *Handset) jump(by time.Duration) {
	h.Clock.jump(by)
	for i := range h.State.Plans.List {
		h.State.Plans.List[i].at = h.State.Plans.List[i].at.Add(by)
	}
	before := h.Clock.Now().Add(-by)
	for _, u := range h.State.Uses {
		if u.Until.After(before) {
			u.Until = u.Until.Add(by)
		}
	}
	h.LogSystem("system", 'I', "AlarmManager", "Setting time of day to sec=%d", h.Clock.Now().Unix())
}
