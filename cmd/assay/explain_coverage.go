package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
)

// explainCoverage shows of each bundle of a run, or of one, source by source,
// what was seen and what was not.
func (a *app) explainCoverage(path string) error {
	bundles, problems, err := judge.BundlesAt(path)
	if err != nil {
		return noRun(err)
	}
	for i, b := range bundles {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		problems = append(problems, a.bundleCoverage(b))
	}
	if len(bundles) == 0 && len(problems) == 0 {
		return &status{exitNothing, fmt.Errorf("%s has no bundle yet", path)}
	}
	if err := errors.Join(problems...); err != nil {
		return &status{exitInfra, err}
	}
	return nil
}

func (a *app) bundleCoverage(dir string) error {
	var m evidence.Manifest
	var all []judge.Seen
	err := judge.See(dir, func(of evidence.Manifest, s judge.Seen) error {
		m = of
		all = append(all, s)
		return nil
	})
	if errors.Is(err, evidence.ErrUnsealed) {
		a.line("%s: not sealed: its attempt was cut off; nothing of it counts", dir)
		return nil
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		a.line("%s: no capture", dir)
		return nil
	}
	slices.SortStableFunc(all, func(x, y judge.Seen) int {
		return cmp.Or(cmp.Compare(rank(m, x), rank(m, y)),
			cmp.Compare(x.Source, y.Source), cmp.Compare(x.Subject, y.Subject), cmp.Compare(x.File, y.File))
	})
	fmt.Fprintf(a.out, "%s\n%s %s (%s), Android %s, scenario %s, repeat %d, attempt %d: %s\n",
		safe(dir), safe(m.Handset.Brand), safe(m.Handset.Model), safe(string(m.Handset.Serial)),
		cmp.Or(safe(m.Handset.Build.Release), "of unknown release"), safe(m.Scenario), m.Repeat, m.Attempt, safe(string(m.Outcome.State)))
	rest := slices.IndexFunc(all, func(s judge.Seen) bool { return rank(m, s) > bearing })
	if rest < 0 {
		rest = len(all)
	}
	for _, part := range []struct {
		title string
		seen  []judge.Seen
	}{{"Rules need these; what weakens a verdict comes first:", all[:rest]}, {"No rule needs these:", all[rest:]}} {
		if len(part.seen) == 0 {
			continue
		}
		fmt.Fprintln(a.out, part.title)
		if err := a.coverageTable(part.seen); err != nil {
			return err
		}
	}
	a.states(all)
	a.passedOver(all)
	a.unread(all)
	return nil
}

// Ranks of captures: those that a verdict rests on, and of these those that do not show
// all, come first.
const (
	weakening = iota
	bearing
	beside
)

func rank(m evidence.Manifest, s judge.Seen) int {
	switch {
	case !finding.RestsOn(s.Source, m.Scenario, s.Phase, m.Handset.Build.SDK):
		return beside
	case s.Together.Complete() && s.Reading.Unread == 0:
		return bearing
	}
	return weakening
}

func (a *app) coverageTable(all []judge.Seen) error {
	t := tablewriter.NewWriter(a.out)
	t.Header("Source", "Phase", "State", "Bytes", "Lines", "Facts", "Skipped", "Unread", "Reason")
	for _, s := range all {
		source := s.Source
		if s.Subject != "" {
			source += " " + s.Subject
		}
		reason := s.Together.Reason
		for _, g := range s.Together.Gaps {
			reason += fmt.Sprintf("; nothing from %s to %s: %s", g.From.Format("15:04:05"), g.To.Format("15:04:05"), g.Reason)
		}
		state := cmp.Or(string(s.Together.State), "unknown")
		if len(s.Together.Gaps) > 0 {
			state += ", with gaps"
		}
		err := t.Append(safe(source), safe(string(s.Phase)), safe(state), strconv.FormatInt(s.Size, 10), strconv.Itoa(s.Reading.Lines),
			strconv.Itoa(s.Reading.Facts), strconv.Itoa(s.Reading.Skipped), strconv.Itoa(s.Reading.Unread), safe(strings.TrimPrefix(reason, "; ")))
		if err != nil {
			return err
		}
	}
	return t.Render()
}

// states counts the captures by state, in one line.
func (a *app) states(all []judge.Seen) {
	counts := map[evidence.State]int{}
	lines, unread := 0, 0
	for _, s := range all {
		counts[s.Together.State]++
		lines += s.Reading.Lines
		unread += s.Reading.Unread
	}
	var words []string
	for _, state := range evidence.States {
		if n := counts[state]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, cmp.Or(string(state), "unknown")))
		}
	}
	fmt.Fprintf(a.out, "%d captures: %s. %d of %d lines unread.\n", len(all), strings.Join(words, ", "), unread, lines)
}

// passedOver tells of each source that was asked in a later form why the earlier
// ones are not what answered: once, however often that was so.
func (a *app) passedOver(all []judge.Seen) {
	told := map[string]bool{}
	for _, s := range all {
		line := fmt.Sprintf("%s: not asked in an earlier form, or not answered: %s\n", safe(s.Source), safe(s.Instead))
		if s.Instead != "" && !told[line] {
			told[line] = true
			fmt.Fprint(a.out, line)
		}
	}
}

// unread quotes the first lines of each capture that no parser understood.
func (a *app) unread(all []judge.Seen) {
	for _, s := range all {
		if s.Reading.Unread == 0 {
			continue
		}
		fmt.Fprintf(a.out, "\n%s (%s): %d of %d lines unread\n",
			safe(s.Source), safe(filepath.FromSlash(s.File)), s.Reading.Unread, s.Reading.Lines)
		for _, u := range s.Unread {
			more := ""
			if u.Length > int64(len(u.Text)) {
				more = fmt.Sprintf(" … %d bytes in all", u.Length)
			}
			fmt.Fprintf(a.out, "  %d, byte %d | %s%s\n", u.Line, u.Offset, safe(string(u.Text)), more)
		}
		if rest := s.Reading.Unread - len(s.Unread); rest > 0 {
			fmt.Fprintf(a.out, "  … and %d more\n", rest)
		}
	}
}
