// Package reports turns a judgement into tables, and tables into files. Every
// format writes the same Table; every cell knows its evidence.
package reports

import (
	"io"

	"assay/harness/evidence"
	"assay/harness/finding"
)

// Table is what every format writes.
type Table struct {
	Name    string // behaviour
	Title   string // one line; says when handsets are virtual
	About   string // what a reader must know
	Columns []Column
	Rows    [][]Cell
	Notes   []string // below the table
}

// Column is one column's heading.
type Column struct {
	Name  string // short, for the heading
	About string // a sentence, for a legend
	Right bool   // numbers stand to the right
}

// Cell holds a value, or a verdict with its coverage, and the way to its bytes.
type Cell struct {
	Text    string           // what is printed
	Verdict *finding.Verdict // nil for a plain value
	Number  *int64           // where the value is a number
	Note    string           // what weakens it
	Grounds []evidence.Ref
}

// Builder makes one table of a judgement.
type Builder struct {
	Name  string
	About string
	Build func(j finding.Judgement) Table
}

// Format writes tables to one file.
type Format struct {
	Name  string // text, markdown, csv, json
	Ext   string // txt, md, csv, json
	Write func(w io.Writer, tables []Table, o Options) error
}

// Options are what a format may heed.
type Options struct {
	Width int  // columns of the terminal; 0: no terminal, plain and unbounded
	Color bool // the terminal shows colours
}
