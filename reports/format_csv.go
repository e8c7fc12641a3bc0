package reports

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"assay/harness/evidence"
)

// csvFormat writes RFC 4180 with a line of headings, for spreadsheets and
// scripts. A claim takes six columns: the cell, then its verdict, count, note,
// findings and grounds. Where several tables share one stream, each begins with
// a line of one field, "# " and its title, and ends with an empty line.
var csvFormat = Format{Name: "csv", Ext: "csv", Split: true, Write: writeCSV}

// csvLimit is how many characters the common spreadsheets take in one cell,
// less some room.
const csvLimit = 32_000

func writeCSV(w io.Writer, tables []Table, _ Options) error {
	out := csv.NewWriter(w)
	for i, t := range tables {
		if len(tables) > 1 {
			if i > 0 {
				out.Flush()
				if _, err := io.WriteString(w, "\n"); err != nil {
					return err
				}
			}
			if err := out.Write([]string{"# " + Printable(t.Title, lineLimit)}); err != nil {
				return err
			}
		}
		if err := writeCSVTable(out, t); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func writeCSVTable(out *csv.Writer, t Table) error {
	var headings []string
	for _, c := range t.Columns {
		headings = append(headings, guarded(c.Name))
		if c.Claim {
			for _, part := range []string{"verdict", "count", "note", "findings", "grounds"} {
				headings = append(headings, guarded(c.Name+" "+part))
			}
		}
	}
	if err := out.Write(headings); err != nil {
		return err
	}
	record := make([]string, 0, len(headings))
	for _, row := range t.Rows {
		record = record[:0]
		for i, cell := range row {
			record = append(record, csvFields(cell, t.Columns[i].Claim)...)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	return nil
}

func csvFields(c Cell, claim bool) []string {
	if claim {
		verdict, count := "", ""
		if c.Verdict != nil {
			verdict = c.Verdict.String()
		}
		if c.Number != nil {
			count = strconv.FormatInt(*c.Number, 10)
		}
		return []string{guarded(c.Text), verdict, count, guarded(c.Note), guarded(strings.Join(c.Findings, " ")), guarded(places(c.Grounds))}
	}
	switch {
	case len(c.Grounds) > 0:
		return []string{guarded(places(c.Grounds))}
	case len(c.Findings) > 0:
		return []string{guarded(strings.Join(c.Findings, " "))}
	}
	return []string{guarded(c.Text)}
}

func places(refs []evidence.Ref) string {
	all := make([]string, 0, len(refs))
	for _, r := range refs {
		all = append(all, Place(r))
	}
	return strings.Join(all, "; ")
}

// guarded makes text harmless and puts an apostrophe before what a spreadsheet
// would take for a formula. What begins with an apostrophe gets another, so
// that taking one away always gives the text back.
func guarded(s string) string {
	if strings.IndexAny(s, "=+-@\t\r'＝＋－＠") == 0 {
		return "'" + Printable(s, csvLimit)
	}
	return Printable(s, csvLimit)
}
