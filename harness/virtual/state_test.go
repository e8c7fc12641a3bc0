package virtual

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
	"assay/harness/virtual/sh"
)

// testPackages are a small image in the real layout; its names are ours.
const testPackages = `
packages:
  - {name: android, path: /system/framework/framework-res.apk, shared_user: android.uid.system, signer: platform}
  - {name: com.android.permissioncontroller, path: /system/priv-app/PermissionController/PermissionController.apk}
  - {name: com.android.packageinstaller, path: /system/priv-app/PackageInstaller/PackageInstaller.apk}
  - {name: com.maker.launcher, path: /system/priv-app/Launcher/Launcher.apk, launcher: com.maker.launcher.Home}
  - name: com.maker.notes
    path: /product/app/Notes/Notes.apk
    version: "2.0"
    code: 200
    launcher: com.maker.notes.NotesActivity
    requests: [INTERNET, READ_CONTACTS, STATUS_BAR, com.maker.permission.SYNC]
    updated: /data/app/com.maker.notes-1
  - name: com.maker.sync
    path: /system/priv-app/Sync/Sync.apk
    requests: [READ_CONTACTS, INTERNET, WRITE_SECURE_SETTINGS, READ_PRIVILEGED_PHONE_STATE]
    privileged: [WRITE_SECURE_SETTINGS]
    runtime: {READ_CONTACTS: [SYSTEM_FIXED, GRANTED_BY_DEFAULT]}
    defines: {com.maker.permission.SYNC: normal}
  - {name: com.maker.core, path: /system/app/Core/Core.apk, shared_user: com.maker.uid.shared, requests: [CAMERA], runtime: {CAMERA: [GRANTED_BY_DEFAULT]}}
  - {name: com.maker.extra, path: /system/app/Extra/Extra.apk, shared_user: com.maker.uid.shared, requests: [BLUETOOTH]}
specimens:
  - {app: specimen.camera, manner: well-behaved}
  - {app: specimen.weather, manner: background-location}
  - {app: specimen.dialer, manner: identifier-in-log}
  - {app: specimen.browser, manner: clear-text}
`

// testReleases pairs the SDKs that the tests run with their releases.
var testReleases = []struct {
	sdk     int
	release string
}{
	{22, "5.1.1"}, {23, "6.0"}, {25, "7.1.2"}, {27, "8.1.0"}, {28, "9"}, {29, "10"}, {30, "11"}, {31, "12"}, {33, "13"}, {34, "14"}, {35, "15"}, {36, "16"},
}

// testHandset is a handset of the small image, of a release.
func testHandset(t testing.TB, sdk int, more ...string) *Handset {
	t.Helper()
	release := ""
	for _, r := range testReleases {
		if r.sdk == sdk {
			release = r.release
		}
	}
	require.NotEmpty(t, release)
	text := "brand: Maker\nrelease: \"" + release + "\"\nsdk: " + strconv.Itoa(sdk) + `
identity:
  serial: TEST0001
  imei: "490154203237518"
  imsi: "404450123456789"
  number: "+919800000001"
  android_id: 0f1e2d3c4b5a6978
  mac: 02:00:5e:10:00:01
  boot_id: 3b1f0a52-6c1d-4f7e-9a38-5d2b7c8e9f10
  clock: "2025-03-04T09:00:00+05:30"
  zone: Asia/Kolkata
  locale: en-IN
properties: {ro.build.fingerprint: "maker/test/test:` + release + `/X/1:user/release-keys", ro.product.name: test, ro.product.model: Test, ro.product.device: test}
battery: {level: 80, temperature: 295, usb: true}
` + strings.Join(more, "\n") + testPackages
	p, err := persona.Load("test.yaml", []byte(text))
	require.NoError(t, err)
	return New(p, 7)
}

