//go:build unix

package lab_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/lab"
	paper "assay/reports"
)

// TestARunIsItsOwnersAlone imports, judges and reports under umasks that would let
// everybody read what a handset printed, or nobody; into a new folder, and into one
// that stood open.
func TestARunIsItsOwnersAlone(t *testing.T) {
	for _, mask := range []int{0, 0o777} {
		for _, open := range []bool{false, true} {
			in := filepath.Join(t.TempDir(), "in")
			require.NoError(t, os.Mkdir(in, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte("[ro.product.brand]: [Acme]\n"), 0o600))
			dir := filepath.Join(t.TempDir(), "run")
			if open {
				require.NoError(t, os.Mkdir(dir, 0o700))
				require.NoError(t, os.Chmod(dir, 0o777))
			}
			was := syscall.Umask(mask)
			err := lab.Import(dir, lab.Imports{Name: "x", Paths: []string{in}})
			if err == nil {
				j := judged(t, dir)
				var tables []paper.Builder
				tables, err = paper.Select(nil)
				require.NoError(t, err)
				_, err = paper.WriteAll(filepath.Join(dir, "reports"), paper.Build(j, tables), paper.Formats)
			}
			syscall.Umask(was)
			require.NoError(t, err)
			files := 0
			require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				require.NoError(t, err)
				info, err := d.Info()
				require.NoError(t, err)
				want := fs.FileMode(0o700)
				if !d.IsDir() {
					files++
					want = 0o600
				}
				assert.Equal(t, want, info.Mode().Perm(), "%s under umask %o", path, mask)
				return nil
			}))
			assert.Greater(t, files, 10, "run.json, journal, manifest, index, body and reports")
		}
	}
}
