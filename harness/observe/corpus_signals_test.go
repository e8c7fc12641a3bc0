package observe

import (
	"bytes"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// authorityPattern is how each release from 7.1 to 14 prints an authority.
var authorityPattern = regexp.MustCompile(`(?m)^  \[[^\]\n]+\]:\r?\n    Provider\{`)

// TestProvidersOfRealDumpsAreAllRead counts authorities with a line pattern too.
func TestProvidersOfRealDumpsAreAllRead(t *testing.T) {
	t.Parallel()
	dir := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*", "dumpsys_package.txt.gz"))
	require.NoError(t, err)
	read := 0
	for _, f := range files {
		body := open(t, f)
		got := 0
		_, err := Read("dumpsys-package", bytes.NewReader(body), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
			if p, ok := fact.Keep(f).(fact.Provider); ok {
				assert.NotEmpty(t, p.Authority)
				assert.NotEmpty(t, p.Package)
				got++
			}
		})
		require.NoError(t, err)
		assert.Equal(t, len(authorityPattern.FindAll(body, -1)), got, f)
		read += got
	}
	assert.Greater(t, read, 1000)
}

// TestSampledEventsOfARealLogAreAllRead counts them by their tag: MediaTek's
// builds write binder_sample.
func TestSampledEventsOfARealLogAreAllRead(t *testing.T) {
	t.Parallel()
	f := filepath.Join(corpus(t), "axxs", "tb8168p1_MTK_tablet", "13", "logcat_events.txt.gz")
	body := open(t, f)
	got := 0
	_, err := Read("logcat", bytes.NewReader(body), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
		if _, ok := f.(fact.BinderCall); ok {
			got++
		}
	})
	require.NoError(t, err)
	assert.Positive(t, got)
	assert.Equal(t, bytes.Count(body, []byte(" I binder_sample: [")), got)
}