// mannered is a handset of the small image whose only specimens are these, each
// as "camera by-another-hand".
func mannered(t testing.TB, sdk int, specimens ...string) *Handset {
	t.Helper()
	p := testHandset(t, sdk).Persona()
	p.Specimens = nil
	for _, s := range specimens {
		app, manner, _ := strings.Cut(s, " ")
		p.Specimens = append(p.Specimens, persona.Specimen{App: "specimen." + app, Manner: manner})
	}
	return New(p, 7)
}

// runOn runs one command and returns its output, errors and status.
func runOn(h *Handset, args ...string) (stdout, stderr string, status int) {
	var out, errs bytes.Buffer
	p := &sh.Process{Machine: h, Argv: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Dir: "/",
		Env: func(string) string { return "" }}
	if c, ok := h.Command(args); ok {
		status = c(context.Background(), p)
	} else {
		status = p.Missing()
	}
	return out.String(), errs.String(), status
}

// mustRun runs a command line, split at spaces, that is to succeed.
func mustRun(t testing.TB, h *Handset, line string) string {
	t.Helper()
	out, errs, status := runOn(h, strings.Fields(line)...)
	require.Zero(t, status, "%s: %s", line, errs)
	return out
}

func TestRevokedPermissionShowsInTheNextDump(t *testing.T) {
	for _, sdk := range []int{23, 28, 29, 34} {
		h := testHandset(t, sdk)
		mustRun(t, h, "pm grant specimen.camera android.permission.CAMERA")
		assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=true", "sdk %d", sdk)
		mustRun(t, h, "pm revoke specimen.camera android.permission.CAMERA")
		assert.NotContains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=true", "sdk %d", sdk)
	}
}

func TestRevokingARunningAppsPermissionKillsIt(t *testing.T) {
	h := testHandset(t, 33)
	mustRun(t, h, "pm grant specimen.camera android.permission.CAMERA")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	require.NotNil(t, h.State.ProcessOf("specimen.camera", 0))
	mustRun(t, h, "pm revoke specimen.camera android.permission.CAMERA")
	assert.Nil(t, h.State.ProcessOf("specimen.camera", 0))
	assert.Contains(t, mustRun(t, h, "logcat -d -b events"), "am_proc_died")
}

func TestStartedAppHasProcessLogOpsAndSockets(t *testing.T) {
	for _, r := range testReleases {
		t.Run(r.release, func(t *testing.T) {
			h := testHandset(t, r.sdk)
			out := mustRun(t, h, "am start -W -n specimen.browser/.BrowserActivity")
			assert.Contains(t, out, "Starting: Intent { cmp=specimen.browser/.BrowserActivity }\nStatus: ok\n")
			assert.Contains(t, mustRun(t, h, "ps -A"), "specimen.browser")
			assert.Contains(t, mustRun(t, h, "logcat -d -b events"), "am_proc_start")
			assert.Contains(t, mustRun(t, h, "logcat -d"), "Displayed specimen.browser/.BrowserActivity")
			read, ok := derived(h, "/proc/net/tcp6")
			require.True(t, ok)
			assert.Contains(t, string(read()), ":0050 01 ")
			assert.Contains(t, mustRun(t, h, "dumpsys window"), "mCurrentFocus=Window{")
			assert.Contains(t, mustRun(t, h, "dumpsys window"), "specimen.browser/specimen.browser.BrowserActivity}")
			mustRun(t, h, "sleep 120")
			assert.NotContains(t, string(read()), ":0050 01 ", "the connection has been closed")
		})
	}
}

func TestOpOfAnAppOnScreenIsTopAndElsewhereBackground(t *testing.T) {
	h := testHandset(t, 28)
	mustRun(t, h, "am start -n specimen.weather/.ForecastActivity")
	assert.Contains(t, mustRun(t, h, "dumpsys appops"), "          Access: top   = 2025-03-04 09:00:")
	mustRun(t, h, "input keyevent KEYCODE_HOME")
	mustRun(t, h, "sleep 1200")
	assert.Contains(t, mustRun(t, h, "dumpsys appops"), "bg    = 2025-03-04 09:")
}

