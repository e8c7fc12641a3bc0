package reports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
)

// jsonFormat writes one JSON object, a row to a line. Values are whole; what
// does not print stands as a \u escape, so that the file is harmless to look at.
var jsonFormat = Format{Name: "json", Ext: "json", Write: writeJSON}

// JSONSchema is the version of what the json format writes. It rises when a
// field is renamed, removed or means something else; new fields do not raise it.
const JSONSchema = 1

// jsonTable is one table, less its rows.
type jsonTable struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	About   string       `json:"about"`
	Notes   []string     `json:"notes"`
	Columns []jsonColumn `json:"columns"`
}

type jsonColumn struct {
	Name  string `json:"name"`
	About string `json:"about"`
	Claim bool   `json:"claim,omitempty"` // its cells have a verdict
}

// jsonCell is one cell; a row is an array of them, in the order of the columns.
type jsonCell struct {
	Text     string           `json:"text"`
	Verdict  *finding.Verdict `json:"verdict,omitempty"`
	Number   *int64           `json:"number,omitempty"`
	Severity finding.Severity `json:"severity,omitempty"` // the worst of what a verdict flags
	Note     string           `json:"note,omitempty"`
	Findings []string         `json:"findings,omitempty"`
	Grounds  []evidence.Ref   `json:"grounds,omitempty"`
	Builds   []jsonBuild      `json:"builds,omitempty"` // of a folded cell: what it is with each build
}

// jsonBuild is a cell with one build of its model.
type jsonBuild struct {
	Build string `json:"build"`
	jsonCell
}

func jsonOf(c Cell) jsonCell {
	cell := jsonCell{
		Text:     utf8Only(c.Text),
		Verdict:  c.Verdict,
		Number:   c.Number,
		Severity: c.Worst,
		Note:     utf8Only(c.Note),
		Findings: c.Findings,
		Grounds:  c.Grounds,
	}
	for _, b := range c.Builds {
		cell.Builds = append(cell.Builds, jsonBuild{utf8Only(b.Build), jsonOf(b.Cell)})
	}
	return cell
}

func writeJSON(w io.Writer, tables []Table, _ Options) error {
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "{\"schema\":%d,\"tables\":[", JSONSchema)
	for i, t := range tables {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeJSONTable(out, t); err != nil {
			return fmt.Errorf("table %s as JSON: %w", t.Name, err)
		}
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}

// writeJSONTable writes the table's head and, as its last field, its rows.
func writeJSONTable(out *bufio.Writer, t Table) error {
	head := jsonTable{Name: t.Name, Title: t.Title, About: t.About, Notes: append([]string{}, t.Notes...), Columns: []jsonColumn{}}
	for _, c := range t.Columns {
		head.Columns = append(head.Columns, jsonColumn{c.Name, c.About, c.Claim})
	}
	raw, err := marshal(head)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s,\"rows\":[", strings.TrimSuffix(raw, "}"))
	cells := make([]jsonCell, 0, len(t.Columns))
	for i, row := range t.Rows {
		cells = cells[:0]
		for _, c := range row {
			cells = append(cells, jsonOf(c))
		}
		raw, err := marshal(cells)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.WriteString(raw)
	}
	_, err = out.WriteString("\n]}")
	return err
}

// marshal gives v as JSON in which every character prints.
func marshal(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return android.PrintableJSON(string(raw)), nil
}

// utf8Only writes bytes out that are not UTF-8, which JSON cannot hold.
func utf8Only(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&out, `\x%02x`, s[0])
		} else {
			out.WriteString(s[:size])
		}
		s = s[size:]
	}
	return out.String()
}
