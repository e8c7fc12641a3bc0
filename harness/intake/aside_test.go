package intake_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/intake"
)

// TestAnErrorNamesWhatStandsThereAndIsNotEntered has folders and archives in which
// print-outs stand only where they are not looked for.
func TestAnErrorNamesWhatStandsThereAndIsNotEntered(t *testing.T) {
	t.Parallel()
	linked := t.TempDir()
	other := filepath.Join(t.TempDir(), "real.txt")
	write(t, other, []byte("[a]: [b]\n"))
	require.NoError(t, os.Symlink(other, filepath.Join(linked, "getprop.txt")))
	perPhone := t.TempDir()
	fill(t, perPhone, map[string]string{"one/getprop.txt": "[a]: [b]\n", "two/getprop.txt": "[a]: [c]\n"})
	zip := filepath.Join(t.TempDir(), "phones.zip")
	write(t, zip, archive(t, map[string]string{"one/getprop.txt": "[a]: [b]\n", "two/getprop.txt": "[a]: [c]\n"}))
	for path, want := range map[string][]string{
		linked:   {"getprop.txt: a link", "not followed"},
		perPhone: {"one/: ", "two/: ", "import each by its own path"},
		zip:      {"one/: ", "two/: ", "unpack it"},
	} {
		err := intake.Take(path, &shelf{})
		require.Error(t, err)
		for _, w := range want {
			assert.ErrorContains(t, err, w)
		}
	}
}

func TestFoldersInAnArchiveMayBeSeparatedAsOnWindows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, files := range map[string]map[string]string{
		"one folder.zip":  {`dir\getprop.txt`: "[a]: [b]\n"},
		"its own too.zip": {`dir\`: "", `dir\sub\`: "", `dir\getprop.txt`: "[a]: [b]\n"},
		"both.zip":        {"dir/ps.txt": "PID\n", `dir\getprop.txt`: "[a]: [b]\n"},
	} {
		path := filepath.Join(dir, name)
		write(t, path, archive(t, files))
		var s shelf
		require.NoError(t, intake.Take(path, &s), name)
		assert.Len(t, s.of("getprop"), 1, name)
	}
	out := filepath.Join(dir, "out.zip")
	write(t, out, archive(t, map[string]string{`..\..\getprop.txt`: "[a]: [b]\n"}))
	err := intake.Take(out, &shelf{})
	assert.ErrorIs(t, err, intake.ErrRefused)
	assert.ErrorContains(t, err, "leads out of the archive")
}
