package lab_test

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// TestALongWaitIsSampledInEachOfItsSlicesByFewShells plays half an hour in which
// nothing is done, on a handset with shell v2 and on one without.
func TestALongWaitIsSampledInEachOfItsSlicesByFewShells(t *testing.T) {
	for _, persona := range []string{"asus", "google"} {
		h, e := clone(t, persona, 0)
		var mu sync.Mutex
		sleeps := 0
		h.Hear(func(_ int, name string) {
			mu.Lock()
			defer mu.Unlock()
			if strings.Contains(name, "sleep 30") {
				sleeps++
			}
		})
		plan := lab.Plan{Scenarios: play(t, "idle-control")}
		plan.Inventory.Devices = append(plan.Inventory.Devices, e)
		dir, _ := run(t, lab.Runner{Server: embedded(t, h)}, plan)
		require.NoError(t, h.Close())

		assert.Positive(t, sleeps, persona)
		assert.Less(t, sleeps, 12, "%s: a shell up to each look for dialogs", persona)
		looks := sampled(t, dir)
		require.GreaterOrEqual(t, len(looks), 60, persona)
		for i := 1; i < len(looks); i++ {
			assert.LessOrEqual(t, looks[i]-looks[i-1], int64(31), "%s: seconds between two looks", persona)
		}
	}
}

var tcpTable = regexp.MustCompile(`(?m)^@@ /proc/net/tcp (\d+)\r?$`)

// sampled are the handset's times of the looks at its sockets that a run holds, in
// seconds. Each job's manifest says how many they are.
func sampled(t *testing.T, dir string) []int64 {
	t.Helper()
	var at []int64
	folders, err := ledger.Bundles(dir)
	require.NoError(t, err)
	for _, f := range folders {
		bundle := filepath.Join(dir, f)
		m, err := evidence.Open(bundle)
		require.NoError(t, err)
		for _, c := range m.Captures {
			if c.Source != "proc-net" {
				continue
			}
			body, err := evidence.Body(bundle, c)
			require.NoError(t, err)
			raw, err := io.ReadAll(body)
			require.NoError(t, err)
			require.NoError(t, body.Close())
			looks := tcpTable.FindAllSubmatch(raw, -1)
			assert.Equal(t, fmt.Sprintf("%d samples", len(looks)), c.Coverage.Reason)
			for _, l := range looks {
				n, err := strconv.ParseInt(string(l[1]), 10, 64)
				require.NoError(t, err)
				at = append(at, n)
			}
		}
	}
	return at
}
