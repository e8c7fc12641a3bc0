package farm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVitalsAreReadAsEachReleasePrintsThem(t *testing.T) {
	battery := func(level, scale, tenths, status string) string {
		return "Current Battery Service state:\n  AC powered: false\n  USB powered: true\n  Charge counter: 7\n  status: " + status +
			"\n  health: 2\n  present: true\n  level: " + level + "\n  scale: " + scale + "\n  voltage: 4011\n  temperature: " + tenths + "\n  technology: Li-ion\n"
	}
	yes, no := true, false
	for name, c := range map[string]struct {
		read func(*Vitals, string) error
		out  string
		want Vitals
		err  string
	}{
		"battery":                  {readBattery, battery("88", "100", "279", "2"), Vitals{Battery: ref(88), Temperature: ref(27.9), Charging: &yes}, ""},
		"battery of another scale": {readBattery, battery("50", "200", "-35", "3"), Vitals{Battery: ref(25), Temperature: ref(-3.5), Charging: &no}, ""},
		"a full battery":           {readBattery, battery("100", "100", "300", "5"), Vitals{Battery: ref(100), Temperature: ref(30.0), Charging: &yes}, ""},
		"no battery":               {readBattery, "  present: false\n  level: 0\n  scale: 100\n  temperature: 250\n  status: 1\n", Vitals{}, "the handset has no battery"},
		"a level over its scale":   {readBattery, battery("101", "100", "300", "5"), Vitals{Temperature: ref(30.0), Charging: &yes}, "level 101 of 100"},
		"a level that is none":     {readBattery, battery("soon", "100", "300", "5"), Vitals{Temperature: ref(30.0), Charging: &yes}, `level "soon" is not a number`},
		"nothing":                  {readBattery, "", Vitals{}, "dumpsys battery prints no level"},
		"denied":                   {readBattery, "Can't find service: battery\n", Vitals{}, "prints no temperature"},
		"toybox df":                {readFree, "Filesystem       1K-blocks     Used Available Use% Mounted on\n/dev/block/dm-44 110582764 15404652  95031040  14% /data\n", Vitals{Free: ref(int64(95031040) << 10)}, ""},
		"toolbox df":               {readFree, "Filesystem               Size     Used     Free   Blksize\n/data                   12.5G     3.6G     8.9G   4096\n", Vitals{Free: ref(int64(9556302233))}, ""},
		"toolbox df, small":        {readFree, "Filesystem Size Used Free Blksize\n/data 12.5G 12.0G 512.5M 4096\n", Vitals{Free: ref(int64(537395200))}, ""},
		"df of nothing":            {readFree, "df: /data: Permission denied\n", Vitals{}, "df prints no row"},
		"df in another language":   {readFree, "Dateisystem Verfügbar\nx 7\n", Vitals{}, "neither Available nor Free"},
		"df with a word":           {readFree, "Filesystem Available\nx lots\n", Vitals{}, `size "lots" is not a number`},
		"df below nothing":         {readFree, "Filesystem Available\nx -7\n", Vitals{}, "not a number"},
		"keyguard, Android 10":     {readKeyguard, "    mShowingDream=false mDreamingLockscreen=true\n    isKeyguardShowing=true\n", Vitals{Keyguard: &yes}, ""},
		"keyguard, Android 7":      {readKeyguard, "    mShowingLockscreen=false mShowingDream=false\n", Vitals{Keyguard: &no}, ""},
		"keyguard, its delegate":   {readKeyguard, "    KeyguardServiceDelegate\n      showing=true\n      showingAndNotOccluded=false\n", Vitals{Keyguard: &yes}, ""},
		"keyguard unknown":         {readKeyguard, "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n", Vitals{}, "says nothing of the lock screen"},
	} {
		t.Run(name, func(t *testing.T) {
			var got Vitals
			err := c.read(&got, c.out)
			assert.Equal(t, c.want, got)
			if c.err == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.err)
		})
	}
}

func ref[T any](v T) *T { return &v }

func TestRealBatteriesAreReadOrSaidToBeUnknown(t *testing.T) {
	var files []string
	filepath.WalkDir("../../../shared/corpus", func(path string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "dumpsys_battery.txt" {
			files = append(files, path)
		}
		return nil
	})
	if len(files) == 0 {
		t.Skip("no corpus of real print-outs beside the repository")
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		var v Vitals
		err = readBattery(&v, string(raw))
		if err == nil {
			assert.NotNil(t, v.Battery, f)
			assert.NotNil(t, v.Temperature, f)
			continue
		}
		assert.True(t, strings.Contains(string(raw), "present: false") || v.Battery == nil || v.Temperature == nil, "%s: %v", f, err)
	}
}

func FuzzVitals(f *testing.F) {
	f.Add("  level: 88\n  scale: 100\n  temperature: 279\n  status: 2\n")
	f.Add("Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/x 1 1 9223372036854775807 1% /data\n")
	f.Add("isKeyguardShowing=true showing=false")
	f.Fuzz(func(t *testing.T, out string) {
		for _, s := range vitalSigns {
			var first, second Vitals
			err := s.read(&first, out)
			again := s.read(&second, out)
			assert.Equal(t, err == nil, again == nil)
			assert.Equal(t, first, second)
			assert.False(t, first.Battery != nil && (*first.Battery < 0 || *first.Battery > 100))
			assert.False(t, first.Free != nil && *first.Free < 0)
		}
	})
}
