package reports

import (
	"fmt"
	"strings"

	"assay/harness/finding"
)

// idLimit is how many findings a line names before it says how many more
// there are.
const idLimit = 3

// afterword is what stands below a table of claims about one row: where each
// Flagged cell leads, and why each Unknown one is.
type afterword struct {
	Row   string   // Motorola moto e22 (virtual)
	Lines []string // one for each verdict and reason
}

// afterwords gives them for every row that has something flagged or unknown.
// called is the name or the letter that stands over a column. Text is made
// printable.
func afterwords(t Table, called func(column int) string) []afterword {
	var all []afterword
	for _, row := range t.Rows {
		if lines := rowLines(t, row, called); len(lines) > 0 {
			all = append(all, afterword{Row: rowName(t, row), Lines: lines})
		}
	}
	return all
}

// rowLines sums a row up: claims that are unknown for one reason share a line.
func rowLines(t Table, row []Cell, called func(int) string) []string {
	var lines []string
	type group struct {
		claims, ids []string
		note        string
	}
	var unknown []group
	for i, cell := range row {
		if !t.Columns[i].Claim || cell.Verdict == nil {
			continue
		}
		switch {
		case cell.Differ:
			line := called(i) + " " + cell.Text + ": " + cell.Note
			if len(cell.Findings) > 0 {
				line += ": " + someIDs(cell.Findings)
			}
			lines = append(lines, Printable(line, lineLimit))
		case *cell.Verdict == finding.Flagged:
			line := called(i) + " " + strings.TrimSuffix(cell.withSeverity(), weakened) + ": " + someIDs(cell.Findings)
			if cell.Note != "" {
				line += "; a part is Unknown: " + cell.Note
			}
			lines = append(lines, Printable(line, lineLimit))
		case *cell.Verdict == finding.Unknown:
			at := len(unknown)
			for g := range unknown {
				if unknown[g].note == cell.Note {
					at = g
				}
			}
			if at == len(unknown) {
				unknown = append(unknown, group{note: cell.Note})
			}
			unknown[at].claims = append(unknown[at].claims, called(i))
			unknown[at].ids = append(unknown[at].ids, cell.Findings...)
		}
	}
	for _, g := range unknown {
		line := strings.Join(g.claims, ", ") + " Unknown"
		if len(g.ids) > 0 {
			line += ": " + someIDs(g.ids)
		}
		lines = append(lines, Printable(line+": "+g.note, lineLimit))
	}
	return lines
}

// rowName joins the plain cells that say whose a row is: Motorola moto e22
// (virtual), release 12.
func rowName(t Table, row []Cell) string {
	name := ""
	for i, cell := range row {
		switch {
		case t.Columns[i].Claim:
			return Printable(name, cellLimit)
		case t.Columns[i].Detail || cell.Text == "":
		case i == 0:
			name = cell.Text
		case i == 1:
			name += " " + cell.Text
		default:
			name += ", " + strings.ToLower(t.Columns[i].Name) + " " + cell.Text
		}
	}
	return Printable(name, cellLimit)
}

func someIDs(ids []string) string {
	if len(ids) == 0 {
		return "no finding kept"
	}
	text := strings.Join(ids[:min(len(ids), idLimit)], ", ")
	if more := len(ids) - idLimit; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// hasClaims says whether a table has columns of claims.
func hasClaims(t Table) bool {
	for _, c := range t.Columns {
		if c.Claim {
			return true
		}
	}
	return false
}
