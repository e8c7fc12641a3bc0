package lab

import (
	"cmp"
	"time"
)

// Limits are a Runner's limits of time and of output. Zero values mean the defaults, which suit
// handsets; a farm whose handsets answer at once may have shorter ones.
type Limits struct {
	Answer  time.Duration // of a short command; 1 min
	Capture time.Duration // of one capture, at most; 0: what its collector allows
	Output  int64         // bytes of one capture, at most; 0: what its collector allows
	Job     int64         // bytes of all captures of one job but its log, at most; 512 MiB
	Log     int64         // bytes of one reader's log, at most, and half of what all readers of a job may bring; 1 GiB
	Cleanup time.Duration // to put a handset back as it was found, also when the run was cancelled; 30 s
	Settle  time.Duration // for the log to bring an entry that another reader has seen already; 10 s
	Vital   time.Duration // of one question of a health check or of the recovery ladder; 10 s
	Reserve int64         // bytes of the host's disk that must be free for a job to begin; 256 MiB
}

func (l Limits) answer() time.Duration  { return cmp.Or(l.Answer, time.Minute) }
func (l Limits) cleanup() time.Duration { return cmp.Or(l.Cleanup, 30*time.Second) }
func (l Limits) settle() time.Duration  { return cmp.Or(l.Settle, 10*time.Second) }
func (l Limits) reserve() int64         { return cmp.Or(l.Reserve, 256<<20) }

// output is the limit of bytes of a capture whose collector has one of its own.
func (l Limits) output(own int64) int64 { return cmp.Or(l.Output, own) }

// capture bounds a collector's own limit.
func (l Limits) capture(own time.Duration) time.Duration {
	if l.Capture > 0 {
		return min(own, l.Capture)
	}
	return own
}
