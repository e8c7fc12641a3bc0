package lab_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/lab"
	"assay/harness/ledger"
	paper "assay/reports"
)

// TestTheSaltIsChanceAndStaysInTheRun plays one plan twice, with one seed.
func TestTheSaltIsChanceAndStaysInTheRun(t *testing.T) {
	salts := map[string]bool{}
	for range 2 {
		all := handsets(t, "honor") // whose specimen dialer writes an identifier to the log
		dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)})
		record, err := ledger.Read(dir)
		require.NoError(t, err)
		require.Len(t, record.Salt, 64)
		salts[record.Salt] = true

		j := judged(t, dir)
		require.NotEmpty(t, j.Leaks)
		assert.Equal(t, j, judged(t, dir), "judged again, the same")
		tables, err := paper.Select(nil)
		require.NoError(t, err)
		_, err = paper.WriteAll(filepath.Join(dir, "reports"), paper.Build(j, tables), paper.Formats)
		require.NoError(t, err)
		require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && filepath.Base(path) != "run.json" {
				raw, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.False(t, strings.Contains(string(raw), record.Salt), path)
			}
			return err
		}))
	}
	assert.Len(t, salts, 2)
}
