package lab

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/ledger"
)

// TestABundleIsOpenedAsItWasSealed has a manifest changed between the check of the run
// and its reading.
func TestABundleIsOpenedAsItWasSealed(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in")
	require.NoError(t, os.Mkdir(in, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(in, "getprop.txt"), []byte("[ro.product.brand]: [Acme]\n"), 0o600))
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, Import(dir, Imports{Name: "x", Paths: []string{in}}))
	run, err := ledger.Check(dir)
	require.NoError(t, err)
	require.Empty(t, run.Problems)
	folders, err := ledger.Bundles(dir)
	require.NoError(t, err)
	require.Len(t, folders, 1)
	_, err = run.Bundle(folders[0])
	require.NoError(t, err)

	path := filepath.Join(dir, folders[0], "manifest.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(raw, []byte(`"Acme"`), []byte(`"Bcme"`), 1), 0o600))
	_, err = run.Bundle(folders[0])
	assert.ErrorContains(t, err, "is not what was sealed")
}
