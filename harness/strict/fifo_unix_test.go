//go:build unix

package strict_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/strict"
)

// TestWhatIsNoFileIsNotWaitedFor: nobody writes to the FIFO, so that opening it would
// never return.
func TestWhatIsNoFileIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "x.yaml"), 0o600))
	_, err := strict.ReadFile(filepath.Join(dir, "x.yaml"))
	assert.ErrorContains(t, err, "x.yaml: is not a regular file")
	_, err = strict.ReadFS(os.DirFS(dir), "x.yaml")
	assert.ErrorContains(t, err, "x.yaml: is not a regular file")
}
