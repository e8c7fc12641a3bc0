package observe

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/observe/fact"
)

// TestCorpusStatisticsAddUp reads logcat -S of real handsets, Android 7.1 to 14:
// every line is known, and the buffers add up to the column that logd sums itself.
func TestCorpusStatisticsAddUp(t *testing.T) {
	t.Parallel()
	files, summed := 0, 0
	require.NoError(t, filepath.WalkDir(corpus(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "logcat_statistics.txt" {
			return err
		}
		files++
		body := open(t, path)
		all, r := readAll(t, "logcat-statistics", d.Name(), body)
		assert.Zero(t, r.Unread, path)
		sums := map[string]fact.LogStatistic{}
		writers := 0
		for _, s := range all {
			switch f := s.Fact.(type) {
			case fact.LogStatistic:
				sum := sums[f.Of]
				sums[f.Of] = fact.LogStatistic{Bytes: sum.Bytes + f.Bytes, Entries: sum.Entries + f.Entries}
			case fact.LogWriter:
				writers++
			}
		}
		uidRows := regexp.MustCompile(`(?m)^\d+ +\S+ +\d+( .*)?$`).FindAll(body, -1)
		assert.Len(t, uidRows, writers, path)
		for row, of := range map[string]string{"Total": "total", "Now": "now"} {
			m := regexp.MustCompile(`(?m)^` + row + ` .* (\d+)/(\d+)$`).FindSubmatch(body)
			require.NotNil(t, m, path)
			if !regexp.MustCompile(`(?m)^size/num.* Total$`).Match(body) {
				continue
			}
			summed++
			assert.Equal(t, string(m[1])+"/"+string(m[2]), strconv.Itoa(sums[of].Bytes)+"/"+strconv.Itoa(sums[of].Entries), "%s of %s", row, path)
		}
		return nil
	}))
	assert.Positive(t, files)
	assert.Positive(t, summed)
}
