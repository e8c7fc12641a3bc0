package lab_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// TestWhoAnswersAnIntentIsToldWithItsGuard takes the one capture of a handset's
// components and reads it: every question is answered, every line is known, and
// a component with a guard differs from one without.
func TestWhoAnswersAnIntentIsToldWithItsGuard(t *testing.T) {
	h := lacking(t, "")
	dir, _ := run(t, lab.Runner{Server: embedded(t, h)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h)})
	folders, err := ledger.Bundles(dir)
	require.NoError(t, err)
	taken := 0
	for _, f := range folders {
		m, err := evidence.Open(filepath.Join(dir, f))
		require.NoError(t, err)
		for _, c := range m.Captures {
			if c.Source != "exported-components" {
				continue
			}
			taken++
			assert.Equal(t, evidence.Whole, c.Coverage.State, c.Coverage.Reason)
			file, err := os.Open(filepath.Join(dir, f, c.File))
			require.NoError(t, err)
			unguarded, guards := map[string]bool{}, map[string]string{}
			r, err := observe.Read(c.Source, file, printout.Input{SDK: m.Handset.Build.SDK}, func(f fact.Fact, _ evidence.Span) {
				k := f.(fact.Component)
				unguarded[k.Name], guards[k.Name] = k.Unguarded(), string(k.Permission)
			})
			require.NoError(t, err)
			require.NoError(t, file.Close())
			assert.Equal(t, evidence.Whole, r.Coverage.State, r.Coverage.Reason)
			assert.Zero(t, r.Unread)
			assert.True(t, unguarded["specimen.dialer/.DialActivity"])
			assert.Equal(t, "android.permission.BIND_INCALL_SERVICE", guards["specimen.dialer/.CallService"])
			assert.False(t, unguarded["specimen.dialer/.CallService"])
		}
	}
	assert.Equal(t, 1, taken, "it is asked once")
}
