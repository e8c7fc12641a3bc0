package virtual

import (
	"archive/zip"
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSwitchesOfServicesAreSettings(t *testing.T) {
	h := testHandset(t, 33)
	for _, c := range []struct{ line, namespace, key, want string }{
		{"cmd location set-location-enabled false", "secure", "location_mode", "0"},
		{"cmd location set-location-enabled --user 0 true", "secure", "location_mode", "3"},
		{"cmd -w wifi set-wifi-enabled disabled", "global", "wifi_on", "0"},
		{"cmd wifi set-wifi-enabled enabled", "global", "wifi_on", "1"},
		{"cmd phone data disable", "global", "mobile_data", "0"},
		{"cmd connectivity airplane-mode enable", "global", "airplane_mode_on", "1"},
		{"cmd connectivity airplane-mode disable", "global", "airplane_mode_on", "0"},
		{"cmd bluetooth_manager enable", "global", "bluetooth_on", "1"},
	} {
		mustRun(t, h, c.line)
		assert.Equal(t, c.want+"\n", mustRun(t, h, "settings get "+c.namespace+" "+c.key), c.line)
	}
	mustRun(t, h, "cmd location set-location-enabled false")
	assert.Equal(t, "false\n", mustRun(t, h, "cmd location is-location-enabled"))
}

func TestAKeyboardIsListedEnabledAndChosen(t *testing.T) {
	const id = "specimen.keyboard/.KeyboardService"
	for sdk, by := range map[int]string{22: "", 28: "", 33: " for user #0"} {
		h := mannered(t, sdk, "keyboard well-behaved")
		assert.Equal(t, id+"\n", mustRun(t, h, "ime list -s -a"))
		assert.True(t, strings.HasPrefix(mustRun(t, h, "ime list"), id+":\n  mId="+id+" "), "sdk %d", sdk)
		assert.Equal(t, "Input method "+id+": already enabled"+by+"\n", mustRun(t, h, "ime enable "+id))
		assert.Equal(t, "Input method "+id+": now disabled"+by+"\n", mustRun(t, h, "ime disable "+id))
		assert.Empty(t, mustRun(t, h, "ime list -s"))
		assert.Equal(t, "Input method "+id+": now enabled"+by+"\n", mustRun(t, h, "ime enable "+id))
		assert.Equal(t, "Input method "+id+" selected"+by+"\n", mustRun(t, h, "ime set "+id))
		assert.Equal(t, id+"\n", mustRun(t, h, "settings get secure default_input_method"))
		assert.Contains(t, mustRun(t, h, "dumpsys input_method"), "mCurMethodId="+id+"\n")
	}
}

func TestACredentialIsAskedForUntilItIsCleared(t *testing.T) {
	h := testHandset(t, 33)
	assert.Equal(t, "true\n", mustRun(t, h, "locksettings get-disabled"))
	assert.Equal(t, "Pin set to '1234'\n", mustRun(t, h, "locksettings set-pin 1234"))
	out, _, status := runOn(h, "locksettings", "verify", "--old", "1")
	assert.Equal(t, "Old password '1' didn't match\n", out)
	assert.Equal(t, 255, status)
	mustRun(t, h, "input keyevent 26")
	mustRun(t, h, "input keyevent 224")
	mustRun(t, h, "wm dismiss-keyguard")
	assert.Contains(t, mustRun(t, h, "dumpsys window policy"), "showing=true", "a PIN is in front")
	assert.Equal(t, "Lock credential cleared\n", mustRun(t, h, "locksettings clear --old 1234"))
	mustRun(t, h, "wm dismiss-keyguard")
	assert.Contains(t, mustRun(t, h, "dumpsys window policy"), "showing=false")
}

func TestABugreportHasItsSectionsAndItsEnd(t *testing.T) {
	for _, sdk := range []int{25, 29, 36} {
		h := testHandset(t, sdk)
		lines := strings.Split(strings.TrimSpace(mustRun(t, h, "bugreportz -p")), "\n")
		file, ok := strings.CutPrefix(lines[len(lines)-1], "OK:")
		require.True(t, ok, lines)
		if sdk >= 26 {
			assert.Equal(t, "BEGIN:"+file, lines[0])
			assert.Contains(t, lines, "PROGRESS:11/11")
		}
		zipped, err := h.Disk().ReadFile(file)
		require.NoError(t, err)
		z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
		require.NoError(t, err)
		main := insideZip(t, z, "main_entry.txt")
		text := insideZip(t, z, main)
		at := 0
		for _, heading := range []string{"== dumpstate: 2025-03-04 ",
			"------ UPTIME (uptime) ------\n",
			"------ SYSTEM LOG (logcat -v threadtime -d *:v) ------\n",
			"------ SYSTEM PROPERTIES (getprop) ------\n[",
			"------ DUMPSYS (/system/bin/dumpsys) ------\n", "DUMP OF SERVICE package:\n", "== dumpstate: done"} {
			next := strings.Index(text[at:], heading)
			require.GreaterOrEqual(t, next, 0, "sdk %d: %q", sdk, heading)
			at += next
		}
	}
	out, errs, status := runOn(testHandset(t, 22), "bugreport")
	assert.Zero(t, status, errs)
	assert.Contains(t, out, "------ SYSTEM PROPERTIES (getprop) ------\n")
	_, errs, _ = runOn(testHandset(t, 29), "bugreport")
	assert.Contains(t, errs, "WARNING: flat bugreports are deprecated")
	streamed := mustRun(t, testHandset(t, 36), "bugreportz -s")
	assert.Equal(t, "PK\x03\x04", streamed[:4])
}

func insideZip(t *testing.T, z *zip.Reader, name string) string {
	t.Helper()
	f, err := z.Open(name)
	require.NoError(t, err)
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(text)
}

func TestADumpOfAllSaysHowLongEachTook(t *testing.T) {
	for sdk, want := range map[int]string{23: "", 25: `(?m)^--------- \d\.\d{3}s was the duration of dumpsys window$`,
		36: `(?m)^--------- \d\.\d{3}s was the duration of dumpsys window, ending at: 2025-03-04 09:00:00$`} {
		all := mustRun(t, testHandset(t, sdk), "dumpsys")
		if want == "" {
			assert.NotContains(t, all, "was the duration of")
			continue
		}
		assert.Regexp(t, want, all)
		assert.Equal(t, strings.Count(all, "DUMP OF SERVICE "), strings.Count(all, "s was the duration of dumpsys "))
	}
	assert.NotContains(t, mustRun(t, testHandset(t, 36), "dumpsys window"), "was the duration of", "one dump alone says nothing")
}

func TestFilesOfTheMachineFollowItsClock(t *testing.T) {
	h := testHandset(t, 33)
	idle := func() int {
		first, _, _ := strings.Cut(mustRun(t, h, "cat /proc/stat"), "\n")
		fields := strings.Fields(first)
		require.Equal(t, "cpu", fields[0])
		require.Len(t, fields, 11)
		n, err := strconv.Atoi(fields[4])
		require.NoError(t, err)
		return n
	}
	before := idle()
	assert.Equal(t, before, idle(), "reading takes no time")
	mustRun(t, h, "sleep 10")
	assert.Greater(t, idle(), before)
	assert.Equal(t, 8, strings.Count(mustRun(t, h, "cat /proc/cpuinfo"), "processor\t:"))
	assert.Regexp(t, `^MemTotal: +\d+ kB\nMemFree: `, mustRun(t, h, "cat /proc/meminfo"))
	pid := strings.TrimSpace(mustRun(t, h, "pidof system_server"))
	assert.Equal(t, "system_server\x00", mustRun(t, h, "cat /proc/"+pid+"/cmdline"))
	assert.Contains(t, mustRun(t, h, "cat /proc/"+pid+"/status"), "\nPid:\t"+pid+"\n")
	_, errs, _ := runOn(h, "kill", pid)
	assert.Equal(t, "kill: "+pid+": Operation not permitted\n", errs)
	for _, kept := range []string{"/proc/kmsg", "/system/build.prop", "/data/system/uiderrors.txt"} {
		_, errs, status := runOn(h, "cat", kept)
		assert.Equal(t, "cat: "+kept+": Permission denied\n", errs)
		assert.Equal(t, 1, status)
	}
	assert.Contains(t, mustRun(t, testHandset(t, 22), "cat /system/build.prop"), "ro.build.fingerprint=maker/test/test:5.1.1/")
}

func TestMountsAreOfTheReleaseAndReadOnly(t *testing.T) {
	for sdk, want := range map[int][]string{
		22: {"/dev/block/bootdevice/by-name/system /system ext4 ro,seclabel,relatime,data=ordered 0 0\n"},
		28: {"/dev/block/bootdevice/by-name/system on /system type ext4 (ro,seclabel,relatime,data=ordered)\n",
			"/data/media on /storage/emulated type sdcardfs ("},
		29: {"/dev/block/dm-0 on / type ext4 (ro,seclabel,relatime)\n", "tmpfs on /apex type tmpfs ("},
		36: {"/dev/block/dm-1 on /system_ext type ext4 (ro,", "/dev/fuse on /storage/emulated type fuse ("},
	} {
		h := testHandset(t, sdk)
		text := mustRun(t, h, "mount")
		for _, line := range want {
			assert.Contains(t, text, line, "sdk %d", sdk)
		}
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(mustRun(t, h, "cat /proc/mounts"), "\n"))
		assert.NotRegexp(t, `(?m) /(system|vendor|product|system_ext)? (type )?ext4 \(?rw`, text)
	}
}