func TestUseWithoutPermissionIsRejected(t *testing.T) {
	h := testHandset(t, 30)
	for _, perm := range []string{"ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION", "ACCESS_BACKGROUND_LOCATION"} {
		mustRun(t, h, "pm revoke specimen.weather android.permission."+perm)
	}
	mustRun(t, h, "sleep 1200")
	dump := mustRun(t, h, "dumpsys appops")
	assert.Contains(t, dump, "Reject: [bg-s]2025-03-04 09:")
	assert.NotContains(t, dump, "Access: [bg-s]")
	assert.Contains(t, dump, "      COARSE_LOCATION: mode=ignore\n", "the one mode of both, up to Android 11")
}

func TestLocationWithoutTheBackgroundPermissionIsForTheForegroundOnly(t *testing.T) {
	h := testHandset(t, 31)
	mustRun(t, h, "pm revoke specimen.weather android.permission.ACCESS_BACKGROUND_LOCATION")
	assert.Contains(t, mustRun(t, h, "appops get specimen.weather"), "Uid mode: FINE_LOCATION: foreground\n")
	mustRun(t, h, "am start -n specimen.weather/.ForecastActivity")
	mustRun(t, h, "input keyevent HOME")
	mustRun(t, h, "sleep 1200")
	dump := mustRun(t, h, "dumpsys appops")
	assert.Contains(t, dump, "Access: [top-s]")
	assert.Contains(t, dump, "Reject: [bg-s]")
}

func TestANightPassesAtOnceAndTheSameWayTwice(t *testing.T) {
	began := time.Now()
	one, two := testHandset(t, 33), testHandset(t, 33)
	before := one.Now()
	for _, h := range []*Handset{one, two} {
		mustRun(t, h, "sleep 28800")
	}
	assert.Less(t, time.Since(began), 20*time.Second)
	assert.Equal(t, 8*time.Hour, one.Now().Sub(before))
	for _, line := range []string{"logcat -d -b all -v epoch -v usec", "dumpsys appops", "dumpsys package", "dumpsys netstats --uid",
		"ps -A"} {
		assert.Equal(t, mustRun(t, one, line), mustRun(t, two, line), line)
	}
	log := mustRun(t, one, "logcat -d -s SpecimenWeather")
	assert.Equal(t, 48, strings.Count(log, "location noted"), "every ten minutes, for eight hours")
}

func TestAnotherSeedIsAnotherHandset(t *testing.T) {
	h := testHandset(t, 33)
	other := New(h.Persona(), 8)
	assert.NotEqual(t, mustRun(t, h, "dumpsys package"), mustRun(t, other, "dumpsys package"))
}

