package collect

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// logcat is streamed from before the first step until after the last, and never
// cleared. -T 1 starts at the newest entry, so that the stream proves that it
// stands before the first step. Modifiers uid, year and zone came with Android 7
// (system/core liblog, logprint.c). With usec no two entries of one thread have
// the same time, so that the lines of one entry are told from two entries.
var logcat = Collector{
	Name: "logcat",
	When: Stream,
	Forms: []Form{
		{From: 24, Argv: append(strings.Fields(logOf24), fromNewest...), Needs: []Need{{"option", "logcat -v uid"}}},
		{Argv: append(strings.Fields(logOf5), fromNewest...)},
	},
}

// fromNewest ends the command of a log that is streamed.
var fromNewest = []string{"-T", "1"}

// Since is a log's stream once more, from a time on: one that Stamp gives, or that an
// entry begins with.
func (c Call) Since(stamp string) Call {
	c.Argv = append(c.logcat(), "-T", stamp)
	return c
}

// Newest is the command that prints so many of the last entries of a log that is
// streamed, in the same form.
func (c Call) Newest(entries int) []string {
	return append(c.logcat(), "-d", "-t", strconv.Itoa(entries))
}

// Stamp is a time of the handset's as a log that is streamed prints it.
func (c Call) Stamp(t time.Time) string {
	if slices.Contains(c.Argv, "year") {
		return t.Format("2006-01-02 15:04:05.000")
	}
	return t.Format("01-02 15:04:05.000")
}

// logcat is the command of a log's stream without where it begins.
func (c Call) logcat() []string {
	return slices.Clone(c.Argv[:len(c.Argv)-len(fromNewest)])
}

// How the log is asked for: buffers and format.
const (
	logOf24 = "logcat -b main,system,crash,events -v threadtime -v year -v zone -v uid -v usec"
	logOf5  = "logcat -b main -b system -b crash -b events -v threadtime"
)

// logcatBinary is the log once more as logd keeps it (-B), where the stream of its
// text did not bring all that was written: of some entries logcat prints no
// line (observe's parser says which). It has no lines, and nothing in it is a
// log line a second time. The largest rings that makers set hold 16 MB each.
var logcatBinary = Collector{
	Name: "logcat-binary",
	When: Missing,
	Forms: []Form{
		{From: 24, Script: "logcat -b main,system,crash,events -B -d -T {}"},
		{Script: "logcat -b main -b system -b crash -b events -B -d -T {}"},
	},
	Total:  time.Minute,
	Limit:  64 << 20,
	Binary: true,
}

// logcatStatistics is what logd says of the log's buffers while it is streamed:
// their sizes (-g), and how much was ever written to them (-S). The newest entry
// before and after them shows where in the stream they stand.
var logcatStatistics = Collector{
	Name: "logcat-statistics",
	When: Beside,
	Forms: []Form{
		{From: 24, Script: statisticsOf(logOf24), Needs: []Need{{"option", "logcat -v uid"}}},
		{Script: statisticsOf(logOf5)},
	},
	Whole: endsWithNewline,
	Total: time.Minute,
}

// statisticsOf makes the script. The statistics do not always end their last line.
func statisticsOf(log string) string {
	buffers, _, _ := strings.Cut(log, " -v ")
	return `echo "@@ newest"; ` + log + ` -d -t 1; ` +
		`echo "@@ sizes"; ` + buffers + ` -g; ` +
		`echo "@@ statistics"; ` + buffers + ` -S; ` +
		`echo; echo "@@ newest"; ` + log + ` -d -t 1; echo "@@ end"`
}
