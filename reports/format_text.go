package reports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/harness/finding"
)

// textFormat writes for a terminal or a pipe. In a pipe (Width 0) a table is as
// wide as it needs to be, in ASCII lines and without colours. On a terminal it
// takes the fullest form that fits: claims by name, then by letter, then with
// abbreviated cells, then one cell to a line.
var textFormat = Format{Name: "text", Ext: "txt", Write: writeText}

func writeText(w io.Writer, tables []Table, o Options) error {
	var out bytes.Buffer
	for i, t := range tables {
		out.Reset()
		if i > 0 {
			out.WriteString("\n\n")
		}
		p := page{out: &out, o: o}
		if err := p.table(t); err != nil {
			return fmt.Errorf("table %s as text: %w", t.Name, err)
		}
		if _, err := w.Write(trimLines(out.Bytes())); err != nil {
			return err
		}
	}
	return nil
}

// page writes one table.
type page struct {
	out *bytes.Buffer
	o   Options
}

func (p page) table(t Table) error {
	title := Printable(t.Title, lineLimit)
	p.line(title, "")
	p.line(strings.Repeat("=", min(width(title), p.measure())), "")
	p.line(strings.ReplaceAll(Printable(t.About, 0), "`", ""), "")
	form := full
	if len(t.Rows) > 0 {
		p.out.WriteString("\n")
		var err error
		if form, err = p.rows(t); err != nil {
			return err
		}
	}
	if hasClaims(t) {
		p.claims(t, form)
	}
	if len(t.Notes) > 0 {
		p.out.WriteString("\n")
	}
	for _, n := range t.Notes {
		p.line("- "+Printable(n, lineLimit), "  ")
	}
	return nil
}

// measure is the terminal's width, or what a pipe's reader can be expected to have.
func (p page) measure() int {
	if p.o.Width > 0 {
		return p.o.Width
	}
	return 100
}

// line writes text, wrapped on a terminal.
func (p page) line(text, hang string) { p.out.WriteString(paragraph(text, p.o.Width, "", hang) + "\n") }

// form is how a table of claims is shown.
type form struct {
	frame   frame
	letters bool // claims are headed by letters
	brief   bool // cells are abbreviated
}

var (
	full  = form{frame: boxed}
	forms = []form{full, {boxed, true, false}, {boxed, true, true}, {sparse, true, true}}
)

// heading gives what stands over a column.
func (f form) heading(t Table, column int) string {
	if f.letters && t.Columns[column].Claim {
		first := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Claim })
		return letter(column - first)
	}
	return t.Columns[column].Name
}

// cell prints a cell.
func (f form) cell(c Cell) string {
	if f.brief && c.Verdict != nil {
		return abbreviated(c)
	}
	return Printable(c.Text, cellLimit)
}

// rows draws the table in the fullest form that fits, and says which that is.
func (p page) rows(t Table) (form, error) {
	if p.o.Width <= 0 {
		return full, gridOf(t, 0, full).draw(p.out, plain, nil, false)
	}
	if !hasClaims(t) {
		return full, p.sections(t)
	}
	for _, f := range forms {
		g := gridOf(t, 0, f)
		if widths, ok := g.fits(f.frame, p.o.Width); ok {
			onceAGroup(g.rows)
			return f, g.draw(p.out, f.frame, widths, p.o.Color)
		}
	}
	for i, row := range t.Rows {
		if i > 0 {
			p.out.WriteString("\n")
		}
		p.line(rowName(t, row), "")
		p.fields(t, row, 3)
	}
	return full, nil
}

// sections draws one part for each handset: what is the same in all of its rows
// stands above them.
func (p page) sections(t Table) error {
	g := gridOf(t, t.Group, full)
	shape := boxed
	widths, ok := g.fits(boxed, p.o.Width)
	if !ok {
		shape = sparse
		widths, ok = g.fits(sparse, p.o.Width)
	}
	for from := 0; from < len(t.Rows); {
		to := from + 1
		for to < len(t.Rows) && sameGroup(t, from, to) {
			to++
		}
		if from > 0 {
			p.out.WriteString("\n")
		}
		p.line(groupName(t, t.Rows[from]), "")
		if ok {
			if err := g.part(from, to).draw(p.out, shape, widths, p.o.Color); err != nil {
				return err
			}
		} else {
			for i, row := range t.Rows[from:to] {
				if i > 0 {
					p.out.WriteString("\n")
				}
				p.fields(t, row, t.Group)
			}
		}
		from = to
	}
	return nil
}

