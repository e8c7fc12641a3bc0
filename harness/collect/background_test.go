package collect_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
)

func TestADumpOfJobsIsWholeOnlyWithItsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		out  string
		want evidence.State
	}{
		"Android 7":          {"Registered 0 jobs:\n  None.\n\nmReadyToRock=true\nmReportedActive=false\nmMaxActiveJobs=6\n", evidence.Whole},
		"Android 14":         {"Registered 0 jobs:\n  None.\n\nPersistStats: FirstLoad: 0/0/0 LastSave: 1/0/0\n\n", evidence.Whole},
		"cut between lines":  {"Registered 2 jobs:\n  JOB #1000/1: a android/.A\n", evidence.Truncated},
		"cut within a line":  {"mReadyToRock=tr", evidence.Truncated},
		"refused, by a word": {"Permission Denial: can't dump JobScheduler from pid=1, uid=2000\n", evidence.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			h := &said{answers: []answer{{c.out, collect.Result{Exit: exit(0)}}}}
			got, err := collect.Take(t.Context(), h, bundle(t), collect.Request{Collector: find(t, "dumpsys-jobscheduler"), SDK: 30, Phase: evidence.Before})
			require.NoError(t, err)
			assert.Equal(t, c.want, got.Coverage.State, got.Coverage.Reason)
		})
	}
}

// TestWhatRunsUnseenIsAskedWhenItMayChange holds the moments: what a scenario
// changes is asked before and after it, what stands for the run is asked once.
func TestWhatRunsUnseenIsAskedWhenItMayChange(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]collect.When{
		"dumpsys-accessibility":            collect.Baseline,
		"dumpsys-activity-broadcast-state": collect.Baseline,
		"dumpsys-activity-services":        collect.Before | collect.After,
		"dumpsys-alarm":                    collect.Before | collect.After,
		"dumpsys-device-policy":            collect.Baseline,
		"dumpsys-deviceidle":               collect.Baseline,
		"dumpsys-jobscheduler":             collect.Before | collect.After,
		"dumpsys-package-checkin":          collect.Baseline,
		"dumpsys-usagestats":               collect.Baseline,
	} {
		c := find(t, name)
		assert.Equal(t, when, c.When, name)
		assert.NotNil(t, c.Whole, name)
		for _, f := range c.Forms {
			assert.NotContains(t, f.Argv, "-a", "%s: vivo's Android 7.1 refuses it", name)
		}
	}
}

// TestTheQuestionsOfComponentsAreOneCommandThatAServerTakes holds their command
// line below what adb refuses, with room for what stands about it, and each
// question to a form that the parser knows.
func TestTheQuestionsOfComponentsAreOneCommandThatAServerTakes(t *testing.T) {
	t.Parallel()
	c := find(t, "exported-components")
	assert.Equal(t, collect.Baseline, c.When)
	require.Len(t, c.Forms, 1)
	script := c.Forms[0].Script
	assert.Less(t, len(script), 3800)
	questions := regexp.MustCompile(`"((?:activities|services|receivers) [^"]+)"`).FindAllStringSubmatch(script, -1)
	assert.Greater(t, len(questions), 50)
	seen := map[string]bool{}
	for _, q := range questions {
		assert.Regexp(t, `^\w+ -a [\w.$]+( -c [\w.]+)?( -d [a-z]+:)?( -t [\w./-]+)?$`, q[1])
		assert.False(t, seen[q[1]], "asked twice: %s", q[1])
		seen[q[1]] = true
	}
}
