package observe

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/observe/fact"
)

func TestOnlyWhatAProbeAskedAboutIsKnownToBeLacking(t *testing.T) {
	offer := fact.Offer{}
	for _, s := range samplesRead(t, "capabilities", "13.txt") {
		offer.Add(s.Fact.(fact.Capability))
	}
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
	for _, s := range samplesRead(t, "capabilities", "5.1.txt") {
		old.Add(s.Fact.(fact.Capability))
	}
	assert.True(t, old.Lacks("option", "logcat -v uid"))
	assert.True(t, old.Lacks("command", "toybox"))
}

// samplesRead reads one golden input of a source.
func samplesRead(t *testing.T, source, name string) []said {
	t.Helper()
	all, _ := readAll(t, source, name, samplesOf(t, source)[name])
	return all
}
