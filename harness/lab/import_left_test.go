package lab_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// handedOver is a folder with one print-out and one file that is none.
func handedOver(t *testing.T) string {
	t.Helper()
	in := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte("[a]: [b]\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(in, "logs.7z"), []byte("7z\xbc\xaf\x27\x1c"), 0o600))
	return in
}

func TestWhatAnImportLeavesOutIsToldAndKept(t *testing.T) {
	in, out := handedOver(t), filepath.Join(t.TempDir(), "run")
	var told []string
	require.NoError(t, lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}, Left: func(path, why string) {
		assert.Equal(t, in, path)
		told = append(told, why)
	}}))
	assert.Equal(t, []string{"logs.7z: is a 7z archive: unpack it, and import the folder"}, told)
	j, err := judge.Run(out)
	require.NoError(t, err)
	assert.Empty(t, j.Problems)
	var kept []string
	for _, c := range j.Coverage {
		if c.Source == "not-taken" {
			kept = append(kept, c.Reason)
		}
	}
	assert.Equal(t, told, kept)
	left, err := filepath.Glob(filepath.Join(out, "*unfinished*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAnImportThatIsStoppedLeavesNothing(t *testing.T) {
	in, out := handedOver(t), filepath.Join(t.TempDir(), "run")
	stop := make(chan struct{})
	close(stop)
	require.ErrorIs(t, lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}, Stop: stop}), lab.ErrStopped)
	assert.NoDirExists(t, out)
}

// TestAnImportThatWasKilledIsNoRun ends an import as a kill does, with what it has
// written where it is.
func TestAnImportThatWasKilledIsNoRun(t *testing.T) {
	in, out := handedOver(t), filepath.Join(t.TempDir(), "run")
	killed := func() {
		defer func() { require.NotNil(t, recover()) }()
		_ = lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}, Left: func(string, string) { panic("killed") }})
	}
	killed()
	require.DirExists(t, out)
	_, err := ledger.Read(out)
	require.ErrorIs(t, err, ledger.ErrNoRun)
	assert.ErrorContains(t, err, "has not come to its end, and nothing of it counts")
	assert.ErrorContains(t, err, "remove the folder and import again")
	_, err = judge.Run(out)
	require.ErrorIs(t, err, ledger.ErrNoRun)
	again := lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}})
	require.ErrorIs(t, again, ledger.ErrOutput)
	assert.ErrorContains(t, again, "was broken off")
	require.NoError(t, os.RemoveAll(out))
	require.NoError(t, lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}}))
}
