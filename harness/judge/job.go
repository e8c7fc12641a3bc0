package judge

import (
	"assay/harness/android"
	"assay/harness/finding"
	"assay/harness/ledger"
)

// judged is an attempt that bears on a verdict.
type judged struct {
	row     int // of the job's
	attempt int
	c       *finding.Case
}

// job enters every attempt at a job, and judges the last that finished with each
// build that the handset had. Earlier finished ones with the same build are
// compared with it: what differs is told, never hidden. What another build did
// says nothing of this one's steadiness.
func (b *judging) job(job ledger.Job) {
	var rows []finding.Job
	builds := map[string][]judged{}
	silent := map[int]bool{} // rows of attempts in which the handset said nothing
	take := func(row finding.Job, bundle string, ended bool) {
		row.Handset = b.info
		var c *finding.Case
		if ended {
			c = b.attempt(&row, bundle)
		}
		if row.Attempt == 0 || row.Handset.Build.ID() == "" { // it never began, or nothing of the handset was read so far
			row.Handset = b.unread()
		}
		if silent[len(rows)] = c == nil; c != nil {
			build := row.Handset.Build.ID()
			builds[build] = append(builds[build], judged{len(rows), row.Attempt, c})
		}
		rows = append(rows, row)
	}
	for _, e := range job.Earlier {
		take(finding.Job{Scenario: job.Scenario, Repeat: job.Repeat, Attempt: e.Number, Bundle: e.Bundle, Outcome: e.Outcome}, e.Bundle, true)
	}
	take(finding.Job{Scenario: job.Scenario, Repeat: job.Repeat, Attempt: job.Attempt, Bundle: job.Bundle,
		Outcome: job.Outcome, Changes: job.Changes, NotUndone: job.NotUndone(), Moved: job.Moved}, job.Bundle, job.Ended)
	for _, same := range builds {
		last := same[len(same)-1]
		tell := last.row
		if end := len(rows) - 1; rows[end].Handset.Build.ID() == last.c.Handset.Build.ID() {
			tell = end // also where the last attempt did not finish
		}
		for _, earlier := range same[:len(same)-1] {
			rows[tell].Unstable = append(rows[tell].Unstable, b.tally.Unstable(earlier.c, earlier.attempt, last.c)...)
		}
		b.tally.Add(last.c)
	}
	for i, row := range rows {
		if silent[i] { // what it says of itself it said in a later one, if at all
			row.Handset.Notice = b.info.Notice
		}
		b.tally.Job(row)
	}
}

// unread is the handset as of what it was not read in: with the build that it ran
// when it was leased last.
func (b *judging) unread() android.Handset {
	h := b.info
	if b.build != "" && b.build != h.Build.Fingerprint {
		h.Build = android.Build{Fingerprint: b.build}
	}
	return h
}
