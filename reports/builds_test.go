package reports

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/finding"
)

const (
	buildOne   = "motorola/e22/e22:12/SOMA.1/100:user/release-keys"
	buildTwo   = "motorola/e22/e22:12/SOMA.1/100:user/test-keys"
	buildThree = "motorola/e22/e22:13/SOMA.2/200:user/release-keys"
)

// twoBuilds is a judgement of a model with two builds that differ in their tags
// alone, one with a build that was not read, and one with a single build.
func twoBuilds(builds ...string) finding.Judgement {
	j := finding.Judgement{Run: "night-1"}
	for i, build := range builds {
		h := moto1
		h.Serial, h.Build.Fingerprint = h.Serial+android.Serial(string(rune('0'+i))), build
		m := finding.Model{Brand: h.Brand, Model: h.Model, Build: build, Release: "12", Notice: virtualNotice, Handsets: []android.Handset{h}, Cells: map[string]finding.Cell{}}
		for _, r := range sampleRules {
			m.Cells[r.ID] = answered(finding.Clear)
		}
		m.Cells["no-background-location"] = flagged(2)
		m.Cells["no-access-after-consent-is-refused"] = answered(finding.NotApplicable)
		if i == 1 {
			m.Cells["release-keys"] = flagged(1)
			m.Cells["no-clear-text-traffic"] = answered(finding.Unknown, "proc-net: not captured")
			m.Cells["no-background-location"] = flagged(2, "dumpsys-appops: truncated")
			m.Cells["verified-boot-is-green"] = answered(finding.NotApplicable)
		}
		j.Models = append(j.Models, m)
		j.Findings = append(j.Findings, finding.Finding{ID: "F000000000" + string(rune('0'+i)), Rule: "no-background-location", Handset: h, Verdict: finding.Flagged})
	}
	single := finding.Model{Brand: "HMD", Model: "Nokia 2.4", Build: nokia.Build.Fingerprint, Release: "11", Handsets: []android.Handset{nokia}, Cells: map[string]finding.Cell{}}
	for _, r := range sampleRules {
		single.Cells[r.ID] = answered(finding.Clear)
	}
	j.Models = append(j.Models, single)
	return j
}

func headline(t *testing.T, j finding.Judgement, fold string) []Table {
	t.Helper()
	builders, err := Fold([]Builder{{Name: "behaviour", Build: func(j finding.Judgement) Table { return behaviourTable(j, sampleRules) }}}, fold)
	require.NoError(t, err)
	return Build(j, builders)
}

func TestTwoBuildsAreTwoRowsInEachFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, format, fold string
		o                  Options
	}{
		{"builds.csv", "csv", "", Options{}}, {"builds-98.txt", "text", "", Options{Width: 98}}, {"builds-80.txt", "text", "", Options{Width: 80}},
		{"builds-pipe.txt", "text", "", Options{}}, {"builds.xml", "junit", "", Options{}},
		{"folded.json", "json", "model", Options{}}, {"folded-98.txt", "text", "model", Options{Width: 98}}, {"folded-80.txt", "text", "model", Options{Width: 80}},
		{"folded.md", "markdown", "model", Options{}}, {"folded.xml", "junit", "model", Options{}}, {"folded.html", "html", "model", Options{}},
	} {
		t.Run(c.file, func(t *testing.T) {
			got := write(t, c.format, headline(t, twoBuilds(buildOne, buildTwo), c.fold), c.o)
			path := filepath.Join("testdata", c.file)
			if *update {
				require.NoError(t, os.WriteFile(path, got, 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
			for line := range strings.Lines(string(got)) {
				if c.o.Width > 0 {
					assert.LessOrEqual(t, width(strings.TrimRight(line, "\n")), c.o.Width)
				}
			}
		})
	}
}

func TestABuildIsNamedAsBrieflyAsItCanBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ builds, want []string }{
		"by ID and incremental":  {[]string{buildOne, buildThree}, []string{"SOMA.1/100", "SOMA.2/200", ""}},
		"by its tags too":        {[]string{buildOne, buildTwo}, []string{"SOMA.1/100:user/release-keys", "SOMA.1/100:user/test-keys", ""}},
		"in full":                {[]string{buildOne, "other/" + buildOne}, []string{buildOne, "other/" + buildOne, ""}},
		"that is not known":      {[]string{buildOne, ""}, []string{"SOMA.1/100", "(not known)", ""}},
		"without a fingerprint":  {[]string{"release 12", "release 13"}, []string{"release 12", "release 13", ""}},
		"not, where it is alone": {[]string{buildOne}, []string{"", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			names, several := buildNames(twoBuilds(c.builds...).Models)
			assert.Equal(t, c.want, names)
			assert.Equal(t, len(c.builds) > 1, several)
		})
	}
}

