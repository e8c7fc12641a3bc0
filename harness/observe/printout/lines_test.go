package printout

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// parsed reads a text with a parser that is one function a line.
func parsed(t *testing.T, text string, least Least, in Input, line func(*Lines, Emit)) Reading {
	t.Helper()
	return readBy(t, strings.NewReader(text), least, in, func(in Input, emit Emit) error {
		for in.Lines.Next() {
			line(in.Lines, emit)
		}
		return nil
	})
}

func readBy(t *testing.T, from io.Reader, least Least, in Input, parse func(Input, Emit) error) Reading {
	t.Helper()
	r, err := Parser{Parse: parse}.Read(from, least, in, func(fact.Fact, evidence.Span) {})
	require.NoError(t, err)
	return r
}

func TestEachLineIsReadOrSkippedOrUnread(t *testing.T) {
	t.Parallel()
	r := parsed(t, "read\nskip\n\nelse\nunmark\n", Least{}, Input{}, func(l *Lines, _ Emit) {
		switch string(l.Text()) {
		case "read":
			l.Read()
			assert.True(t, l.Settled())
			assert.False(t, l.Unread())
		case "skip":
			l.Skip()
			assert.True(t, l.Skipped())
			assert.True(t, l.Settled())
		case "unmark":
			l.Read()
			l.Unmark()
			assert.True(t, l.Unread())
			assert.False(t, l.Settled())
		}
	})
	assert.Equal(t, 5, r.Lines)
	assert.Equal(t, 2, r.Skipped, "an empty line is without interest")
	assert.Equal(t, 2, r.Unread)
	assert.Equal(t, []evidence.Span{{Line: 4, Offset: 11, Length: 4}, {Line: 5, Offset: 16, Length: 6}}, r.Samples)
	assert.True(t, r.Complete())
}

func TestALastLineWithoutEndIsCutOffUnlessItWasTrimmed(t *testing.T) {
	t.Parallel()
	seen := 0
	count := func(l *Lines, _ Emit) { seen++; l.Read() }
	r := parsed(t, "one\ntwo", Least{}, Input{}, count)
	assert.Equal(t, 1, seen)
	assert.Equal(t, evidence.Truncated, r.Coverage.State)
	assert.Equal(t, []int{2, 1}, []int{r.Lines, r.Unread})
	r = parsed(t, "one\ntwo", Least{}, Input{Trimmed: true}, count)
	assert.Equal(t, 3, seen)
	assert.Equal(t, evidence.Whole, r.Coverage.State)
	assert.Zero(t, r.Unread)
}

func TestALineThatIsTooLongIsUnreadAndTheNextIsNot(t *testing.T) {
	t.Parallel()
	seen := 0
	r := parsed(t, "one\n"+strings.Repeat("x", 3*longest)+"\nthree\n", Least{}, Input{}, func(l *Lines, _ Emit) {
		seen++
		assert.Less(t, len(l.Text()), 6)
		l.Read()
	})
	assert.Equal(t, 2, seen)
	assert.Equal(t, []int{3, 1}, []int{r.Lines, r.Unread})
}

func TestWhatEndsReadingIsTold(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	from := io.MultiReader(strings.NewReader("one\n"), iotest.ErrReader(broken))
	r, err := Parser{Parse: func(in Input, _ Emit) error {
		for in.Lines.Next() {
			in.Lines.Read()
		}
		return nil
	}}.Read(from, Least{}, Input{}, func(fact.Fact, evidence.Span) {})
	assert.ErrorIs(t, err, broken)
	assert.Equal(t, evidence.Truncated, r.Coverage.State)
}

