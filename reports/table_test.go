package reports

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
)

func TestAClaimThatWasNotJudgedIsUnknownNeverClear(t *testing.T) {
	t.Parallel()
	j := finding.Judgement{Models: []finding.Model{{Brand: "b", Model: "m"}}}
	table := behaviourTable(j, sampleRules)
	for i, c := range table.Columns {
		if c.Claim {
			assert.Equal(t, finding.Unknown, *table.Rows[0][i].Verdict)
			assert.Equal(t, "Unknown", table.Rows[0][i].Text)
			assert.Equal(t, "the claim was not judged", table.Rows[0][i].Note)
		}
	}
}

func TestAClaimThatNoRuleKnowsHasAColumnToo(t *testing.T) {
	t.Parallel()
	j := finding.Judgement{Models: []finding.Model{{Cells: map[string]finding.Cell{"no-b": {}, "no-a": {Verdict: finding.Clear}}}}}
	table := behaviourTable(j, []finding.Rule{{ID: "z"}})
	assert.Equal(t, []string{"z", "no-a", "no-b"}, []string{table.Columns[3].Name, table.Columns[4].Name, table.Columns[5].Name})
}

func TestTheHeadlineNamesWhatCouldNotBeRun(t *testing.T) {
	t.Parallel()
	notes := strings.Join(behaviourTable(sample(), sampleRules).Notes, "\n")
	assert.Contains(t, notes, "Not used: Honor X8 [H1]: unauthorized: the handset has not accepted this computer's key. Remedy: unlock it and accept the dialog.")
	assert.Contains(t, notes, "Not finished: Motorola moto e22 (virtual) [ZY22A]: infrastructure: the handset left the bus in mid-scenario. Remedy: seat its cable; try another port. Scenarios (2): browser, camera (repeat 2)")
	assert.Contains(t, notes, "Left changed: HMD Nokia 2.4 [N1]: camera: screen kept on")
	assert.Contains(t, notes, "Not read: bundle m2.idle.1")
	assert.NotContains(t, notes, "ZY22B", "a job that does not apply is not unfinished")
}

func TestAJobThatASecondAttemptFinishedIsNotUnfinished(t *testing.T) {
	t.Parallel()
	j := finding.Judgement{Jobs: []finding.Job{
		{Handset: moto1, Scenario: "camera", Repeat: 1, Attempt: 2, Outcome: evidence.Outcome{State: evidence.Finished}},
		{Handset: moto1, Scenario: "camera", Repeat: 1, Attempt: 1, Outcome: unplugged, NotUndone: []string{"screen kept on"}},
	}}
	assert.Equal(t, []string{"Left changed: Motorola moto e22 [ZY22A]: camera: screen kept on"}, behaviourTable(j, sampleRules).Notes)
	assert.Len(t, jobsTable(j).Rows, 2, "each attempt is told of")
}

func TestTwoHandsetsOfOneModelShareARowOfTheHeadline(t *testing.T) {
	t.Parallel()
	table := behaviourTable(sample(), sampleRules)
	require.Len(t, table.Rows, 3)
	row := table.Rows[2]
	assert.Equal(t, "moto e22 (virtual)", row[1].Text)
	assert.Equal(t, "ZY22A ZY22B", row[len(row)-3].Text)
	assert.Equal(t, []string{"F0000000001"}, row[4].Findings)
}

func TestAVirtualAndARealHandsetOfOneModelAreToldApart(t *testing.T) {
	t.Parallel()
	real, played := handset("R", "Nokia", "2.4", "11"), handset("V", "Nokia", "2.4", "11")
	j := finding.Judgement{
		Models: []finding.Model{
			{Brand: "Nokia", Model: "2.4", Handsets: []android.Handset{real}},
			{Brand: "Nokia", Model: "2.4", Handsets: []android.Handset{played}, Notice: virtualNotice},
		},
		Uses: []finding.UseRow{{Handset: played}, {Handset: real}, {Handset: handset("?", "Nokia", "2.4", "11")}},
	}
	var names []string
	for _, row := range useTable(j).Rows {
		names = append(names, row[2].Text+" "+row[1].Text)
	}
	assert.Equal(t, []string{"? 2.4", "R 2.4", "V 2.4 (virtual)"}, names)
}

