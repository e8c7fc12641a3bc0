package finding

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// day is a day on which a handset was asked, and who says so.
type day struct {
	date time.Time // midnight, in no zone: a print-out names none
	by   string    // in words
	ref  evidence.Ref
}

// daysAsked says on which days a handset printed what a case holds; none: it is
// not known. For what assay asked itself that is the host's clock: the lab keeps
// it right, while a handset's own may stand in 1970 or be set by whoever holds it.
// Print-outs that others took are as old as they say themselves (fact.Moment),
// by the handset's clock, for an import may come years later; the times of what
// they tell of say nothing of it. An acquisition says by the clock of the computer
// that took it (fact.Acquisition), and from when to when. Each statement counts
// once a day.
func daysAsked(c *Case) []day {
	if c.Scenario != evidence.Imported {
		if c.Taken.IsZero() {
			return nil
		}
		return []day{{date: midnight(c.Taken.UTC()), by: "the host's clock"}}
	}
	var days []day
	add := func(d day) {
		if !slices.ContainsFunc(days, func(e day) bool { return e.date.Equal(d.date) }) {
			days = append(days, d)
		}
	}
	for a, o := range fact.Of[fact.Acquisition](c.Observations) {
		add(day{midnight(a.Started), acquirers, o.Ref})
		if !a.Completed.IsZero() {
			add(day{midnight(a.Completed), acquirers, o.Ref})
		}
	}
	for m, o := range fact.Of[fact.Moment](c.Observations) {
		at, err := time.Parse(time.DateTime, m.Local)
		if err != nil {
			continue
		}
		add(day{midnight(at), "the handset's clock", o.Ref})
	}
	return days
}

// acquirers is whose clock dates an acquisition by androidqf.
const acquirers = "the clock of the computer that acquired it"

func midnight(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// propBuilt is when the image was built, in seconds since 1970.
const propBuilt = "ro.build.date.utc"

// wrongClock says, in words, why the clock of a day cannot have been right: the
// handset's image was built later, or the print-out was taken in before it was made.
// A day's difference may be the zone's. It cites what shows it.
func wrongClock(c *Case, d day) (why string, ref []evidence.Ref) {
	const zone = 24 * time.Hour
	if c.Scenario != evidence.Imported {
		return "", nil
	}
	if value, ref, ok := patchReads.value(c, propBuilt); ok {
		seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		if built := time.Unix(seconds, 0).UTC(); err == nil && built.After(d.date.Add(2*zone)) {
			return "its image was built on " + built.Format(time.DateOnly), []evidence.Ref{ref}
		}
	}
	if !c.Taken.IsZero() && d.date.After(c.Taken.UTC().Add(zone)) {
		return "what it printed was taken in on " + c.Taken.UTC().Format(time.DateOnly), nil
	}
	return "", nil
}