func TestWhatAndroidSaysInPlaceOfAPrintOutIsItsCoverage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]evidence.State{
		"Permission Denial: can't dump battery from pid=1\n": evidence.Denied,
		"Can't find service: battery\n":                      evidence.Unsupported,
		"nobody knows this\n":                                evidence.Whole,
	} {
		r := parsed(t, text, Least{}, Input{}, func(l *Lines, _ Emit) { l.Settle() })
		assert.Equal(t, want, r.Coverage.State, text)
	}
	r := parsed(t, "DUMP OF SERVICE battery:\n--------- 0.040s was the duration of dumpsys battery, ending at: x\n", Least{}, Input{},
		func(l *Lines, _ Emit) { l.Settle() })
	assert.Equal(t, []int{2, 0}, []int{r.Skipped, r.Unread}, "what stands around a dump")
}

func TestAStrayIsATitleWhereItEndsInAColonOrFollowsOne(t *testing.T) {
	t.Parallel()
	var strays, before []Stray
	parsed(t, "a note\n\nA title:\nbehind it\nDUMP OF SERVICE x:\n  indented\n", Least{}, Input{}, func(l *Lines, _ Emit) {
		if len(l.Text()) == 0 {
			return
		}
		if l.Text()[0] != ' ' {
			l.SettleAtMargin()
		}
		strays, before = append(strays, l.Stray()), append(before, l.StrayBefore())
	})
	assert.Equal(t, []Stray{Note, Title, Title, NoStray, NoStray}, strays)
	assert.Equal(t, []Stray{NoStray, Note, Title, Title, NoStray}, before, "empty lines do not count")
}

func TestTheFactOfADoubtfulLineGoesNoFurther(t *testing.T) {
	t.Parallel()
	facts := 0
	r, err := Parser{Parse: func(in Input, emit Emit) error {
		l := in.Lines
		emit = l.UnlessDoubtful(emit)
		for l.Next() {
			if string(l.Text()) == "doubt" {
				l.Doubt()
			}
			if string(l.Text()) == "fact" {
				l.Read()
				emit(fact.Moment{}, l.Span())
			}
			if l.Doubtful() {
				l.SettleDoubtful()
			}
			if string(l.Text()) == "trust" {
				l.Trust()
			}
		}
		return nil
	}}.Read(strings.NewReader("fact\ndoubt\nfact\ntrust\nfact\n"), Least{}, Input{}, func(fact.Fact, evidence.Span) { facts++ })
	require.NoError(t, err)
	assert.Equal(t, 2, facts)
	assert.Equal(t, []int{2, 2, 1}, []int{r.Facts, r.Skipped, r.Unread}, "the doubtful line that would be a fact is unread")
}

func TestAPartOfAPrintOutLacksTheSignsOfAWholeOne(t *testing.T) {
	t.Parallel()
	least := Least{
		Signs: []Sign{{Starts: []string{"Heading:"}, What: "its heading"}, {From: 31, Holds: "new=", What: "what is new"}},
		Ends:  []Sign{{Behind: "Heading:", Starts: []string{"end"}, What: "its end"}},
	}
	skip := func(l *Lines, _ Emit) { l.Skip() }
	for text, want := range map[string]struct {
		sdk   int
		lacks string
		end   End
	}{
		"":                       {30, "it printed nothing", EndMissing},
		"end\n":                  {30, "it does not show its heading", EndMissing},
		"Heading:\n":             {30, "", EndMissing},
		"Heading:\nend\n":        {30, "", EndSeen},
		"Heading:\nend \n":       {31, "it does not show what is new", EndSeen},
		"Heading:\nnew=1\nend\n": {31, "", EndSeen},
	} {
		r := parsed(t, text, least, Input{SDK: want.sdk}, skip)
		assert.Equal(t, want.lacks, r.Lacks, "%q", text)
		assert.Equal(t, want.end, r.End, "%q", text)
		assert.Equal(t, want.lacks == "" && want.end == EndSeen, r.Complete(), "%q", text)
	}
	r := parsed(t, "@@ a\n@@ b\nx\n@@ end\n", Least{Headed: true, Marked: true}, Input{}, skip)
	assert.Equal(t, `nothing stands below "@@ a"`, r.Lacks)
}
