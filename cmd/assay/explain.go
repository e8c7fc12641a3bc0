package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/ledger"
	"assay/harness/strict"
	"assay/reports"
)

func (a *app) explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "explain RULE | RUN FINDING | --coverage BUNDLE",
		Short: "Say what a rule claims and why, show the bytes that a finding rests on, or what was not seen",
		Example: `  assay explain no-background-location
  assay explain RUN F0123456789
  assay explain --coverage RUN
  assay explain --coverage RUN/bundles/moto-e22.baseline.001`,
		RunE: func(_ *cobra.Command, args []string) error {
			switch coverage := a.set.GetBool("coverage"); {
			case coverage && len(args) != 1:
				return usage(errors.New("explain --coverage wants a run, or one of its bundles"))
			case coverage:
				return a.explainCoverage(args[0])
			case len(args) == 1:
				return usage(a.explainRule(args[0]))
			case len(args) == 2:
				return a.explainFinding(args[0], args[1])
			}
			return usage(errors.New("explain wants a rule, or a run and the ID of a finding"))
		},
	}
	c.Flags().Bool("coverage", false, "show of a run or a bundle, source by source, what was seen, and the lines that nobody understood")
	return c
}

func (a *app) explainRule(id string) error {
	at := slices.IndexFunc(finding.All, func(r finding.Rule) bool { return r.ID == id })
	if info, err := os.Stat(id); at < 0 && err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder and no rule: 'assay explain %s FINDING' shows what a finding rests on ('assay report %s "+
			"--table findings' lists them), 'assay explain --coverage %s' what was seen", id, id, id, id)
	}
	if at < 0 {
		var there []string
		for _, r := range finding.All {
			there = append(there, r.ID)
		}
		return fmt.Errorf("no rule %q%s; there are\n  %s", id, strict.Meant(id, there), strings.Join(there, "\n  "))
	}
	writeRule(a.out, finding.All[at], "Remedy: "+finding.All[at].Remedy)
	return nil
}

// writeRule writes a rule, and what to do about what it found.
func writeRule(w io.Writer, r finding.Rule, do string) {
	fmt.Fprintf(w, "%s\n  %s\n\nWhy:    %s\nSeverity: %s: %s\n%s\n", r.ID, r.Title, r.Why, r.Severity, r.SeverityWhy, do)
	for _, ref := range r.References {
		fmt.Fprintf(w, "See:    %s\n", ref)
	}
	for _, n := range r.Needs {
		fmt.Fprintf(w, "Needs:  %s%s", n.Source, releases(n))
		if n.Phase != "" {
			fmt.Fprintf(w, " (%s)", n.Phase)
		}
		fmt.Fprintln(w)
	}
}

// releases says on which SDKs a rule rests on a source, where not on every one.
func releases(n finding.Need) string {
	switch {
	case n.From > 0:
		return fmt.Sprintf(" from SDK %d", n.From)
	case n.To > 0:
		return fmt.Sprintf(" up to SDK %d", n.To)
	}
	return ""
}

func (a *app) explainFinding(dir, id string) error {
	if _, err := ledger.Read(dir); err != nil {
		return noRun(err)
	}
	j, err := judge.Run(dir)
	if err != nil {
		return &status{exitInfra, err}
	}
	at := slices.IndexFunc(j.Findings, func(f finding.Finding) bool { return f.ID == id })
	for _, p := range j.Problems {
		tellLine(a.err, "assay: %s", p)
	}
	if at < 0 {
		var there []string
		for _, f := range j.Findings {
			there = append(there, f.ID)
		}
		none := fmt.Errorf("%s has no finding %s%s; 'assay report %s --table findings' lists them", dir, id, strict.Meant(id, there), dir)
		if len(j.Problems) > 0 { // it may have had it
			return &status{exitInfra, none}
		}
		return &status{exitNothing, none}
	}
	f := j.Findings[at]
	verdict := f.Verdict.String()
	if f.Severity != 0 {
		verdict += ", " + f.Severity.String()
	}
	fmt.Fprintf(a.out, "%s  %s\n%s %s (%s), scenario %s, package %s\n%s\n", f.ID, verdict, safe(f.Handset.Brand), safe(f.Handset.Model),
		safe(string(f.Handset.Serial)), safe(f.Scenario), orNone(safe(string(f.Package))), safe(f.Detail))
	if f.Handset.Notice != "" {
		fmt.Fprintf(a.out, "The handset is %s\n", safe(f.Handset.Notice))
	}
	if rule := slices.IndexFunc(finding.All, func(r finding.Rule) bool { return r.ID == f.Rule }); rule >= 0 {
		fmt.Fprintln(a.out)
		do := "Remedy: " + finding.All[rule].Remedy
		if f.Verdict == finding.Unknown { // nothing was found that its maker could mend
			do = "To know: " + safe(f.ToKnow)
		}
		writeRule(a.out, finding.All[rule], do)
	}
	for _, ref := range f.Grounds {
		if err := a.showRef(dir, ref); err != nil {
			return &status{exitInfra, err}
		}
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "(the handset)"
	}
	return s
}

// shown is the most of one piece of evidence that explain prints.
const shown = 4 << 10

// showRef prints the bytes that a reference leads to, made safe for a terminal,
// with the SHA-256 of the file that they stand in.
func (a *app) showRef(dir string, ref evidence.Ref) error {
	bundle := filepath.Join(dir, filepath.FromSlash(ref.Bundle))
	m, err := evidence.Open(bundle)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(m.Captures, func(c evidence.Capture) bool { return c.File == ref.File })
	if at < 0 {
		return fmt.Errorf("%s: its manifest lists no %s", bundle, ref.File)
	}
	c := m.Captures[at]
	fmt.Fprintf(a.out, "\n%s:%d, bytes %d to %d\n  command: %s\n  sha-256: %s\n  coverage: %s %s\n",
		safe(filepath.Join(bundle, ref.File)), ref.Line, ref.Offset, ref.Offset+ref.Length,
		safe(strings.Join(c.Command, " ")), safe(c.SHA256), safe(string(c.Coverage.State)), safe(c.Coverage.Reason))
	if c.Instead != "" {
		fmt.Fprintf(a.out, "  instead of an earlier form: %s\n", safe(c.Instead))
	}
	if c.Source == evidence.Screenshot {
		fmt.Fprintf(a.out, "  a picture of %d bytes: open the file\n", c.Size)
		return nil
	}
	body, err := evidence.Body(bundle, c)
	if err != nil {
		return err
	}
	defer body.Close()
	over, err := headings(body, ref)
	if err != nil {
		return err
	}
	for _, h := range over {
		fmt.Fprintf(a.out, "  %6d   %s\n", h.line, reports.Printable(string(h.text), shown))
	}
	text, err := io.ReadAll(io.NewSectionReader(body, ref.Offset, min(ref.Length, shown)))
	if err != nil {
		return err
	}
	n := ref.Line
	for line := range bytes.Lines(text) {
		fmt.Fprintf(a.out, "  %6d | %s\n", n, reports.Printable(strings.TrimRight(string(line), "\r\n"), shown))
		n++
	}
	if ref.Length > shown {
		fmt.Fprintf(a.out, "         | … %d bytes in all\n", ref.Length)
	}
	return nil
}
