package judge

import (
	"cmp"
	"fmt"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// weigh says what a capture covers: what the transport tells, what the command said on
// its standard error, and what the print-out itself shows, the worst of them. err is
// what ended its reading.
func weigh(m evidence.Manifest, c evidence.Capture, r printout.Reading, err error) evidence.Coverage {
	told := c.Coverage
	switch {
	case err != nil:
		return evidence.Coverage{State: evidence.Truncated, Reason: fmt.Sprintf("could not be read to its end: %v", err)}
	case told.State == evidence.Unknown && m.Scenario == evidence.Imported:
		return found(told, r)
	case told.State != evidence.Whole:
		return told
	case !r.Coverage.Complete():
		told.State, told.Reason = r.Coverage.State, cmp.Or(r.Coverage.Reason, r.Weakness())
	case android.Complaint(c.Stderr) != "":
		told.State, told.Reason = evidence.Truncated, "it complained on its standard error: "+android.Complaint(c.Stderr)
	case r.Weakness() != "":
		told.State, told.Reason = evidence.Truncated, r.Weakness()
	}
	return told
}

// found weighs a file that was taken in as it was found: only what it shows itself tells
// whether it is whole.
func found(told evidence.Coverage, r printout.Reading) evidence.Coverage {
	switch {
	case !r.Coverage.Complete():
		return r.Coverage
	case r.Lacks != "":
		return evidence.Coverage{State: evidence.Truncated, Reason: r.Lacks}
	case r.End == printout.EndSeen:
		told.State = evidence.Whole
		return told
	case r.End == printout.EndMissing:
		return evidence.Coverage{State: evidence.Unknown, Reason: r.Weakness()}
	}
	return evidence.Coverage{State: evidence.Unknown, Reason: "nothing in it shows where it ends"}
}