// fields writes the cells of a row below each other, from the skip-th on.
func (p page) fields(t Table, row []Cell, skip int) {
	for i, cell := range row {
		if i < skip || t.Columns[i].Detail || cell.Text == "" {
			continue
		}
		name, text := Printable(t.Columns[i].Name, cellLimit), full.cell(cell)
		entry := paragraph(name+": "+text, p.o.Width, "  ", "      ")
		if t.Columns[i].Claim {
			if cell.Worst != 0 && !cell.Differ {
				name += " (" + cell.Worst.String() + ")"
			}
			entry = paragraph(name, p.o.Width, fmt.Sprintf("  %-11s ", text), strings.Repeat(" ", 14))
		}
		if p.o.Color && cell.Verdict != nil {
			entry = colored(entry, *cell.Verdict)
		}
		p.out.WriteString(entry + "\n")
	}
}

// claims writes the legend, and below it where each cell leads.
func (p page) claims(t Table, f form) {
	p.out.WriteString("\n")
	if f.brief {
		legend := "!2: Flagged 2; !2*: Flagged 2 and a part Unknown; ok: Clear; ?: Unknown; -: n.a."
		if slices.ContainsFunc(t.Rows, func(row []Cell) bool { return slices.ContainsFunc(row, func(c Cell) bool { return c.Differ }) }) {
			legend += " " + differing + ": the model's builds differ, and this is the worst of them."
		}
		p.line(legend, "")
	}
	for i, c := range t.Columns {
		if !c.Claim {
			continue
		}
		name := Printable(c.Name, cellLimit)
		if f.letters {
			name = f.heading(t, i) + " = " + name
		}
		p.line(name+": "+Printable(c.About, cellLimit), "    ")
	}
	words := afterwords(t, func(i int) string { return f.heading(t, i) })
	if len(words) == 0 {
		return
	}
	p.out.WriteString("\n")
	p.line(strings.ReplaceAll(howToFollow, "`", ""), "")
	for _, a := range words {
		p.line(a.Row, "")
		for _, line := range a.Lines {
			p.out.WriteString(paragraph(line, p.o.Width, "  ", "      ") + "\n")
		}
	}
}

// gridOf takes a table's columns from the skip-th on, less those for machines.
func gridOf(t Table, skip int, f form) grid {
	var g grid
	var shown []int
	for i, c := range t.Columns {
		if i < skip || c.Detail {
			continue
		}
		shown = append(shown, i)
		g.headings = append(g.headings, Printable(f.heading(t, i), cellLimit))
		g.right = append(g.right, c.Right)
		least := narrowest
		for piece := range strings.SplitAfterSeq(f.heading(t, i), "-") {
			least = max(least, width(piece))
		}
		g.least = append(g.least, least)
	}
	for _, row := range t.Rows {
		texts, verdicts := make([]string, len(shown)), make([]*finding.Verdict, len(shown))
		for at, i := range shown {
			texts[at], verdicts[at] = f.cell(row[i]), row[i].Verdict
			if t.Columns[i].Claim || t.Columns[i].Right {
				g.least[at] = max(g.least[at], width(texts[at]))
			}
		}
		g.rows, g.verdicts = append(g.rows, texts), append(g.verdicts, verdicts)
	}
	return g
}

// differing stands behind the sign of the worst verdict where builds differ.
const differing = "≠"

// abbreviated prints a verdict in a sign: !2*, ok, ?, -, and !2≠.
func abbreviated(c Cell) string {
	if c.Differ {
		c.Differ, c.Text = false, fmt.Sprintf("Flagged %d", *c.Number)
		return abbreviated(c) + differing
	}
	switch *c.Verdict {
	case finding.Flagged:
		return strings.Replace(Printable(c.Text, cellLimit), "Flagged ", "!", 1)
	case finding.Clear:
		return "ok"
	case finding.NotApplicable:
		return "-"
	}
	return "?"
}

// letter names the n-th claim: A to Z, then AA.
func letter(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return letter(n/26-1) + letter(n%26)
}

// onceAGroup leaves out the first cell where it is that of the row above.
func onceAGroup(rows [][]string) {
	last := ""
	for _, row := range rows {
		if row[0] == last {
			row[0] = ""
		} else {
			last = row[0]
		}
	}
}

func sameGroup(t Table, a, b int) bool {
	for i := range t.Group {
		if t.Rows[a][i].Text != t.Rows[b][i].Text {
			return false
		}
	}
	return true
}

// groupName joins the cells that say whose the rows are.
func groupName(t Table, row []Cell) string {
	var names []string
	for _, cell := range row[:t.Group] {
		names = append(names, Printable(cell.Text, cellLimit))
	}
	return strings.Join(names, " ")
}

// trimLines takes the blanks off the ends of lines, in place.
func trimLines(text []byte) []byte {
	kept := text[:0]
	for line := range bytes.Lines(text) {
		body, ended := bytes.CutSuffix(line, []byte("\n"))
		kept = append(kept, bytes.TrimRight(body, " ")...)
		if ended {
			kept = append(kept, '\n')
		}
	}
	return kept
}