// TestToyboxPrintsWhatWePrint has Debian's toybox as the yardstick of the forms of
// lines: its values are of another machine.
func TestToyboxPrintsWhatWePrint(t *testing.T) {
	toybox, err := exec.LookPath("toybox")
	if err != nil {
		t.Skip("toybox is not installed")
	}
	h := testHandset(t, 36)
	for line, form := range map[string]string{
		"uptime":    `^ \d\d:\d\d:\d\d up (\d+ days?, )?( ?\d+:\d\d|\d+ min),  \d+ users?,  load average: \d+\.\d\d, \d+\.\d\d, \d+\.\d\d\n$`,
		"uptime -s": `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$`,
		"mount":     `^(\S+ on \S+ type \S+ \(r[ow][^)\n]*\)\n)+$`,
		"find / -maxdepth 0 -printf %T@,%m,%s,%u,%g,%p,%f\\n": `^\d+\.\d+,755,\d+,root,root,/,/?\n$`,
		"pgrep nothing-of-that-name":                          `^$`,
	} {
		theirs, _ := exec.Command(toybox, strings.Fields(line)...).Output()
		ours, _, _ := runOn(h, strings.Fields(line)...)
		require.Regexp(t, regexp.MustCompile(form), string(theirs), "toybox's own %s", line)
		assert.Regexp(t, regexp.MustCompile(form), ours, line)
	}
	help, _, status := runOn(h, "ps", "--help")
	assert.Zero(t, status)
	assert.Regexp(t, `(?m)^-A\b`, help)
	theirs, err := exec.Command(toybox, "ps", "--help").Output()
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^-A\b`, string(theirs))
}

func TestPackagesLeaveAUserAndComeFromNowhere(t *testing.T) {
	h := testHandset(t, 33)
	const pkg = "com.maker.sync"
	assert.Equal(t, "Success\n", mustRun(t, h, "pm uninstall -k --user 0 "+pkg))
	assert.NotContains(t, mustRun(t, h, "pm list packages"), "package:"+pkg+"\n")
	assert.Contains(t, mustRun(t, h, "pm list packages -u"), "package:"+pkg+"\n")
	_, _, status := runOn(h, "pm", "uninstall", "--user", "0", "android")
	assert.Equal(t, 1, status)
	apk := strings.TrimSpace(strings.TrimPrefix(mustRun(t, h, "pm path com.maker.notes"), "package:"))
	assert.Regexp(t, `^[0-9a-f]{32}  /data/app/`, mustRun(t, h, "md5sum "+apk))
	head := execute(t, h, "head -c 2 "+apk, "")
	assert.Equal(t, "PK", head.stdout)
}

func TestBatterySavingSparesWhomTheListNames(t *testing.T) {
	h := testHandset(t, 33)
	assert.Regexp(t, `^(system(-excidle)?,[\w.]+,\d+\n)*$`, mustRun(t, h, "dumpsys deviceidle whitelist"))
	assert.Equal(t, "Added: com.maker.notes\nUnknown package: com.none\n",
		mustRun(t, h, "cmd deviceidle whitelist +com.maker.notes +com.none"))
}

func TestTheShellStartsAServiceThatIsForAll(t *testing.T) {
	h := mannered(t, 33, "weather well-behaved", "dialer well-behaved")
	assert.Equal(t, "Starting service: Intent { cmp=specimen.weather/.ForecastSync }\n",
		mustRun(t, h, "am start-service -n specimen.weather/.ForecastSync"))
	assert.Contains(t, mustRun(t, h, "dumpsys activity services"), "specimen.weather/.ForecastSync")
	_, errs, _ := runOn(h, "am", "stop-service", "-n", "specimen.weather/.ForecastSync")
	assert.Equal(t, "Service stopped\n", errs)
	_, errs, status := runOn(h, "am", "start-service", "-n", "specimen.dialer/.CallService")
	assert.NotContains(t, errs, "Not found", "the dialer has it")
	assert.Contains(t, errs, "Error: Requires permission android.permission.BIND_INCALL_SERVICE\n")
	assert.Equal(t, 255, status)
}

func TestAProgramOfAnotherMachineIsNotRun(t *testing.T) {
	h := testHandset(t, 33)
	for head, bits := range map[string]string{"\x7fELF\x02\x01": "64", "\x7fELF\x01\x01": "32"} {
		require.NoError(t, h.Disk().WriteFile("/data/local/tmp/collector", []byte(head+"\x01\x00\x00")))
		r := execute(t, h, "chmod +x /data/local/tmp/collector; /data/local/tmp/collector ps", "")
		assert.Equal(t, 126, r.exit)
		assert.Contains(t, r.stderr, "/data/local/tmp/collector: not executable: "+bits+"-bit ELF file\n")
	}
}

func TestInputSaysHowTheScreenIsTurned(t *testing.T) {
	assert.Contains(t, mustRun(t, testHandset(t, 29), "dumpsys input"), "      SurfaceOrientation: 0\n")
	assert.Contains(t, mustRun(t, testHandset(t, 36), "dumpsys input"), "      InputDeviceOrientation: 0\n")
}
