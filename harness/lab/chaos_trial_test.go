package lab_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
)

// trial is one fault put to one handset at one boundary.
type trial struct {
	of       string // which of the 24 faults
	kind     fault.Kind
	calm     *calm
	boundary int
	script   fault.Script
	apart    bool // strikes more than its own handset: is played on a farm of its own
}

// trialsOf are the trials of every kind of fault at one boundary, by one seed:
// whether the fault comes with the last service before the boundary or with the
// first one behind it, in which form, on what, and after how many bytes.
func trialsOf(t *testing.T, c *calm, boundary, seed int, rows []fault.Row) []trial {
	t.Helper()
	var trials []trial
	for i, row := range rows {
		r := rand.New(rand.NewPCG(uint64(seed), uint64(boundary*1000+i)))
		f, err := fault.Parse(row.Forms[r.IntN(len(row.Forms))])
		require.NoError(t, err)
		at(r, &f, row, c.boundaries[boundary])
		if f.Kind == fault.SameSerial {
			f.What = cloneSerial(1) // its neighbour's
		}
		trials = append(trials, trial{of: row.Of, kind: row.Kind, calm: c, boundary: boundary, script: fault.Script{f}, apart: ofTheWholeServer(row)})
	}
	return trials
}

// at places a fault at a boundary.
func at(r *rand.Rand, f *fault.Fault, row fault.Row, services int) {
	f.After, f.Skip = services-r.IntN(2), 0
	once := f.Times > 0 // touches a service or a command, rather than the handset
	switch {
	case !once && f.Kind != fault.Climb:
		f.Match = ""
	case f.Kind != fault.LongLine && r.IntN(2) == 0:
		f.Match = ""
	}
	heeds := slices.Contains(row.Settings, "bytes") && f.Kind != fault.Full
	if heeds && (once || !isState(row) && r.IntN(3) == 0) {
		f.AfterBytes = r.Int64N(4096)
	}
}

// isState says whether a kind changes the handset rather than its transport.
func isState(row fault.Row) bool { return !onWire(row) && !inPrint(row) }

// onWire says whether a kind befalls the transport, or the row in adb's list.
func onWire(row fault.Row) bool {
	return slices.Contains([]fault.Kind{fault.CutOff, fault.Silent, fault.Slow, fault.Flapping, fault.Offline,
		fault.Unauthorized, fault.Unplugged, fault.Unreadable}, row.Kind) || ofTheWholeServer(row)
}

// inPrint says whether a kind befalls what one command prints.
func inPrint(row fault.Row) bool {
	return slices.Contains([]fault.Kind{fault.Climb, fault.CutLines, fault.DeepTree, fault.DumpTimeout, fault.Endless, fault.Escapes,
		fault.Hung, fault.Kicked, fault.LongLine, fault.Mute, fault.Refused, fault.Stale, fault.Truncated}, row.Kind)
}

// rowFor gives what is to be known of a kind.
func rowFor(kind fault.Kind) fault.Row {
	all := fault.All()
	return all[slices.IndexFunc(all, func(r fault.Row) bool { return r.Kind == kind })]
}

// ofTheWholeServer says whether a fault strikes others than its own handset.
func ofTheWholeServer(row fault.Row) bool {
	return strings.Contains(row.Of, "server") && row.Kind != fault.SystemRestart || strings.Contains(row.Of, "hub") || row.Kind == fault.SameSerial
}
