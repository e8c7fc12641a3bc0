package finding_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

const patchRule = "security-patch-is-recent"

// reported is a print-out that others took on a day, of a patch level.
func reported(level string, moments ...string) *kit {
	k := properties(android.PropSecurityPatch, level)
	for _, m := range moments {
		k.during(fact.Moment{Local: m})
	}
	return k.imported()
}

func TestAPrintOutIsAsOldAsItSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"recent": {reported("2018-03-05", "2018-04-02 17:06:30"),
			want{finding.Clear, "", "the security patch level is 2018-03-05, and the handset was asked on 2018-04-02 by the handset's clock"}},
		"90 days, late in the day": {reported("2018-01-01", "2018-04-01 23:59:59"), want{verdict: finding.Clear}},
		"91 days, early in the day": {reported("2018-01-01", "2018-04-02 00:00:00"),
			want{finding.Flagged, "", "the security patch level is 2018-01-01, more than 90 days before the handset was asked, on 2018-04-02 by the handset's clock"}},
		"not said":       {reported("2018-01-01"), want{finding.Unknown, "", "the security patch level is 2018-01-01; when the handset was asked is not known"}},
		"two that agree": {reported("2018-03-05", "2018-04-02 23:59:59", "2018-04-03 00:00:10"), want{verdict: finding.Clear}},
		"two that do not": {reported("2018-03-05", "2018-04-02 10:00:00", "2019-04-02 10:00:00"),
			want{finding.Unknown, "", "the security patch level is 2018-03-05; the print-outs are of several days, such as 2018-04-02 and 2019-04-02, and it is recent on some alone"}},
		"a clock in the future": {reported("2018-03-05", "2031-01-01 00:00:00"),
			want{finding.Unknown, "", "the security patch level is 2018-03-05; the handset was asked on 2031-01-01 by its own clock, which was wrong: what it printed was taken in on 2026-03-01"}},
		"a clock before the image": {reported("2018-03-05", "2018-01-01 00:00:00").before(fact.Property{Key: "ro.build.date.utc", Value: "1524528000"}),
			want{finding.Unknown, "", "the security patch level is 2018-03-05; the handset was asked on 2018-01-01 by its own clock, which was wrong: its image was built on 2018-04-24"}},
		"a clock of 1980": {reported("2018-03-05", "1980-01-06 04:10:57"), want{verdict: finding.Unknown}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, patchRule, c.wanted) })
	}
}

func TestBothDatesAreCited(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"2018-04-02 17:06:30", "2019-04-02 17:06:30"} {
		k := reported("2018-03-05", said)
		found := k.judge(t, patchRule)
		require.Len(t, found, 1)
		assert.Len(t, found[0].Grounds, 2, "the property's line, and the statement's")
		assert.Contains(t, found[0].Grounds, k.refTo(android.PropSecurityPatch))
	}
}

func TestTheSameLevelIsTheSameFindingInEveryRun(t *testing.T) {
	t.Parallel()
	one := properties(android.PropSecurityPatch, "2025-10-05")
	another := properties(android.PropSecurityPatch, "2025-10-05")
	another.c.Taken = another.c.Taken.Add(48 * time.Hour)
	assert.Equal(t, one.judge(t, patchRule)[0].ID, another.judge(t, patchRule)[0].ID)
	assert.NotEqual(t, one.judge(t, patchRule)[0].Detail, another.judge(t, patchRule)[0].Detail)
}

// TestTheHostsClockCountsWhereAssayAsked has a handset whose clock is years off.
func TestTheHostsClockCountsWhereAssayAsked(t *testing.T) {
	t.Parallel()
	k := properties(android.PropSecurityPatch, "2026-02-01").during(fact.Moment{Local: "2031-01-01 00:00:00"})
	k.expect(t, patchRule, want{verdict: finding.Clear})
	properties(android.PropSecurityPatch, "2020-02-01").during(fact.Moment{Local: "2020-02-02 00:00:00"}).expect(t, patchRule, want{verdict: finding.Flagged})
}

// TestNoTimeWithinAPrintOutSaysWhenItWasMade moves what a handset tells of to
// every year: the answer about its patch level is the same.
func TestNoTimeWithinAPrintOutSaysWhenItWasMade(t *testing.T) {
	t.Parallel()
	for _, moments := range [][]string{nil, {"2018-04-02 17:06:30"}, {"2019-04-02 17:06:30"}} {
		plain := reported("2018-03-05", moments...).judge(t, patchRule)
		for year := 1970; year <= 2040; year++ {
			at := fmt.Sprintf("%d-06-01 10:00:00.000", year)
			use := used(weather, "CAMERA", android.StateTop, 5)
			use.Local = at
			k := reported("2018-03-05", moments...).after(use,
				fact.UsageEvent{Time: at, Package: weather}, fact.Alarm{When: at, Package: weather},
				fact.OpAccess{Package: weather, Local: at}, fact.Setting{Namespace: "global", Key: "last", Value: at})
			got := k.judge(t, patchRule)
			require.Len(t, got, 1)
			assert.Equal(t, plain[0].Verdict, got[0].Verdict, at)
			assert.Equal(t, plain[0].Detail, got[0].Detail, at)
		}
	}
}

// TestAnAcquisitionIsAsOldAsItsComputerSays holds for androidqf's, which carry no time
// of the handset's own.
func TestAnAcquisitionIsAsOldAsItsComputerSays(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return time.Date(2018, 4, day, 12, 0, 0, 0, time.UTC) }
	const acquirer = "by the clock of the computer that acquired it"
	acquired := func(level string, a fact.Acquisition, moments ...string) *kit {
		return reported(level, moments...).during(a)
	}
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"recent": {acquired("2018-03-05", fact.Acquisition{Started: at(2), Completed: at(2)}),
			want{finding.Clear, "", "the security patch level is 2018-03-05, " +
				"and the handset was asked on 2018-04-02 " + acquirer}},
		"old": {acquired("2017-03-05", fact.Acquisition{Started: at(2)}),
			want{finding.Flagged, "", "the security patch level is 2017-03-05, more than 90 days " +
				"before the handset was asked, on 2018-04-02 " + acquirer}},
		"over the ninetieth day": {acquired("2018-01-02", fact.Acquisition{Started: at(2), Completed: at(3)}), want{verdict: finding.Unknown}},
		"another day by the handset": {acquired("2018-03-05", fact.Acquisition{Started: at(2)}, "2019-04-02 10:00:00"),
			want{verdict: finding.Unknown}},
		"a clock in the future": {acquired("2018-03-05", fact.Acquisition{Started: at(2).AddDate(13, 0, 0)}),
			want{finding.Unknown, "", "the security patch level is 2018-03-05; " +
				"the handset was asked on 2031-04-02 " + acquirer + ", which was wrong: " +
				"what it printed was taken in on 2026-03-01"}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, patchRule, c.wanted) })
	}
}
