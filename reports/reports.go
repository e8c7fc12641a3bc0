// Package reports turns a judgement into tables, and tables into files. Every
// format writes the same Table; every cell knows its evidence.
//
// A Table holds text as the handsets gave it. Whatever a handset can put there
// (escape sequences, control characters, text that runs backwards, formulas,
// markup) is made harmless by each format when it writes: see Printable.
package reports

import (
	"io"

	"assay/harness/evidence"
	"assay/harness/finding"
)

// Tables is every table, by name; the headline comes first.
var Tables = []Builder{behaviour, coverage, findings, jobs, leaks, permissions, use}

// Formats is every format, by name.
var Formats = []Format{csvFormat, htmlFormat, jsonFormat, junitFormat, markdownFormat, textFormat}

// Table is what every format writes.
type Table struct {
	Name    string // behaviour
	Title   string // one line; names the run, and says when handsets are virtual
	About   string // what a reader must know
	Columns []Column
	Rows    [][]Cell // each as long as Columns
	Notes   []string // below the table
	Group   int      // how many of the first columns say whose a row is: brand, model, serial
}

// Column is one column's heading.
type Column struct {
	Name   string // short, for the heading; no two of a table are the same
	About  string // a sentence, for a legend
	Right  bool   // numbers stand to the right
	Claim  bool   // its cells hold verdicts about the claim that Name is the ID of
	Detail bool   // for machines: what text, Markdown and HTML say in the title or elsewhere
}

// Cell holds a value, or a verdict with its coverage, and the way to its bytes.
type Cell struct {
	Text     string           // what is printed
	Verdict  *finding.Verdict // nil for a plain value
	Number   *int64           // where the value is a number, or a verdict counts something
	Worst    finding.Severity // of what a verdict flags; 0: nothing
	Note     string           // what weakens it
	Findings []string         // IDs that assay explain takes
	Grounds  []evidence.Ref
	Builds   []BuildCell // of a folded cell: what it is with each build
	Differ   bool        // and that is not alike
}

// BuildCell is what a cell is with one build of a model.
type BuildCell struct {
	Build string // the fingerprint
	Cell
}

// Builder makes one table of a judgement.
type Builder struct {
	Name  string
	About string
	Build func(j finding.Judgement) Table
}

// Format writes tables to one file.
type Format struct {
	Name  string // csv, html, json, junit, markdown, text
	Ext   string // csv, html, json, xml, md, txt
	Split bool   // WriteAll gives each table a file of its own
	Write func(w io.Writer, tables []Table, o Options) error
}

// Options are what a format may heed.
type Options struct {
	Width    int    // columns of the terminal; 0: no terminal, plain and unbounded
	Color    bool   // the terminal shows colours, and its user wants them
	Evidence string // where the run's folder is, seen from the report, for links; empty: no links
}

// Build makes the tables that Select gave, in its order.
func Build(j finding.Judgement, builders []Builder) []Table {
	tables := make([]Table, 0, len(builders))
	for _, b := range builders {
		tables = append(tables, b.Build(j))
	}
	return tables
}

// Headline writes the behaviour table as text: what a run ends with.
func Headline(w io.Writer, j finding.Judgement, o Options) error {
	return textFormat.Write(w, []Table{behaviour.Build(j)}, o)
}
