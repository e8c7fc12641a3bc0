package reports

import (
	"encoding/xml"
	"io"

	"assay/harness/finding"
)

// junitFormat writes tables of claims for a CI server: a suite for each model, a
// case for each claim. Flagged fails; Unknown and n.a. are skipped, each with
// its reason, since neither passed. Tables without claims are left out.
var junitFormat = Format{Name: "junit", Ext: "xml", Write: writeJUnit}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Failure *junitReason `xml:"failure,omitempty"`
	Skipped *junitReason `xml:"skipped,omitempty"`
	Out     string       `xml:"system-out,omitempty"`
}

type junitReason struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(w io.Writer, tables []Table, _ Options) error {
	all := junitSuites{Name: "assay"}
	for _, t := range tables {
		if !hasClaims(t) {
			continue
		}
		all.Name = Printable(t.Title, lineLimit)
		for _, row := range t.Rows {
			s := junitOf(t, row)
			all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
			all.Suites = append(all.Suites, s)
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitOf makes a suite of one row.
func junitOf(t Table, row []Cell) junitSuite {
	s := junitSuite{Name: rowName(t, row)}
	for i, cell := range row {
		if !t.Columns[i].Claim {
			continue
		}
		c := junitCase{Class: s.Name, Name: Printable(t.Columns[i].Name, cellLimit), Out: Printable(places(cell.Grounds), csvLimit)}
		reason := &junitReason{Message: Printable(cell.Text, cellLimit), Text: Printable(cell.Note, lineLimit)}
		if len(cell.Findings) > 0 {
			reason.Message += ": " + Printable(someIDs(cell.Findings), cellLimit)
		}
		s.Tests++
		switch {
		case cell.Verdict == nil || *cell.Verdict == finding.Unknown || *cell.Verdict == finding.NotApplicable:
			c.Skipped = reason
			s.Skipped++
		case *cell.Verdict == finding.Flagged:
			c.Failure = reason
			s.Failures++
		}
		s.Cases = append(s.Cases, c)
	}
	return s
}