func TestReadingChangesNothing(t *testing.T) {
	h := testHandset(t, 29)
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	at, log := h.Now(), h.Log.End()
	readers := []string{
		"dumpsys", "dumpsys package", "dumpsys appops", "dumpsys window", "logcat -d", "getprop", "pm list packages -f", "ps -A",
		"settings list secure",
		"cmd package query-activities --brief -a android.intent.action.MAIN", "uiautomator dump /dev/tty", "wm size", "am get-current-user",
		"screencap -p",
	}
	first := map[string]string{}
	for _, line := range readers {
		first[line] = mustRun(t, h, line)
	}
	done := make(chan bool)
	for range 4 {
		go func() {
			for _, line := range readers {
				assert.Equal(t, first[line], mustRun(t, h, line), line)
			}
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	assert.Equal(t, at, h.Now())
	assert.Equal(t, log, h.Log.End())
}

func TestKilledAppBeginsAnewAndAHiddenOneGoesOn(t *testing.T) {
	h := testHandset(t, 31)
	start := "am start -W -n specimen.weather/.ForecastActivity"
	assert.Contains(t, mustRun(t, h, start), "LaunchState: COLD\n")
	uses := func() int { return strings.Count(mustRun(t, h, "logcat -d -b events"), "wm_on_resume_called") }
	mustRun(t, h, "input keyevent HOME")
	assert.Contains(t, mustRun(t, h, start), "LaunchState: HOT\n")
	mustRun(t, h, "input keyevent BACK")
	assert.Contains(t, mustRun(t, h, start), "LaunchState: WARM\n")
	mustRun(t, h, "input keyevent HOME")
	mustRun(t, h, "am kill specimen.weather")
	require.Nil(t, h.State.ProcessOf("specimen.weather", 0))
	at := h.Now()
	assert.Contains(t, mustRun(t, h, start), "LaunchState: COLD\n")
	assert.Equal(t, 4, uses())
	fine := phone.UseKey{UID: h.State.Package("specimen.weather").AppID, Package: "specimen.weather", Op: "FINE_LOCATION", State: "top",
		Forwarded: "s"}
	assert.True(t, h.State.Uses[fine].LastAccess.After(at), "it played its launch again")
}

func TestForceStoppedAppDoesNothingUntilItIsOpened(t *testing.T) {
	h := testHandset(t, 33)
	mustRun(t, h, "am force-stop specimen.weather")
	mustRun(t, h, "sleep 7200")
	assert.NotContains(t, mustRun(t, h, "logcat -d"), "location noted")
	assert.Contains(t, mustRun(t, h, "dumpsys package specimen.weather"), "stopped=true")
	mustRun(t, h, "am start -n specimen.weather/.ForecastActivity")
	mustRun(t, h, "sleep 1200")
	assert.Contains(t, mustRun(t, h, "logcat -d"), "location noted")
}

func TestMakersAppStartsQuietly(t *testing.T) {
	h := testHandset(t, 30)
	mustRun(t, h, "am start -n com.maker.notes/.NotesActivity")
	mustRun(t, h, "sleep 600")
	n := h.State.ProcessOf("com.maker.notes", 0)
	require.NotNil(t, n)
	entries, _, _ := h.Log.From(0)
	for _, e := range entries {
		assert.False(t, e.PID == n.PID && e.Buffer != "events", "it wrote %q", e.Text)
	}
	for k := range h.State.Uses {
		assert.NotEqual(t, "com.maker.notes", k.Package)
	}
}

func TestIdentifiersOfASpecimensLogAreTheHandsets(t *testing.T) {
	h := testHandset(t, 27)
	mustRun(t, h, "am start -n specimen.dialer/.DialActivity")
	assert.Contains(t, mustRun(t, h, "logcat -d -s SpecimenDialer"), "imei=490154203237518")
}

func TestDeniedServiceRefuses(t *testing.T) {
	h := testHandset(t, 33, "denies: [appops]")
	assert.Contains(t, mustRun(t, h, "dumpsys appops"), "Permission Denial: can't dump ")
	assert.NotContains(t, mustRun(t, h, "dumpsys battery"), "Permission Denial")
}

func TestDisabledPackageShowsAndCannotBeOpened(t *testing.T) {
	h := testHandset(t, 33)
	assert.Equal(t, "Package com.maker.notes new state: disabled-user\n", mustRun(t, h, "pm disable-user --user 0 com.maker.notes"))
	assert.Contains(t, mustRun(t, h, "dumpsys package com.maker.notes"), "enabled=3")
	assert.Equal(t, "package:com.maker.notes\n", mustRun(t, h, "pm list packages -d"))
	_, errs, _ := runOn(h, "am", "start", "-n", "com.maker.notes/.NotesActivity")
	assert.Contains(t, errs, "does not exist")
	mustRun(t, h, "pm default-state com.maker.notes")
	assert.Contains(t, mustRun(t, h, "dumpsys package com.maker.notes"), "enabled=0")
	_, errs, status := runOn(h, "pm", "disable-user", "android")
	assert.Contains(t, errs, "Cannot disable a protected package: android")
	assert.Equal(t, 255, status)
}
