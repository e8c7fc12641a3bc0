package lab_test

import (
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// lacking makes the virtual Honor, on a build that has not all services.
func lacking(t *testing.T, fingerprint string, services ...string) *virtual.Handset {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, "honor") })
	require.GreaterOrEqual(t, at, 0)
	p := *all[at]
	p.Lacks, p.Properties = services, maps.Clone(p.Properties)
	if fingerprint != "" {
		p.Properties[android.PropFingerprint] = fingerprint
	}
	h := virtual.New(&p, 1)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	return h
}

// probed gives the bundles of a run that hold a probe, by scenario, and what was
// said of the sources that were not asked for.
func probed(t *testing.T, dir string) (taken []string, unasked map[string]string) {
	t.Helper()
	folders, err := ledger.Bundles(dir)
	require.NoError(t, err)
	unasked = map[string]string{}
	for _, f := range folders {
		m, err := evidence.Open(filepath.Join(dir, f))
		require.NoError(t, err)
		for i, c := range m.Captures {
			if c.Source == "capabilities" {
				assert.Zero(t, i, "%s: the probe comes before all else", f)
				assert.True(t, c.Coverage.Complete(), c.Coverage.Reason)
				taken = append(taken, m.Scenario)
			}
			if strings.HasPrefix(c.Coverage.Reason, "not asked: ") {
				assert.Equal(t, evidence.Unsupported, c.Coverage.State)
				assert.Zero(t, c.Size)
				unasked[m.Scenario+" "+c.Source+" "+string(c.Phase)] = c.Coverage.Reason
			}
		}
	}
	return taken, unasked
}

func TestWhatTheProbeShowsToBeMissingIsNotAskedFor(t *testing.T) {
	h := lacking(t, "", "alarm", "device_policy")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h)}
	dir, summary := run(t, lab.Runner{Server: embedded(t, h)}, plan)
	assert.Zero(t, summary.Infra)
	taken, unasked := probed(t, dir)
	assert.Equal(t, []string{evidence.Baseline}, taken)
	require.Len(t, unasked, 3)
	assert.Contains(t, unasked["baseline dumpsys-device-policy before"], "this handset has no service device_policy (probe bundles/")
	for _, phase := range []evidence.Phase{evidence.Before, evidence.After} {
		assert.Contains(t, unasked["dialer dumpsys-alarm "+string(phase)], "this handset has no service alarm")
	}
	judged(t, dir)
}

func TestResumeTakesTheProbeAgainOnAnotherBuildAlone(t *testing.T) {
	h := lacking(t, "", "alarm")
	plan := lab.Plan{Scenarios: play(t, "camera-consent-refused", "dialer"), Inventory: inventory(h)}
	whole, _ := run(t, lab.Runner{Server: embedded(t, h)}, plan)
	journal, err := evidence.ReadJournal(filepath.Join(whole, "journal.jsonl"))
	require.NoError(t, err)
	committed := 1 + slices.IndexFunc(journal, func(e evidence.Entry) bool {
		return e.Kind == evidence.JobEnded && e.Scenario == "camera-consent-refused"
	})
	require.Positive(t, committed)
	for name, c := range map[string]struct {
		build string
		lacks []string
		taken []string
		says  string
	}{
		"the same build": {"", []string{"alarm"}, []string{evidence.Baseline}, "this handset has no service alarm"},
		"an update":      {"maker/other/other:9/X/2:user/release-keys", nil, []string{evidence.Baseline, "dialer"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := cutOff(t, whole, committed)
			again := lacking(t, c.build, c.lacks...)
			runner := lab.Runner{Server: embedded(t, again), Log: slog.New(slog.DiscardHandler)}
			_, err := runner.Resume(t.Context(), lab.Plan{Scenarios: plan.Scenarios, Inventory: inventory(again)}, dir)
			require.NoError(t, err)
			taken, unasked := probed(t, dir)
			assert.Equal(t, c.taken, taken)
			assert.Contains(t, unasked["dialer dumpsys-alarm after"], c.says)
			assert.Equal(t, c.says == "", unasked["dialer dumpsys-alarm after"] == "", "asked for where it is there")
		})
	}
}

func TestAProbeThatIsNotWholeKeepsNothingFromBeingAsked(t *testing.T) {
	h := lacking(t, "", "alarm")
	truncated, err := fault.Parse("truncated:20:pm list features:skip=1:times=1")
	require.NoError(t, err)
	h.Inject(truncated)
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h)}
	dir, _ := run(t, lab.Runner{Server: embedded(t, h)}, plan)
	folders, err := ledger.Bundles(dir)
	require.NoError(t, err)
	refused := 0
	for _, f := range folders {
		m, err := evidence.Open(filepath.Join(dir, f))
		require.NoError(t, err)
		for _, c := range m.Captures {
			assert.NotContains(t, c.Coverage.Reason, "not asked")
			if c.Source == "dumpsys-alarm" {
				refused++
				assert.Equal(t, "Can't find service: alarm", c.Coverage.Reason)
			}
		}
	}
	assert.Equal(t, 2, refused)
}
