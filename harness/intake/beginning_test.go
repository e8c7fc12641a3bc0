package intake_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/intake"
)

const corpus = "../../../shared/corpus"

// takenAs gives the sources that a text is taken as under a name; none: it is left.
func takenAs(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	write(t, path, text)
	var s shelf
	if err := intake.Take(path, &s); err != nil {
		assert.ErrorContains(t, err, name)
		return ""
	}
	found := map[string]bool{}
	for _, p := range s.pieces {
		found[p.Source] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " ")
}

// TestAFileIsToldByHowItBeginsWhateverItsNameIs has beginnings as releases of Android
// print them, under no name that tells anything, and under names of other sources.
func TestAFileIsToldByHowItBeginsWhateverItsNameIs(t *testing.T) {
	t.Parallel()
	for want, texts := range map[string][]string{
		"getprop": {"[ro.a]: [b]\n", "phone:/ # getprop\n[ro.a]: [b]\n", "\xef\xbb\xbf[ro.a]: [b]\r\n"},
		"dumpsys-package": {"Database versions:\n  Internal:\n",
			"Database versions:\r\n  SDK Version: internal=21 external=21\r\n"},
		"dumpsys-package-checkin": {"vers,1\nvrfy,com.android.vending,10084\n"},
		"dumpsys-appops": {"Current AppOps Service state:\n  Settings:\n",
			"Service host process PID: 508\nThreads in use: 0/32\nCurrent AppOps Service state:\n"},
		"dumpsys-alarm": {"Current Alarm Manager state:\n",
			"Unknown argument: -a; use -h for help\nCurrent Alarm Manager state:\n"},
		"dumpsys-role":          {"ROLE STATE (dumpsys role):\n{\n", "ROLE MANAGER STATE (dumpsys role):\n{\n"},
		"dumpsys-location":      {"Location Manager State:\n  User Info:\n", "Current Location Manager state:\n"},
		"dumpsys-device-policy": {"Current Device Policy Manager state:\n"},
		"dumpsys-batterystats":  {"Battery History (7% used, 19KB used of 256KB, 101 strings using 5880):\n"},
		"netstats": {"Active interfaces:\n  iface=wlan0\n",
			"Directory:\n  /data/misc/apexdata/com.android.tethering/netstats\n"},
		"dumpsys-netstats-checkin": {"v1,1765213481,1765299881\nxt\n"},
		"dumpsys-usagestats": {"user=0\n  In-memory daily stats\n    timeRange=\"1\"\n",
			"user=0\n  Last 24 hour events (timeRange=\"12\" )\n"},
		"dumpsys-usagestats-checkin":  {"user=0\n  Last 24 hour events (beginTime=1 endTime=2 )\n"},
		"ps":                          {"LABEL      USER  PID  TID  PPID VSZ\n", "USER     PID   PPID  VSIZE  RSS\n"},
		"ui-hierarchy":                {"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\"><node/></hierarchy>"},
		"logcat":                      {"--------- beginning of main\n11-02 08:00:00.000  1000   832  5443 I T: x\n"},
		"dumpsys-activity-broadcasts": {"ACTIVITY MANAGER BROADCASTS (dumpsys activity broadcasts)\n  x\n"},
	} {
		for _, text := range texts {
			for _, name := range []string{"foo.txt", "foo.log", "SM-1_dumpsys_package.txt", "dumpsys package.txt",
				"getprop.txt", "dumpsys_appops.txt", "dumpsys_role.txt", "logcat_main.txt", "settings_global.txt", "processes.txt", "packages.txt"} {
				assert.Equal(t, want, takenAs(t, name, []byte(text)), "%q as %s", text, name)
			}
		}
	}
	for _, name := range []string{"foo.txt", "foo.log"} {
		assert.Empty(t, takenAs(t, name, []byte("a=b\n")), "nothing tells")
	}
	table := []byte("Activity Resolver Table:\n")
	assert.Equal(t, "dumpsys-package", takenAs(t, "dumpsys_package.txt", table), "others may begin so: the name goes before")
}

// TestPrintOutsOfTheCorpusAreKnownUnderAnyName takes each as foo.txt and under names of
// others: it is what it is by its own name, or is left out. It reads their first 64 KB.
func TestPrintOutsOfTheCorpusAreKnownUnderAnyName(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of real print-outs is not beside the repository: ../shared/corpus")
	}
	known, all := map[string]int{}, map[string]int{}
	require.NoError(t, filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (d.Name() == "gold" || d.Name() == "snippets") {
				return filepath.SkipDir
			}
			return err
		}
		source := intake.SourceOf(d.Name())
		if source == "" {
			return nil
		}
		text := firstOf(t, path)
		name := d.Name()
		if strings.HasPrefix(name, "dumpsys_activity") {
			name = "dumpsys_activity.txt" // of which each part is named by its heading
		}
		own := takenAs(t, strings.TrimSuffix(name, ".gz"), text)
		all[source]++
		as := takenAs(t, "foo.txt", text)
		if as == "" {
			return nil
		}
		known[source]++
		assert.Equal(t, own, as, path)
		for _, other := range []string{"getprop.txt", "dumpsys_appops.txt", "dumpsys_package.txt"} {
			under := takenAs(t, other, text)
			assert.Contains(t, []string{own, intake.SourceOf(other)}, under, "%s as %s", path, other)
			model := filepath.Base(filepath.Dir(filepath.Dir(path)))
			assert.False(t, under != own && !loose[own] && !behind[model], "%s as %s is taken as %s", path, other, under)
		}
		return nil
	}))
	for _, source := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-40s %d of %d", source, known[source], all[source])
		if _, parsed := leastKnown[source]; parsed {
			assert.GreaterOrEqual(t, known[source], all[source]*leastKnown[source]/100, source)
		}
	}
}

// leastKnown is how many of a hundred are known by how they begin, of sources that
// claims rest on. What is left begins in the middle, or was emptied.
var leastKnown = map[string]int{
	"getprop": 100, "dumpsys-appops": 100, "dumpsys-package": 88, "dumpsys-package-checkin": 100, "package-detail": 100, "netstats": 100,
	"dumpsys-netstats-checkin": 100, "dumpsys-usagestats": 90, "dumpsys-role": 100, "dumpsys-alarm": 90, "dumpsys-location": 90,
	"dumpsys-device-policy": 100, "dumpsys-batterystats": 95, "dumpsys-battery": 100, "pm-list-packages": 100, "logcat": 90,
	"logcat-statistics": 100, "ps": 100, "dumpsys-accessibility": 90, "dumpsys-jobscheduler": 100, "dumpsys-deviceidle": 100,
	"dumpsys-media-camera": 90, "dumpsys-sensorservice": 75, "dumpsys-sensor-privacy": 100, "dumpsys-connectivity": 90,
}

// loose are sources whose beginnings others have too: a name goes before them.
var loose = map[string]bool{"package-detail": true, "dumpsys-package": true}

// behind are handsets of whose print-outs one has a line of its collector's before it:
// where a name tells something, lines behind the first do not go before that.
var behind = map[string]bool{"S9Plus_star2lte_LineageOS": true, "Redmi_Note14_5G_beryl_24094RAD4G": true}

func firstOf(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		in, err = gzip.NewReader(f)
		require.NoError(t, err)
	}
	text, err := io.ReadAll(io.LimitReader(in, 64<<10))
	require.NoError(t, err)
	return text[:bytes.LastIndexByte(text, '\n')+1]
}
