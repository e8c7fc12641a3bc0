package lab_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/intake"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// TestARefusedImportLeavesNothingBehind has imports end early for each reason that
// there is, into a folder that is not there yet and into one that is.
func TestARefusedImportLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	require.NoError(t, os.Mkdir(in, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte("[ro.build.version.sdk]: [33]\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(in, "logcat.txt"), []byte(strings.Repeat("--------- beginning of main\n", 200_000)), 0o600))
	parts := filepath.Join(dir, "bugreport.txt")
	var text strings.Builder
	text.WriteString("== dumpstate: 2026-11-02 08:00:00\n")
	for i := range 3_001 {
		fmt.Fprintf(&text, "%sDUMP OF SERVICE s%d:\nx\n", strings.Repeat("-", 79)+"\n", i)
	}
	require.NoError(t, os.WriteFile(parts, []byte(text.String()), 0o600))
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o700))
	for name, c := range map[string]struct {
		imports lab.Imports
		want    string
	}{
		"more than the limit":      {lab.Imports{Paths: []string{in}, Limit: 1 << 20}, "more than 1048576 bytes: import less at once, or raise --import-limit"},
		"more in all":              {lab.Imports{Paths: []string{in, in}, Limit: 8 << 20}, "more than 8388608 bytes"},
		"a disk that is full":      {lab.Imports{Paths: []string{in}, Reserve: 1 << 60}, "make room, give --out a folder on another disk, or lower --reserve"},
		"too many parts":           {lab.Imports{Paths: []string{parts}}, "more than 3000 print-outs"},
		"a folder with nothing":    {lab.Imports{Paths: []string{in, empty}}, "holds no print-out"},
		"a path that is not there": {lab.Imports{Paths: []string{filepath.Join(dir, "nowhere")}}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			c.imports.Name, c.imports.Tool = "x", "test"
			out := filepath.Join(t.TempDir(), "run")
			err := lab.Import(out, c.imports)
			require.ErrorContains(t, err, c.want)
			assert.NoDirExists(t, out)
			around := t.TempDir()
			require.ErrorContains(t, lab.Import(filepath.Join(around, "a", "b", "c"), c.imports), c.want)
			remain, err := os.ReadDir(around)
			require.NoError(t, err)
			assert.Empty(t, remain, "folders that were made for it")
			there := t.TempDir()
			refused := lab.Import(there, c.imports)
			require.ErrorContains(t, refused, c.want)
			left, err := os.ReadDir(there)
			require.NoError(t, err)
			assert.Empty(t, left)
			assert.Equal(t, strings.Contains(c.want, "more than"), errors.Is(refused, intake.ErrRefused))
		})
	}
}

func TestAnImportIntoWhatIsThereTouchesNothing(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte("[a]: [b]\n"), 0o600))
	kept := filepath.Join(out, "run.json")
	require.NoError(t, os.WriteFile(kept, []byte("{}"), 0o600))
	require.ErrorIs(t, lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}}), ledger.ErrOutput)
	assert.FileExists(t, kept)
}
