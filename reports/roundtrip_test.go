package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
)

func TestJSONGivesEveryValueBackWhole(t *testing.T) {
	t.Parallel()
	tables := sampleTables(sample())
	tables[4].Rows[0][9].Text = strings.Repeat("long ", 1000)
	var read struct {
		Schema int
		Tables []struct {
			Name, Title, About string
			Notes              []string
			Columns            []struct {
				Name  string
				Claim bool
			}
			Rows [][]struct {
				Text     string
				Verdict  *finding.Verdict
				Number   *int64
				Note     string
				Findings []string
				Grounds  []evidence.Ref
			}
		}
	}
	require.NoError(t, json.Unmarshal(write(t, "json", tables, Options{}), &read))
	assert.Equal(t, JSONSchema, read.Schema)
	require.Len(t, read.Tables, len(tables))
	for i, table := range tables {
		assert.Equal(t, table.Title, read.Tables[i].Title)
		require.Len(t, read.Tables[i].Rows, len(table.Rows), table.Name)
		require.Len(t, read.Tables[i].Columns, len(table.Columns), table.Name)
		for n, row := range table.Rows {
			for c, cell := range row {
				got := read.Tables[i].Rows[n][c]
				assert.Equal(t, utf8Only(cell.Text), got.Text)
				assert.Equal(t, utf8Only(cell.Note), got.Note)
				assert.Equal(t, cell.Verdict, got.Verdict)
				assert.Equal(t, cell.Number, got.Number)
				assert.Equal(t, cell.Findings, got.Findings)
				assert.Equal(t, cell.Grounds, got.Grounds)
			}
		}
	}
}

func TestCSVGivesEveryValueBack(t *testing.T) {
	t.Parallel()
	for _, table := range sampleTables(sample()) {
		records, err := csv.NewReader(bytes.NewReader(write(t, "csv", []Table{table}, Options{}))).ReadAll()
		require.NoError(t, err, table.Name)
		require.Len(t, records, len(table.Rows)+1, table.Name)
		for n, row := range table.Rows {
			got := map[string]string{}
			for i, heading := range records[0] {
				got[heading] = unguarded(records[n+1][i])
			}
			assert.Len(t, got, len(records[0]), "headings of %s are not all different", table.Name)
			for i, cell := range row {
				name := table.Columns[i].Name
				switch {
				case table.Columns[i].Claim:
					assert.Equal(t, cell.Text, got[name])
					assert.Equal(t, cell.Verdict.String(), got[name+" verdict"])
					assert.Equal(t, fmt.Sprint(*cell.Number), got[name+" count"])
					assert.Equal(t, Printable(cell.Note, 0), got[name+" note"])
					assert.Equal(t, strings.Join(cell.Findings, " "), got[name+" findings"])
					assert.Equal(t, places(cell.Grounds), got[name+" grounds"])
				case len(cell.Grounds) > 0:
					assert.Equal(t, places(cell.Grounds), got[name])
				case len(cell.Findings) > 0:
					assert.Equal(t, strings.Join(cell.Findings, " "), got[name])
				default:
					assert.Equal(t, Printable(cell.Text, 0), got[name])
				}
			}
		}
	}
}

func TestSeveralTablesShareOneStreamOfCSV(t *testing.T) {
	t.Parallel()
	tables := sampleTables(sample())
	in := csv.NewReader(bytes.NewReader(write(t, "csv", tables, Options{})))
	in.FieldsPerRecord = -1
	records, err := in.ReadAll()
	require.NoError(t, err)
	var titles []string
	for _, r := range records {
		if len(r) == 1 {
			titles = append(titles, r[0])
		}
	}
	require.Len(t, titles, len(tables))
	for i, table := range tables {
		assert.Equal(t, "# "+Printable(table.Title, 0), titles[i])
	}
}

func TestNoCellOfCSVIsAFormula(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1", "-", "=cmd|'/c calc'!A1"} {
		field := guarded(text)
		assert.Equal(t, byte('\''), field[0], text)
		assert.Equal(t, Printable(text, 0), unguarded(field), text)
	}
	for _, text := range []string{"", "moto e22", "1-2", "n.a.", "F2"} {
		assert.Equal(t, text, guarded(text))
	}
}

func TestEveryRowOfMarkdownHasAsManyCellsAsItsHeading(t *testing.T) {
	t.Parallel()
	for _, table := range sampleTables(sample()) {
		shown := 0
		for _, c := range table.Columns {
			if !c.Detail {
				shown++
			}
		}
		rows := 0
		for line := range strings.Lines(string(write(t, "markdown", []Table{table}, Options{}))) {
			if strings.HasPrefix(line, "|") {
				rows++
				bare := strings.NewReplacer(`\\`, "", `\|`, "").Replace(line)
				assert.Equal(t, shown+1, strings.Count(bare, "|"), line)
			}
		}
		assert.Equal(t, len(table.Rows)+2, rows, table.Name)
	}
}

func TestMarkdownTextIsNeitherMarkupNorLink(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a|b":                        `a\|b`,
		"`x`":                        "\\`x\\`",
		"**bold** _it_ ~~no~~":       `\*\*bold\*\* \_it\_ \~\~no\~\~`,
		"<b>&amp;":                   `&lt;b&gt;&amp;amp;`,
		"[text](there)":              `\[text\](there)`,
		"![img](there)":              `\!\[img\](there)`,
		"see https://evil.test/?a_b": "see ` https://evil.test/?a_b `",
		"www.evil.test":              "` www.evil.test `",
		"a@b.test and @you":          "` a@b.test ` and ` @you `",
		"http://a`b``c":              "``` http://a`b``c ```",
		"http://a|b":                 "` http://a `\\|` b `",
		"line\nline":                 `line\\nline`,
		"# heading":                  `\# heading`,
	} {
		assert.Equal(t, want, markdown(in, 0), in)
	}
	assert.Equal(t, `\- item`, markdownLine("- item"))
	assert.Equal(t, `1\. item`, markdownLine("1. item"))
	assert.Equal(t, `12\) item`, markdownLine("12) item"))
}

func TestJUnitFailsWhatIsFlaggedAndPassesOnlyWhatIsClear(t *testing.T) {
	t.Parallel()
	tables := sampleTables(sample())
	var read junitSuites
	require.NoError(t, xml.Unmarshal(write(t, "junit", tables, Options{}), &read))
	require.Len(t, read.Suites, len(tables[0].Rows))
	for n, row := range tables[0].Rows {
		at := 0
		for i, cell := range row {
			if !tables[0].Columns[i].Claim {
				continue
			}
			c := read.Suites[n].Cases[at]
			at++
			assert.Equal(t, tables[0].Columns[i].Name, c.Name)
			assert.Equal(t, *cell.Verdict == finding.Flagged, c.Failure != nil, c.Name)
			assert.Equal(t, *cell.Verdict == finding.Unknown || *cell.Verdict == finding.NotApplicable, c.Skipped != nil, c.Name)
		}
		assert.Len(t, read.Suites[n].Cases, at)
	}
	assert.Equal(t, 5, read.Failures)
}

func unguarded(field string) string { return strings.TrimPrefix(field, "'") }
