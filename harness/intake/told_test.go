package intake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/intake"
)

// unreadable are files of which nothing can be read, by what is wrong with them: a
// name, and what is in the file.
func unreadable(t *testing.T) map[string][2]string {
	t.Helper()
	bomb := strings.Repeat("\n", 80<<20)
	folded := string(zipped(t, "[a]: [b]\n"))
	broken := archive(t, map[string]string{"getprop.txt": strings.Repeat("[a]: [b]\n", 100)})
	broken[30+len("getprop.txt")] = 0xff // no block of DEFLATE begins so
	return map[string][2]string{
		"empty":                     {"getprop.txt", ""},
		"an empty report":           {"bugreport.txt", ""},
		"a gzip's head":             {"getprop.txt.gz", folded[:5]},
		"a gzip without a byte":     {"logcat.txt.gz", folded[:10]},
		"half an archive":           {"bugreport.zip", string(archive(t, map[string]string{"getprop.txt": "[a]: [b]\n"})[:40])},
		"an entry that is broken":   {"acquired.zip", string(broken)},
		"an archive of a bomb":      {"bomb.zip", string(archive(t, map[string]string{"logcat.txt": bomb}))},
		"Hubble's, without its own": {"device_properties.txt", `{"b64EncodedDeviceProps": []}`},
	}
}

// TestAFileThatCannotBeReadIsLeftAndTold has each beside one that can be read, and
// alone.
func TestAFileThatCannotBeReadIsLeftAndTold(t *testing.T) {
	t.Parallel()
	all := unreadable(t)
	together := t.TempDir()
	for fault, f := range all {
		write(t, filepath.Join(together, fault+"-"+f[0]), []byte(f[1]))
		t.Run(fault, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, f[0])
			write(t, path, []byte(f[1]))
			assert.Error(t, intake.Take(path, &shelf{}), "by its own path")
			alone := intake.Take(dir, &shelf{})
			require.Error(t, alone, "alone in a folder")
			inner := f[0]
			if strings.HasSuffix(inner, "d.zip") || inner == "bomb.zip" {
				inner = "" // the file in the archive is named
			}
			assert.ErrorContains(t, alone, inner)
			write(t, filepath.Join(dir, "ps.txt"), []byte("PID\n"))
			var s shelf
			require.NoError(t, intake.Take(dir, &s))
			left := leftOf(s)
			require.NotEmpty(t, left)
			assert.Contains(t, strings.Join(left, "\n"), inner)
		})
	}
	assert.Error(t, intake.Take(together, &shelf{}), "all in one folder")
	if os.Getuid() == 0 {
		t.Log("run as root, which reads every file: mode 0 is not tried")
		return
	}
	shut := t.TempDir()
	write(t, filepath.Join(shut, "getprop.txt"), []byte("[a]: [b]\n"))
	require.NoError(t, os.Chmod(filepath.Join(shut, "getprop.txt"), 0))
	assert.ErrorContains(t, intake.Take(shut, &shelf{}), "permission denied")
}

// TestTheRestOfAFileThatIsCutOffIsTold has files of which the first lines are read.
func TestTheRestOfAFileThatIsCutOffIsTold(t *testing.T) {
	t.Parallel()
	text := report + strings.Repeat("x", 300<<10)
	for name, whole := range map[string]string{"getprop.txt.gz": strings.Repeat("[a]: [b]\n", 50_000), "bugreport.txt.gz": text} {
		raw := zipped(t, whole)
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), raw[:len(raw)-9])
		var s shelf
		require.NoError(t, intake.Take(dir, &s))
		require.Len(t, leftOf(s), 1, name)
		assert.Contains(t, leftOf(s)[0], "could not be read further")
	}
	var s shelf
	require.NoError(t, intake.Bugreport("bugreport.txt", strings.NewReader(report[:len(report)-40]), &s))
	assert.Empty(t, leftOf(s), "that a report ends early is its own affair")
}

// leftOf gives what a sink was told of that was not taken in, with the files' names.
func leftOf(s shelf) []string {
	var left []string
	for _, p := range s.pieces {
		if intake.Left(p.Piece, p.coverage) {
			left = append(left, strings.Join(p.Origin, ", ")+": "+p.coverage.Reason)
		}
	}
	return left
}