func TestClearFindingsAreSummedUpAndTheOthersListed(t *testing.T) {
	t.Parallel()
	table := findingsTable(sample())
	require.Len(t, table.Rows, 5)
	assert.Equal(t, []string{"", "critical", "high", "", ""}, column(table, 5), "of each handset the worst comes first")
	clear := table.Rows[3]
	assert.Equal(t, "Clear", clear[4].Text)
	assert.Equal(t, "2 findings are Clear", clear[8].Text)
	assert.Equal(t, "camera, idle", clear[6].Text)
	assert.Equal(t, []string{"F0000000005", "F0000000004"}, clear[9].Findings)
	assert.Len(t, clear[10].Grounds, 2)
}

// column gives the words of one column, row by row.
func column(t Table, at int) []string {
	var words []string
	for _, r := range t.Rows {
		words = append(words, r[at].Text)
	}
	return words
}

func TestAnEmptyTableSaysWhetherAnythingWasSeen(t *testing.T) {
	t.Parallel()
	j := finding.Judgement{Run: "r"}
	assert.Equal(t, []string{"No logcat was captured: what is not listed here is Unknown, not absent."}, leaksTable(j).Notes)
	j.Coverage = []finding.CoverageRow{{Source: "logcat", State: evidence.Whole, Lines: 9}}
	assert.Equal(t, []string{"In table coverage, all 1 rows for logcat are whole and have no unread lines."}, leaksTable(j).Notes)
	j.Coverage = append(j.Coverage, finding.CoverageRow{Source: "logcat"})
	assert.Equal(t, []string{"In table coverage, 1 of 2 rows for logcat are not whole or have unread lines: there, what is not listed here is Unknown, not absent."}, leaksTable(j).Notes)
}

func TestEveryFormatWritesARunOfNothing(t *testing.T) {
	t.Parallel()
	for _, f := range Formats {
		assert.NotEmpty(t, write(t, f.Name, sampleTables(finding.Judgement{}), Options{Width: 80}), f.Name)
		require.NoError(t, f.Write(io.Discard, nil, Options{}), f.Name)
	}
}

func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	for _, f := range Formats {
		assert.ErrorIs(t, f.Write(noRoom{}, sampleTables(sample()), Options{}), errFull, f.Name)
	}
	assert.ErrorIs(t, Headline(noRoom{}, sample(), Options{}), errFull)
}

func TestANoticeWithoutAKindIsStillShown(t *testing.T) {
	t.Parallel()
	for notice, want := range map[string][2]string{
		"":                  {"", ""},
		" ":                 {"", ""},
		"virtual: invented": {"virtual", "invented"},
		"virtual:":          {"virtual", ""},
		"just words":        {"noted", "just words"},
		": words":           {"noted", ": words"},
	} {
		kind, sentence := splitNotice(notice)
		assert.Equal(t, want, [2]string{kind, sentence}, notice)
	}
}

// noRoom is a disk with no room.
type noRoom struct{}

var errFull = fmt.Errorf("no space left on device")

func (noRoom) Write([]byte) (int, error) { return 0, errFull }

// BenchmarkFormats writes ten thousand rows.
func BenchmarkFormats(b *testing.B) {
	j := sample()
	for i := range 10_000 {
		j.Grants = append(j.Grants, finding.GrantRow{Handset: moto1, Package: android.Package(fmt.Sprintf("com.example.app%d", i)), Permission: "android.permission.CAMERA", Granted: true, How: "user", Ref: ref("m1.baseline.1", "before.dumpsys-package.txt", i+1, int64(i)*80, 60)})
	}
	for _, f := range Formats {
		for _, columns := range []int{0, 120} {
			if columns > 0 && f.Name != "text" {
				continue
			}
			b.Run(fmt.Sprintf("%s-%d", f.Name, columns), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := f.Write(io.Discard, []Table{permissionsTable(j), behaviourTable(j, sampleRules)}, Options{Width: columns}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
