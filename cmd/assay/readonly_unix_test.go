//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestJudgePrintsWhatItFindsInAFolderThatCannotBeWritten runs as somebody for whom
// the mode of a folder holds.
func TestJudgePrintsWhatItFindsInAFolderThatCannotBeWritten(t *testing.T) {
	dir := printed(t)
	code, want, _ := assay(t, "judge", dir)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "reports")))
	self, err := os.Executable()
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "assay") // TestMain goes by the name
	cmd := exec.Command(program, "judge", dir)
	if os.Getuid() == 0 {
		const nobody = 65534
		raw, err := os.ReadFile(self)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(program, raw, 0o755))
		for at := dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
			require.NoError(t, os.Chmod(at, 0o755))
		}
		require.NoError(t, os.Chmod(filepath.Dir(program), 0o755))
		require.NoError(t, os.Chmod(filepath.Dir(filepath.Dir(program)), 0o755))
		require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, nobody, nobody)
		}))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	} else {
		require.NoError(t, os.Symlink(self, program))
	}
	require.NoError(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	var errs strings.Builder
	cmd.Stderr, cmd.Dir = &errs, "/"
	out, err := cmd.Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, errs.String())
	assert.Equal(t, code, exit.ExitCode(), errs.String())
	assert.Equal(t, want, string(out))
	assert.Contains(t, errs.String(), "no report is written: ")
	assert.NoDirExists(t, filepath.Join(dir, "reports"))
}
