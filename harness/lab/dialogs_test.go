package lab_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/observe/fact"
	"assay/harness/scenario"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
)

// clones makes handsets of one persona, each a model of its own.
func clones(t *testing.T, persona string, n int) (made []*virtual.Handset, inv farm.Inventory) {
	t.Helper()
	for i := range n {
		h, e := clone(t, persona, i)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		made, inv.Devices = append(made, h), append(inv.Devices, e)
	}
	return made, inv
}

// short is a scenario of three steps, at each of which something may come up.
func short(t *testing.T, dialogs string) []scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("short.yaml", []byte("name: short\nabout: The browser is opened.\nsubject: {role: browser}\n"+dialogs+
		"steps:\n  - launch\n  - wait: 5s\n  - home\n"), scenario.Known{})
	require.NoError(t, err)
	return []scenario.Scenario{s}
}

// atEachStep has something come up when each of the three steps begins.
func atEachStep(t *testing.T, h *virtual.Handset, form string) {
	t.Helper()
	for _, step := range []string{"am start -W", "sleep 1", "input keyevent KEYCODE_HOME"} {
		f, err := fault.Parse(form + ":times=1:match=" + step)
		require.NoError(t, err)
		h.Inject(f)
	}
}

var granted = regexp.MustCompile(`(?m)^ +(android\.permission\.\S+): granted=true`)

// held lists what all packages hold.
func held(t *testing.T, server *adb.Server) map[string][]string {
	t.Helper()
	rows, err := server.Devices(t.Context())
	require.NoError(t, err)
	all := map[string][]string{}
	for _, r := range rows {
		out, err := server.Device(r).Shell(t.Context(), "dumpsys", "package")
		require.NoError(t, err)
		all[string(r.Serial)] = granted.FindAllString(out, -1)
	}
	return all
}

// TestDialogsAtEachStepAreRecordedNeverAgreedToAndMarked has each kind of dialog
// come up at each step of a scenario that foresees none.
func TestDialogsAtEachStepAreRecordedNeverAgreedToAndMarked(t *testing.T) {
	t.Parallel()
	forms := []struct{ form, kind string }{
		{"anr", "anr"}, {"crash", "crash"}, {"permission", "permission"}, {"overlay:sim", "sim"}, {"overlay:usb", "usb-mode"}, {"overlay:oem", "unknown"},
		{"overlay:com.google.android.gms/com.google.android.gms.update.SystemUpdateActivity", "update"},
		{"overlay:com.miui.securitycenter/com.miui.x.Ask", "maker"},
	}
	all, inv := clones(t, "samsung", len(forms)+1)
	for i, f := range forms {
		atEachStep(t, all[i], f.form)
	}
	server := embedded(t, all...)
	before := held(t, server)
	dir, summary := run(t, lab.Runner{Server: server}, lab.Plan{Scenarios: short(t, ""), Inventory: inv})
	assert.Zero(t, summary.Infra)
	assert.Equal(t, before, held(t, server), "nothing was agreed to")

	j := judged(t, dir)
	models := map[string]map[string]finding.Cell{}
	for _, m := range j.Models {
		models[m.Model] = m.Cells
	}
	want := models[inv.Devices[len(forms)].Model]
	for i, f := range forms {
		t.Run(f.kind, func(t *testing.T) {
			seen := dialogsOn(t, dir, inv.Devices[i].Model, f.kind)
			least := map[string]int{"anr": 3, "crash": 3, "permission": 1}[f.kind] // a question is not asked twice
			assert.GreaterOrEqual(t, seen, cmp.Or(least, 2), "at each step; an activity in front is left by the step home itself")
			for rule, cell := range models[inv.Devices[i].Model] {
				assert.False(t, wrong(want[rule].Verdict, cell.Verdict), "%s: %s, earned %s", rule, cell.Verdict, want[rule].Verdict)
			}
			assert.Equal(t, finding.Unknown, models[inv.Devices[i].Model]["no-clear-text-traffic"].Verdict)
			for _, job := range j.Jobs {
				if job.Scenario == "short" && string(job.Handset.Serial) == all[i].Serial() {
					assert.NotEmpty(t, job.Changes)
					assert.Contains(t, strings.Join(job.Changes, "\n"), "a dialog ("+f.kind)
				}
			}
		})
	}
}

