package printout

import (
	"bytes"
	"time"
)

// Duration reads what TimeUtils.formatDuration prints: +1d2h3m4s5ms,
// -12h51m47s829ms, 0. It is false for anything else.
func Duration(b []byte) (time.Duration, bool) {
	if string(b) == "0" {
		return 0, true
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	negative := b[0] == '-'
	var total time.Duration
	for b = b[1:]; len(b) > 0; {
		n, i := time.Duration(0), 0
		for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			n = n*10 + time.Duration(b[i]-'0')
		}
		if i == 0 || i > 9 {
			return 0, false
		}
		unit, width := unitOf(b[i:])
		if width == 0 || n > time.Duration(1<<62)/unit || total > 1<<62 {
			return 0, false
		}
		total += n * unit
		b = b[i+width:]
	}
	if negative {
		total = -total
	}
	return total, true
}

// unitOf reads a unit of a duration, and gives how many letters it has.
func unitOf(b []byte) (unit time.Duration, width int) {
	switch {
	case bytes.HasPrefix(b, []byte("ms")):
		return time.Millisecond, 2
	case len(b) == 0:
		return 0, 0
	case b[0] == 'd':
		return 24 * time.Hour, 1
	case b[0] == 'h':
		return time.Hour, 1
	case b[0] == 'm':
		return time.Minute, 1
	case b[0] == 's':
		return time.Second, 1
	}
	return 0, 0
}

// LocalTime reads a date and a time of day, 2006-01-02 15:04:05, and leaves out what
// follows, such as thousandths.
func LocalTime(t []byte) (string, bool) {
	if len(t) < len(time.DateTime) {
		return "", false
	}
	at, err := time.Parse(time.DateTime, string(t[:len(time.DateTime)]))
	if err != nil {
		return "", false
	}
	return at.Format(time.DateTime), true
}
