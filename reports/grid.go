package reports

import (
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"assay/harness/finding"
)

// grid is a table ready to be drawn: printable text and nothing else.
type grid struct {
	headings []string
	rows     [][]string
	right    []bool
	least    []int                // how thin each column may become
	verdicts [][]*finding.Verdict // for colours; as rows
}

// frame is how a grid is drawn.
type frame int

const (
	plain  frame = iota // ASCII
	boxed               // UTF-8 lines around and between columns
	sparse              // a line below the headings, and spaces
)

// edges is how many columns of a terminal a frame takes beside the text.
func (f frame) edges(columns int) int {
	if f == sparse {
		return columns
	}
	return 3*columns + 1
}

// natural gives the widths that each column would have unwrapped.
func (g grid) natural() []int {
	widths := make([]int, len(g.headings))
	for i, h := range g.headings {
		widths[i] = width(h)
	}
	for _, row := range g.rows {
		for i, text := range row {
			widths[i] = max(widths[i], width(text))
		}
	}
	return widths
}

// fits gives the widths at which the grid fits a terminal in a frame.
func (g grid) fits(f frame, terminal int) ([]int, bool) {
	natural := g.natural()
	least := make([]int, len(natural))
	for i := range natural {
		least[i] = min(natural[i], g.least[i])
	}
	return fit(natural, least, terminal-f.edges(len(natural)))
}

// part is the grid with its rows from up to to.
func (g grid) part(from, to int) grid {
	g.rows, g.verdicts = g.rows[from:to], g.verdicts[from:to]
	return g
}

// draw draws the grid; widths is nil where nothing need be wrapped.
func (g grid) draw(w io.Writer, f frame, widths []int, color bool) error {
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(f.rendition())),
		tablewriter.WithConfig(f.config(g.right)),
		tablewriter.WithEastAsian(tw.Off),
	)
	t.Header(wrapped(g.headings, widths))
	for i, cells := range g.rows {
		row := wrapped(cells, widths)
		if color {
			paint(row, g.verdicts[i])
		}
		if err := t.Append(row); err != nil {
			return err
		}
	}
	return t.Render()
}

func wrapped(row []string, widths []int) []string {
	cells := make([]string, len(row))
	for i, text := range row {
		if widths == nil {
			cells[i] = text
			continue
		}
		cells[i] = strings.Join(wrap(text, widths[i]), "\n")
	}
	return cells
}

func (f frame) rendition() tw.Rendition {
	r := tw.Rendition{Symbols: tw.NewSymbols(tw.StyleASCII)}
	switch f {
	case boxed:
		r.Symbols = tw.NewSymbols(tw.StyleLight)
	case sparse:
		r.Symbols = tw.NewSymbols(tw.StyleLight)
		r.Borders = tw.Border{Left: tw.Off, Right: tw.Off, Top: tw.Off, Bottom: tw.Off}
		r.Settings.Separators.BetweenColumns = tw.Off
	}
	return r
}

func (f frame) config(right []bool) tablewriter.Config {
	padding := tw.CellPadding{Global: tw.PaddingDefault}
	if f == sparse {
		padding.Global = tw.Padding{Left: tw.Empty, Right: tw.Space, Overwrite: true}
	}
	align := tw.CellAlignment{Global: tw.AlignLeft}
	for _, r := range right {
		if r {
			align.PerColumn = append(align.PerColumn, tw.AlignRight)
		} else {
			align.PerColumn = append(align.PerColumn, tw.AlignLeft)
		}
	}
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    padding,
		Alignment:  align,
	}
	return tablewriter.Config{Header: cells, Row: cells}
}

// colors are the ANSI sequences of verdicts.
var colors = map[finding.Verdict]string{
	finding.Flagged:       "\x1b[1;31m",
	finding.Unknown:       "\x1b[33m",
	finding.Clear:         "\x1b[32m",
	finding.NotApplicable: "\x1b[2m",
}

const uncolored = "\x1b[0m"

// paint colours each line of the cells that hold verdicts.
func paint(row []string, verdicts []*finding.Verdict) {
	for i, v := range verdicts {
		if v != nil && row[i] != "" {
			row[i] = colored(row[i], *v)
		}
	}
}

func colored(text string, v finding.Verdict) string {
	c := colors[v]
	return c + strings.ReplaceAll(text, "\n", uncolored+"\n"+c) + uncolored
}
