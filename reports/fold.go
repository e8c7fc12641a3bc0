package reports

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/finding"
)

// Folds are what the headline can be folded to.
var Folds = []string{"model"}

// Fold gives builders of which the headline has one row a model, whatever its
// builds. Cells that are not alike with all of them say so: "2 builds differ"; a
// folded cell is never Clear where one of them is not. The json format writes
// each build's own cell beside it. by is one of Folds, or "" for no folding.
func Fold(builders []Builder, by string) ([]Builder, error) {
	if by == "" {
		return builders, nil
	}
	if !slices.Contains(Folds, by) {
		return nil, fmt.Errorf("the headline cannot be folded by %q (it can by: %s)", by, strings.Join(Folds, ", "))
	}
	folded := slices.Clone(builders)
	for i, b := range folded {
		if b.Name == behaviour.Name {
			folded[i].Build = func(j finding.Judgement) Table { return folding(b.Build(j)) }
		}
	}
	return folded, nil
}

// folding joins the rows of each model.
func folding(t Table) Table {
	at := map[kin]int{}
	var groups [][][]Cell
	for _, row := range t.Rows {
		name := kin{strings.ToLower(text(t, row, brandColumn)), text(t, row, modelColumn), text(t, row, noticeColumn)}
		i, ok := at[name]
		if !ok {
			i = len(groups)
			at[name] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	t.Columns = slices.Clone(t.Columns)
	for i := range t.Columns {
		if t.Columns[i].Name == buildColumn.Name {
			t.Columns[i].Detail = true
		}
	}
	t.Rows = nil
	for _, rows := range groups {
		t.Rows = append(t.Rows, joined(t, rows))
	}
	return t
}

// text is what a row has in a column.
func text(t Table, row []Cell, column Column) string {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == column.Name })
	if i < 0 {
		return ""
	}
	return row[i].Text
}

// joined makes one row of those of a model.
func joined(t Table, rows [][]Cell) []Cell {
	if len(rows) == 1 {
		return rows[0]
	}
	row := slices.Clone(rows[0])
	for i, c := range t.Columns {
		cells := make([]Cell, 0, len(rows))
		for _, r := range rows {
			cells = append(cells, r[i])
		}
		if c.Claim {
			row[i] = joinedClaim(t, rows, cells)
			continue
		}
		var texts []string
		for _, cell := range cells {
			if !slices.Contains(texts, cell.Text) {
				texts = append(texts, cell.Text)
			}
		}
		row[i].Text = strings.Join(texts, ", ")
	}
	return row
}

// joinedClaim sums up one claim's cells, of each build one.
func joinedClaim(t Table, rows [][]Cell, cells []Cell) Cell {
	worst, most := finding.Clear, int64(0)
	alike, weak := true, false
	var c Cell
	var notes, told []string
	for i, cell := range cells {
		if worse(*cell.Verdict, worst) {
			worst = *cell.Verdict
		}
		most, c.Worst = max(most, *cell.Number), max(c.Worst, cell.Worst)
		alike = alike && *cell.Verdict == *cells[0].Verdict && *cell.Number == *cells[0].Number
		weak = weak || cell.Note != ""
		if cell.Note != "" && !slices.Contains(notes, cell.Note) {
			notes = append(notes, cell.Note)
		}
		name := text(t, rows[i], buildColumn)
		told = append(told, name+": "+cell.withSeverity()+noted(cell.Note))
		c.Findings = append(c.Findings, cell.Findings...)
		c.Grounds = append(c.Grounds, cell.Grounds...)
		c.Builds = append(c.Builds, BuildCell{Build: text(t, rows[i], fingerprintColumn), Cell: cell})
	}
	c.Verdict, c.Number, c.Differ = &worst, &most, !alike
	slices.Sort(c.Findings)
	c.Findings, c.Grounds = slices.Compact(c.Findings), distinct(c.Grounds)
	c.Text, c.Note = cells[0].Text, strings.Join(notes, "; ")
	switch {
	case !alike:
		c.Text, c.Note = fmt.Sprintf("%d builds differ", len(cells)), strings.Join(told, "; ")
	case worst == finding.Flagged && weak:
		c.Text = strings.TrimSuffix(c.Text, weakened) + weakened
	}
	return c
}

func noted(note string) string {
	if note == "" {
		return ""
	}
	return " (" + note + ")"
}

// worse says whether a verdict outweighs another where builds differ: what is
// Clear with one build alone is not the model's.
func worse(a, b finding.Verdict) bool {
	order := []finding.Verdict{finding.Clear, finding.NotApplicable, finding.Unknown, finding.Flagged}
	return slices.Index(order, a) > slices.Index(order, b)
}
