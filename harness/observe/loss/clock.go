package loss

import (
	"fmt"
	"time"

	"assay/harness/evidence"
)

// clockReading is one reading of the handset's clock during a scenario.
type clockReading struct {
	At     string    // when, in words
	Booted time.Time // by that clock; zero where unknown
}

// jumped is how far two readings must be apart to be a jump. A reading is to the second,
// and is rounded down.
const jumped = 2 * time.Second

// clockJumps says in words where the handset's clock was set between two readings: then
// the handset seems to have been switched on at another time. It is no jump where the clock
// differs from the host's, or where the two drift apart.
func clockJumps(looks []clockReading) []string {
	var told []string
	var last *clockReading
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

// clockAt is the reading that a capture has.
func clockAt(at string, c *evidence.Clock) clockReading {
	if c == nil {
		return clockReading{At: at}
	}
	return clockReading{At: at, Booted: c.Booted}
}
