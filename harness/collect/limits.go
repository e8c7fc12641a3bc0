package collect

import "assay/harness/evidence"

// largest is the largest print-out of each source that is known of a real handset,
// in bytes, where it is above half a megabyte: a shared corpus of 76 handsets of
// Android 5 to 16. Of package-detail it is one package's, for each of the twenty that
// a capture asks about.
var largest = []struct {
	source string
	bytes  int64
}{
	{"dumpsys-activity-broadcast-state", 943_273}, // vivo X9, Android 7.1
	{"dumpsys-jobscheduler", 922_240},             // Redmi 9 Power, Android 12
	{"dumpsys-package", 3_230_194},                // vivo X9, Android 7.1
	{"dumpsys-sensorservice", 688_272},            // Xiaomi, Android 10
	{"package-detail", 20 * 254_227},              // an assistant on Samsung, Android 16
}

// A source may print sixteen times the largest that is known, and none needs less
// than 8 MiB: half a megabyte is more than any other source prints.
const (
	generous   = 16
	leastLimit = 8 << 20
)

// Most is how many bytes a collector's print-out may have.
func (c Collector) Most() int64 {
	if c.Limit != 0 {
		return c.Limit
	}
	for _, l := range largest {
		if l.source == c.Name {
			return max(leastLimit, l.bytes*generous)
		}
	}
	return leastLimit
}

// Budget is a Shell that takes no more than so much for one job.
type Budget interface {
	// Spent gives the reason why nothing more is taken, or "".
	Spent() string
}

// spent records that nothing is asked any more, where a shell's budget is spent.
func spent(sh Shell, to Recorder, r Request) (evidence.Capture, bool, error) {
	b, ok := sh.(Budget)
	if !ok || b.Spent() == "" {
		return evidence.Capture{}, false, nil
	}
	c, err := unasked(to, r, evidence.NotRun, b.Spent())
	return c, true, err
}
