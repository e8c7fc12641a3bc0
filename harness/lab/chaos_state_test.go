package lab_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/ledger"
)

// stateOf is what the scenarios could change on a handset and put back: who holds
// which permission, and the settings. Before Android 12 no command clears the
// flags that an answer to a dialog leaves, which the report tells; there, what is
// granted is what counts.
func stateOf(ctx context.Context, server *adb.Server, serial android.Serial) (string, error) {
	rows, err := server.Devices(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(rows, func(r adb.Row) bool { return r.Serial == serial && r.State == "device" })
	if at < 0 {
		return "", fmt.Errorf("%s: not there", serial)
	}
	d := server.Device(rows[at])
	sdk, err := d.Shell(ctx, "getprop", android.PropSDK)
	if err != nil {
		return "", err
	}
	level, err := strconv.Atoi(strings.TrimSpace(sdk))
	flags := level >= 31
	if err != nil {
		return "", err
	}
	var state strings.Builder
	for _, argv := range [][]string{
		{"dumpsys", "package", "specimen.camera"}, {"dumpsys", "package", "specimen.dialer"},
		{"settings", "list", "global"}, {"settings", "list", "secure"}, {"settings", "list", "system"},
	} {
		out, err := patiently(ctx, d, argv)
		if err != nil {
			return "", err
		}
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, "system_locales=") {
				continue // the fault's own doing, which no scenario touches
			}
			if argv[0] == "settings" || strings.Contains(line, "granted=true") || flags && strings.Contains(line, "granted=") {
				state.WriteString(line)
			}
		}
	}
	return state.String(), nil
}

// patiently asks again where a fault that nobody has met yet has the handset
// answer a byte a second.
func patiently(ctx context.Context, d *adb.Device, argv []string) (out string, err error) {
	for range 3 {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		out, err = d.Shell(ctx, argv...)
		cancel()
		if err == nil || !errors.Is(err, context.DeadlineExceeded) {
			break
		}
	}
	return out, err
}

// leasable says whether the next one can have the handset.
func leasable(ctx context.Context, server *adb.Server, e farm.Entry) error {
	f := farm.New(server)
	places, err := f.Survey(ctx, farm.Inventory{Devices: []farm.Entry{e}})
	if err != nil {
		return err
	}
	lease, err := f.Lease(ctx, places[0])
	if err != nil {
		return err
	}
	lease.Return()
	return nil
}

// toldOf is everything that a judgement says of one handset, a line each, without
// its name: two handsets of one story are told alike.
func toldOf(j finding.Judgement, e farm.Entry) []string {
	var lines []string
	for _, line := range told(j, nil) {
		switch {
		case strings.HasPrefix(line, "cell "+e.Brand+" "+e.Model+" "):
			lines = append(lines, strings.Replace(line, e.Model, "M", 1))
		case strings.HasPrefix(line, e.Key()+" coverage "):
		case strings.HasPrefix(line, e.Key()+" "):
			lines = append(lines, strings.ReplaceAll(line, e.Key(), "S"))
		}
	}
	slices.Sort(lines)
	return lines
}

// missingEvidence says what of a run's evidence is not as it should be: bundles
// that the journal names and that are not there or not whole, files that no
// manifest lists, changes of which nobody says what became.
func missingEvidence(dir string) []string {
	var lost []string
	entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		return []string{err.Error()}
	}
	open := map[string]string{}
	for _, e := range entries {
		change := ""
		if e.Change != nil {
			change = fmt.Sprint(e.Serial, " ", e.Change.ID)
		}
		switch e.Kind {
		case evidence.JobEnded:
			lost = append(lost, unkept(filepath.Join(dir, filepath.FromSlash(e.Bundle)))...)
		case evidence.Changed:
			if len(e.Change.Undo) > 0 {
				open[change] = e.Change.What
			}
		case evidence.Undone, evidence.UndoFailed:
			delete(open, change)
		case evidence.Held:
			open[e.Serial+" "+e.Part.Name] = e.Part.Name
		case evidence.AsBefore, evidence.Remains:
			delete(open, e.Serial+" "+e.Part.Name)
		}
	}
	for id, what := range open {
		lost = append(lost, id+": nobody says what became of "+what)
	}
	all, err := ledger.Bundles(dir)
	if err != nil {
		lost = append(lost, err.Error())
	}
	for _, b := range all {
		if !slices.ContainsFunc(entries, func(e evidence.Entry) bool { return e.Kind == evidence.JobEnded && e.Bundle == b }) {
			lost = append(lost, b+": its job never ended")
		}
	}
	return lost
}

// unkept says what of a bundle is not whole.
func unkept(bundle string) []string {
	var lost []string
	for _, err := range evidence.Verify(bundle) {
		lost = append(lost, err.Error())
	}
	m, err := evidence.Open(bundle)
	if err != nil {
		return append(lost, err.Error())
	}
	files, err := filepath.Glob(filepath.Join(bundle, "captures", "*"))
	if err != nil || len(files) != len(m.Captures) {
		lost = append(lost, fmt.Sprintf("%s: %d files, and the manifest lists %d (%v)", bundle, len(files), len(m.Captures), err))
	}
	return lost
}

// storyOf is what the journal says of a handset, a line an entry.
func storyOf(dir string, e farm.Entry) []string {
	entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		return []string{err.Error()}
	}
	var story []string
	for _, x := range entries {
		if x.Serial != e.Key() {
			continue
		}
		line := fmt.Sprint(x.Time.Format("05.000"), " ", x.Kind, " ", x.Scenario, " ", x.Attempt, " ", x.Note)
		if x.Change != nil {
			line += " " + x.Change.What + " " + strings.Join(x.Change.Undo, " ")
		}
		if x.Outcome != nil {
			line += fmt.Sprint(" ", x.Outcome.State, ": ", x.Outcome.Cause)
		}
		story = append(story, line)
	}
	return story
}
