package virtual

import (
	"time"
)

// jump sets the clock on the handset's wall forwards or back. Its uptime, and
// all that is planned by that, go on as before; what was noted with a time keeps
// the time that was noted.
func (h *PhoneHandset) jump(by time.Duration) {
	h.clock.jump(by)
	for i := range h.state.plans.plans {
		h.state.plans.plans[i].at = h.state.plans.plans[i].at.Add(by)
	}
	before := h.clock.Now().Add(-by)
	for _, u := range h.state.uses {
		if u.until.After(before) {
			u.until = u.until.Add(by)
		}
	}
	h.logSystem("system", 'I', "AlarmManager", "Setting time of day to sec=%d", h.clock.Now().Unix())
}

func (c *clock) jump(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start = c.start.Add(by)
}

// boot sets the uptime to what a boot takes.
func (c *clock) boot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up = bootTakes - c.now().Sub(c.start)
}

// bootTime is when the handset was last switched on.
func (c *clock) bootTime() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.start.Add(-c.up)
}
