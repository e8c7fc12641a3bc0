package device

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/observe/fact"
)

func TestOnlyWhatAProbeAskedAboutIsKnownToBeLacking(t *testing.T) {
	t.Parallel()
	offer := fact.Offer{}
	add := func(to fact.Offer, sample string) {
		body, err := os.ReadFile(filepath.Join("..", "testdata", "capabilities", sample))
		require.NoError(t, err)
		all, _ := factsOf(t, Capabilities, body)
		for _, f := range all {
			to.Add(f.(fact.Capability))
		}
	}
	add(offer, "13.txt")
	for _, c := range []struct {
		kind, name string
		lacks      bool
	}{
		{"service", "role", false},
		{"service", "device_policy", false}, // in the second list alone
		{"service", "alarm", true},
		{"feature", "android.hardware.vulkan.version", false},
		{"feature", "android.hardware.nfc", true},
		{"file", "/apex/com.android.conscrypt/cacerts", false},
		{"file", "/proc/net/xt_qtaguid/stats", true},
		{"file", "/sys/class/net/wlan0/address", false}, // the shell may not see it
		{"file", "/never/asked", false},
		{"command", "device_config", false},
		{"command", "never-asked", false},
		{"option", "logcat -v uid", false},
	} {
		assert.Equal(t, c.lacks, offer.Lacks(c.kind, c.name), "%s %s", c.kind, c.name)
	}
	old := fact.Offer{}
	add(old, "5.1.txt")
	assert.True(t, old.Lacks("option", "logcat -v uid"))
	assert.True(t, old.Lacks("command", "toybox"))
}
