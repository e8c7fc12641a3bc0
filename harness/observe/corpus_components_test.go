package observe

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// TestServicesOfRealHandsetsAreRead takes what dumpsys input_method of real
// handsets, Android 7.1 to 14, prints of each keyboard's service by the same
// ResolveInfo.dump, and reads it as an answer: every line is known.
func TestServicesOfRealHandsetsAreRead(t *testing.T) {
	t.Parallel()
	service := regexp.MustCompile(`(?m)^    Service:\r?\n((?:      .*\n)+)`)
	files, services := 0, 0
	require.NoError(t, filepath.WalkDir(corpus(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(d.Name(), "dumpsys_input_method") {
			return err
		}
		found := service.FindAllSubmatch(open(t, path), -1)
		if len(found) == 0 || !bytes.Contains(found[0][1], []byte(" directBootAware=")) {
			return nil // before Android 7
		}
		files++
		for _, f := range found {
			services++
			body := "@@ services -a android.view.InputMethod\n1 services found:\n  Service #0:\n" + string(f[1])
			all, r := readAll(t, "exported-components", "", []byte(body))
			assert.Zero(t, r.Unread, "%s: %s", path, body)
			assert.Equal(t, evidence.Whole, r.Coverage.State, r.Coverage.Reason)
			require.Len(t, all, 1, path)
			c := all[0].Fact.(fact.Component)
			assert.Equal(t, "true", c.Exported, path)
			assert.EqualValues(t, "android.permission.BIND_INPUT_METHOD", c.Permission, path)
			assert.Positive(t, c.UID, path)
			assert.Contains(t, body, "name="+strings.ReplaceAll(c.Name, "/.", "/"+string(c.Package)+".")[len(c.Package)+1:]+"\n")
		}
		return nil
	}))
	assert.GreaterOrEqual(t, files, 6)
	assert.GreaterOrEqual(t, services, files)
	t.Logf("%d services of %d print-outs", services, files)
}
