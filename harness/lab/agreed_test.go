package lab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/scenario"
)

// agreedTo is the setting in which a virtual handset tells which window was agreed to.
const agreedTo = "specimen_agreed_to"

// TestNoWindowIsAgreedToWhereBackDoesNotCloseIt has windows come up whose
// negative button installs, opens or silences, and which do not heed BACK: what is not
// known to decline is left by HOME, and the step stops, with its picture.
func TestNoWindowIsAgreedToWhereBackDoesNotCloseIt(t *testing.T) {
	t.Parallel()
	forms := []struct {
		form, declared string
		done           string // what takes it away
	}{
		{"overlay:install+firm", "", "dismiss"}, {"overlay:install", "", "back"},
		{"overlay:harmful+firm", "", "home"}, {"overlay:harmful", "", "back"},
		{"overlay:battery+firm", "", "home"}, {"overlay:battery+firm", "unknown", "home"},
		{"overlay:oem+firm", "", "home"}, {"overlay:oem+firm", "unknown", "home"},
		{"overlay:sim+firm", "sim", "home"}, {"overlay:com.android.systemui/com.android.systemui.usb.UsbPermissionActivity+firm", "", "dismiss"},
	}
	for _, persona := range []string{"gionee", "samsung"} {
		for i, f := range forms {
			if underRace && i%5 != 0 || persona == "gionee" && i%3 != 0 {
				continue
			}
			t.Run(persona+" "+f.form+" "+f.declared, func(t *testing.T) {
				all, inv := clones(t, persona, 1)
				inject(t, all[0], f.form+":times=1:match=am start -W")
				dialogs := ""
				if f.declared != "" {
					dialogs = fmt.Sprintf("dialogs:\n  - {kind: %s, answer: dismiss}\n", f.declared)
				}
				server := embedded(t, all...)
				before := footprint(t.Context(), t, server, inv.Devices[0].Serial)
				dir, _ := run(t, lab.Runner{Server: server}, lab.Plan{Scenarios: short(t, dialogs), Inventory: inv})
				after := footprint(t.Context(), t, server, inv.Devices[0].Serial)
				assert.NotContains(t, strings.Join(slices.Collect(mapsKeys(after)), "\n"), agreedTo)
				assert.Empty(t, strays(before, after, nil))

				at := slices.IndexFunc(judged(t, dir).Jobs, func(j finding.Job) bool { return j.Scenario == "short" })
				job := judged(t, dir).Jobs[at]
				var answers []string
				for _, d := range job.Dialogs {
					answers = append(answers, d.Answer)
					assert.True(t, slices.ContainsFunc(d.Files, func(f string) bool { return strings.HasSuffix(f, ".png") }), "its picture is kept")
				}
				require.NotEmpty(t, answers)
				assert.Contains(t, answers, f.done)
				if f.done == "home" {
					assert.Equal(t, evidence.StepFailed, job.Outcome.State)
					assert.Regexp(t, `HOME alone left a dialog .*and the step stops; it is kept in captures/\S+\.png`, job.Outcome.Cause)
					return
				}
				assert.NotContains(t, answers, "home")
				assert.Equal(t, evidence.Finished, job.Outcome.State, job.Outcome.Cause)
			})
		}
	}
}

// TestAnOpOrASettingThatIsNotSetIsNotTakenForSet: the command ends with 0, and says
// nothing. Where the handset's maker is known for it that is the lab's fault.
func TestAnOpOrASettingThatIsNotSetIsNotTakenForSet(t *testing.T) {
	const op = "shell: {run: [cmd, appops, set, specimen.camera, VIBRATE, ignore], changes: {what: it is ignored}}"
	const dim = "shell: {run: [settings, put, system, screen_brightness, \"7\"], changes: {what: it is dimmed}}"
	for _, c := range []struct {
		persona, step string
		state         evidence.OutcomeState
		says          string
	}{
		{"vivo", op, evidence.Infra, "MANAGE_APP_OPS_MODES"}, {"samsung", op, evidence.StepFailed, "ops specimen.camera to be VIBRATE ignore"},
		{"samsung", dim, evidence.StepFailed, `setting system screen_brightness to be "7"`},
	} {
		all, inv := clones(t, c.persona, 1)
		inject(t, all[0], "refused:ignored")
		s, err := scenario.Parse("one.yaml", []byte("name: one\nabout: One step.\nsubject: {role: camera}\nsteps:\n  - "+c.step+"\n"), scenario.Known{})
		require.NoError(t, err)
		dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: []scenario.Scenario{s}, Inventory: inv})
		jobs := finding.LastAttempts(judged(t, dir).Jobs)
		at := slices.IndexFunc(jobs, func(j finding.Job) bool { return j.Scenario == "one" })
		require.GreaterOrEqual(t, at, 0)
		assert.Equal(t, c.state, jobs[at].Outcome.State, jobs[at].Outcome.Cause)
		assert.Contains(t, jobs[at].Outcome.Cause, c.says)
		assert.Equal(t, []string{`setting system user_rotation was "null", and is "0"`}, jobs[at].NotUndone, "nor does it take back what dumps of the views do, and that is told")
	}
}