func TestAFoldedCellIsClearWhereAllAre(t *testing.T) {
	t.Parallel()
	verdicts := []finding.Verdict{finding.Unknown, finding.Clear, finding.Flagged, finding.NotApplicable}
	for _, a := range verdicts {
		for _, b := range verdicts {
			j := twoBuilds(buildOne, buildTwo)
			j.Models[0].Cells["release-keys"], j.Models[1].Cells["release-keys"] = finding.Cell{Verdict: a}, finding.Cell{Verdict: b}
			table := headline(t, j, "model")[0]
			require.Len(t, table.Rows, 2)
			i := len(table.Columns) - 4 - 3 // third of the claims from their end
			require.Equal(t, "release-keys", table.Columns[i].Name)
			cell := table.Rows[1][i]
			require.Equal(t, "moto e22 (virtual)", table.Rows[1][1].Text)
			assert.Equal(t, a != b, cell.Differ, "%s, %s", a, b)
			assert.Equal(t, a != b, cell.Text == "2 builds differ", "%s, %s", a, b)
			assert.Equal(t, a == finding.Clear && b == finding.Clear, *cell.Verdict == finding.Clear, "%s, %s", a, b)
			assert.Equal(t, a == finding.Flagged || b == finding.Flagged, *cell.Verdict == finding.Flagged, "%s, %s", a, b)
			require.Len(t, cell.Builds, 2, "each build's own cell is kept")
			assert.Equal(t, buildOne, cell.Builds[0].Build)
			assert.Equal(t, a, *cell.Builds[0].Verdict)
			assert.Equal(t, b, *cell.Builds[1].Verdict)
		}
	}
}

func TestFoldedJSONHasEachBuild(t *testing.T) {
	t.Parallel()
	var got struct {
		Tables []struct {
			Rows [][]struct {
				Text    string          `json:"text"`
				Verdict finding.Verdict `json:"verdict"`
				Builds  []struct {
					Build, Text string
					Verdict     finding.Verdict
				} `json:"builds"`
			} `json:"rows"`
		} `json:"tables"`
	}
	require.NoError(t, json.Unmarshal(write(t, "json", headline(t, twoBuilds(buildOne, buildTwo), "model"), Options{}), &got))
	differ := 0
	for _, cell := range got.Tables[0].Rows[1] {
		if cell.Text != "2 builds differ" {
			continue
		}
		differ++
		require.Len(t, cell.Builds, 2)
		assert.NotEqual(t, cell.Builds[0].Text, cell.Builds[1].Text)
		assert.Equal(t, []string{buildOne, buildTwo}, []string{cell.Builds[0].Build, cell.Builds[1].Build})
	}
	assert.Equal(t, 3, differ)
}

func TestWhatCannotBeFoldedByIsTold(t *testing.T) {
	t.Parallel()
	_, err := Fold(Tables, "brand")
	assert.EqualError(t, err, `the headline cannot be folded by "brand" (it can by: model)`)
	same, err := Fold(Tables, "")
	require.NoError(t, err)
	assert.Len(t, same, len(Tables))
}
