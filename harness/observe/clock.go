package observe

import (
	"fmt"
	"time"

	"assay/harness/evidence"
)

// ClockLook is one reading of the handset's clock during a scenario.
type ClockLook struct {
	At     string    // when, in words
	Booted time.Time // by that clock; zero where unknown
}

// jumped is the least that a clock is set by. A reading is to the second, and
// rounds down.
const jumped = 2 * time.Second

// ClockJumps tells, in words, where the handset's clock was set between two
// readings: the moment of its boot is another by it. That it is ahead of the
// host's, or that the two drift, is no jump.
func ClockJumps(looks []ClockLook) []string {
	var told []string
	var last *ClockLook
	for i, look := range looks {
		if look.Booted.IsZero() {
			continue
		}
		if last != nil {
			if by := look.Booted.Sub(last.Booted).Round(time.Second); by.Abs() > jumped {
				told = append(told, fmt.Sprintf("the handset's clock was set %s between %s and %s", farther(by), last.At, look.At))
			}
		}
		last = &looks[i]
	}
	return told
}

func farther(by time.Duration) string {
	if by < 0 {
		return (-by).String() + " back"
	}
	return by.String() + " ahead"
}

// LookAt is what a capture's clock says.
func LookAt(at string, c *evidence.Clock) ClockLook {
	if c == nil {
		return ClockLook{At: at}
	}
	return ClockLook{At: at, Booted: c.Booted}
}
