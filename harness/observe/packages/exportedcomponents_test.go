package packages

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// service is the answer to query-services for one service, front being what
// stands between its package and its ApplicationInfo.
func service(front string) string {
	return "@@ services -a android.net.VpnService\n1 services found:\n  Service #0:\n    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false\n" +
		"    ServiceInfo:\n      name=com.sly.Tunnel\n      packageName=com.sly\n" + front +
		"      ApplicationInfo:\n        packageName=com.sly\n        uid=10130 flags=0x0\n"
}

func TestOnlyAComponentThatSaysSoIsUnguarded(t *testing.T) {
	t.Parallel()
	const open = "      enabled=true exported=true directBootAware=false\n"
	for name, c := range map[string]struct {
		front     string
		told      bool
		unguarded bool
		state     evidence.State
	}{
		"exported, and the word null":     {open + "      permission=null\n", true, true, evidence.Whole},
		"exported, and no line":           {open, true, true, evidence.Whole},
		"exported and guarded":            {open + "      permission=android.permission.BIND_VPN_SERVICE\n", true, false, evidence.Whole},
		"not exported":                    {"      enabled=true exported=false directBootAware=false\n      permission=null\n", true, false, evidence.Whole},
		"a guard that cannot be read":     {open + "      permission=a b\n", false, false, evidence.Truncated},
		"exported that cannot be read":    {"      enabled=true exported=maybe\n", false, false, evidence.Truncated},
		"nothing of exported":             {"", false, false, evidence.Truncated},
		"a guard ahead of its place":      {"      labelRes=0x0 nonLocalizedLabel=A\n      permission=a.B icon=0x0\n" + open, false, false, evidence.Truncated},
		"a guard that a label has before": {"      labelRes=0x0 nonLocalizedLabel=A\n" + open + "      permission=a.B\n icon=0x0\n" + open + "      permission=null\n", false, false, evidence.Truncated},
	} {
		t.Run(name, func(t *testing.T) {
			all, r := factsOf(t, ExportedComponents, []byte(service(c.front)))
			assert.Equal(t, c.state, r.Coverage.State, r.Coverage.Reason)
			if !c.told {
				assert.Empty(t, all)
				return
			}
			require.Len(t, all, 1)
			got := all[0].(fact.Component)
			assert.Equal(t, c.unguarded, got.Unguarded())
			assert.Equal(t, "com.sly/.Tunnel", got.Name)
			assert.EqualValues(t, 10130, got.UID)
		})
	}
}

func TestAnAnswerThatIsNotGivenIsNotNone(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no answer at all":           "@@ services -a android.net.VpnService\n@@ services -a android.view.InputMethod\nNo services found\n",
		"no answer at the end":       "@@ services -a android.net.VpnService\nNo services found\n@@ services -a android.view.InputMethod\n",
		"a component more":           strings.Replace(service("      enabled=true exported=true directBootAware=false\n"), "1 services", "0 services", 1),
		"a component that is missed": strings.Replace(service("      enabled=true exported=true directBootAware=false\n"), "Service #0", "Service #1", 1),
		"an answer of another kind":  "@@ services -a android.net.VpnService\nNo activities found\n",
	} {
		_, r := factsOf(t, ExportedComponents, []byte(body))
		assert.Equal(t, evidence.Truncated, r.Coverage.State, name)
		assert.NotEmpty(t, r.Coverage.Reason, name)
	}
}

// factsOf reads a print-out with one parser: its facts, and the account of its lines.
func factsOf(t *testing.T, p printout.Parser, body []byte) ([]fact.Fact, printout.Reading) {
	t.Helper()
	var all []fact.Fact
	r, err := p.Read(bytes.NewReader(body), printout.Least{}, printout.Input{}, func(f fact.Fact, _ evidence.Span) {
		all = append(all, fact.Keep(f))
	})
	require.NoError(t, err)
	return all, r
}