// dialogsOn checks that each dialog of a model's attempt is marked and recorded
// by a picture, and gives how many there were.
func dialogsOn(t *testing.T, dir, model, kind string) int {
	t.Helper()
	seen := 0
	pictures := map[string]bool{}
	require.NoError(t, judge.EachFact(dir, "steps", func(m evidence.Manifest, o fact.Observation) error {
		s, ok := o.Fact.(fact.Step)
		if !ok || !strings.Contains(o.Ref.Bundle, evidence.FolderName(model)) {
			return nil
		}
		for _, d := range s.Dialogs {
			seen++
			assert.Equal(t, kind, d.Name)
			assert.True(t, d.Disturbed())
			assert.NotContains(t, []string{"stays", "leave"}, d.Answer)
			i := slices.IndexFunc(d.Files, func(f string) bool { return strings.HasSuffix(f, ".png") })
			require.GreaterOrEqual(t, i, 0)
			raw, err := os.ReadFile(filepath.Join(dir, o.Ref.Bundle, d.Files[i]))
			require.NoError(t, err)
			_, err = png.Decode(bytes.NewReader(raw))
			require.NoError(t, err)
			pictures[d.Files[i]] = true
		}
		return nil
	}))
	assert.Len(t, pictures, seen, "each has its own")
	return seen
}

// TestDialogsThatAreForeseenGetTheirAnswersAndWeakenNothing plays the same with
// answers declared.
func TestDialogsThatAreForeseenGetTheirAnswersAndWeakenNothing(t *testing.T) {
	forms := []string{"anr", "overlay:sim", "overlay:oem"}
	all, inv := clones(t, "lyf", len(forms)+1)
	for i, f := range forms {
		atEachStep(t, all[i], f)
	}
	dialogs := "dialogs:\n  - {kind: anr, answer: wait}\n  - {kind: sim, answer: dismiss}\n  - {kind: unknown, answer: back}\n"
	dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: short(t, dialogs), Inventory: inv})
	answers := map[string]int{}
	require.NoError(t, judge.EachFact(dir, "steps", func(_ evidence.Manifest, o fact.Observation) error {
		for _, d := range o.Fact.(fact.Step).Dialogs {
			assert.False(t, d.Disturbed())
			answers[d.Name+" "+d.Answer]++
		}
		return nil
	}))
	assert.Equal(t, map[string]int{"anr wait": 3, "sim back": 2, "unknown back": 2}, answers, "an activity in front is left by the step home itself")
	j := judged(t, dir)
	for _, m := range j.Models[1:] {
		for rule, cell := range m.Cells {
			assert.Equal(t, j.Models[0].Cells[rule].Verdict, cell.Verdict, "%s %s", m.Model, rule)
		}
	}
}

// TestALockScreenWithASecretIsForAPerson has a handset lock itself in mid-step.
func TestALockScreenWithASecretIsForAPerson(t *testing.T) {
	all, inv := clones(t, "google", 2)
	for i, form := range []string{"keyguard:secure:match=sleep 1", "keyguard:match=sleep 1"} {
		f, err := fault.Parse(form)
		require.NoError(t, err)
		all[i].Inject(f)
	}
	dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: short(t, ""), Inventory: inv})
	outcomes := map[string]finding.Job{}
	for _, job := range judged(t, dir).Jobs {
		if job.Scenario == "short" {
			outcomes[string(job.Handset.Serial)] = job
		}
	}
	secret, plain := outcomes[all[0].Serial()], outcomes[all[1].Serial()]
	assert.Equal(t, evidence.Infra, secret.Outcome.State)
	assert.Equal(t, evidence.OwnerHandset, secret.Outcome.Owner)
	assert.Contains(t, secret.Outcome.Remedy, "by hand")
	assert.Equal(t, evidence.Finished, plain.Outcome.State)
	assert.Contains(t, fmt.Sprint(plain.Dialogs), "keyguard")
}
