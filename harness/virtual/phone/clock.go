package phone

import (
	"sync"
	"time"

	"assay/harness/virtual/persona"
)

// Clock is a handset's own clock. It stands still while the handset is only
// read, and goes forward when something is done to it: so a night passes in a
// moment, the same way each time. With Real set, time on the wall is added.
type Clock struct {
	mu    sync.RWMutex
	start time.Time // when the handset was switched on for the run
	spent time.Duration
	real  time.Time // wall clock at the switch to real time; zero: compressed
	zone  *time.Location
	up    time.Duration // uptime at start
}

// uptimeAtStart is how long a handset has been up when a run begins.
const uptimeAtStart = 26*time.Hour + 14*time.Minute + 9*time.Second + 310*time.Millisecond

// newClock is a clock that says what an identity gives.
func newClock(id persona.Identity) (*Clock, error) {
	at, zone, err := id.SwitchedOn()
	if err != nil {
		return nil, err
	}
	return &Clock{start: at, zone: zone, up: uptimeAtStart}, nil
}

// Now is the handset's time, in its own zone.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now().In(c.zone)
}

func (c *Clock) now() time.Time {
	at := c.start.Add(c.spent)
	if !c.real.IsZero() {
		at = at.Add(time.Since(c.real))
	}
	return at
}

// Zone is the handset's time zone.
func (c *Clock) Zone() *time.Location { return c.zone }

// Uptime is the time since the handset booted, deep sleep included.
func (c *Clock) Uptime() time.Duration {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.up + c.now().Sub(c.start)
}

// Advance moves the clock to at; it never goes back.
func (c *Clock) Advance(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := at.Sub(c.now()); d > 0 {
		c.spent += d
	}
}

// isReal says whether the handset keeps the wall's pace.
func (c *Clock) isReal() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return !c.real.IsZero()
}

// keepPace makes the clock go with the wall's from now on.
func (c *Clock) keepPace() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real.IsZero() {
		c.real = time.Now()
	}
}

// jump sets the time forwards or back, and leaves the uptime.
func (c *Clock) jump(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start = c.start.Add(by)
}

// boot sets the uptime to what a boot takes.
func (c *Clock) boot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up = bootTakes - c.now().Sub(c.start)
}

// bootTime is when the handset was last switched on.
func (c *Clock) bootTime() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.start.Add(-c.up)
}
