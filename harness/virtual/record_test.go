package virtual

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/phone"
)

// onEach runs a subtest on every release.
func onEach(t *testing.T, check func(t *testing.T, sdk int)) {
	t.Helper()
	for _, r := range testReleases {
		t.Run(r.release, func(t *testing.T) { check(t, r.sdk) })
	}
}

func TestAnOpenCameraHasAClientAndAClosedOneARecord(t *testing.T) {
	onEach(t, func(t *testing.T, sdk int) {
		h := mannered(t, sdk, "camera well-behaved")
		if sdk >= 23 {
			mustRun(t, h, "pm grant specimen.camera android.permission.CAMERA")
		}
		before := mustRun(t, h, "dumpsys media.camera")
		assert.NotContains(t, before, "specimen.camera")
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		pid := h.State.ProcessOf("specimen.camera", 0).PID
		open := mustRun(t, h, "dumpsys media.camera")
		assert.Contains(t, open, fmt.Sprintf("PID: %d", pid))
		assert.NotContains(t, open, "no client instance")
		mustRun(t, h, "sleep 30")
		closed := mustRun(t, h, "dumpsys media.camera")
		assert.Contains(t, closed, "no client instance")
		if sdk >= 23 {
			who := fmt.Sprintf("device 0 client for package specimen.camera (PID %d)\n", pid)
			assert.Regexp(t, regexp.MustCompile(`(?s)  03-04 09:00:04 : DISCONNECT `+regexp.QuoteMeta(who)+
				`  03-04 09:00:00 : CONNECT `+regexp.QuoteMeta(who)), closed, "the newest first")
		}
	})
}

func TestARefusedCameraLeavesNoRecord(t *testing.T) {
	h := mannered(t, 33, "camera well-behaved")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	refuseOnScreen(t, h)
	assert.NotContains(t, mustRun(t, h, "dumpsys media.camera"), "specimen.camera")
}

func TestAKilledAppLetsGoOfTheCamera(t *testing.T) {
	h := mannered(t, 33, "camera well-behaved")
	mustRun(t, h, "pm grant specimen.camera android.permission.CAMERA")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	mustRun(t, h, "am force-stop specimen.camera")
	dump := mustRun(t, h, "dumpsys media.camera")
	assert.Contains(t, dump, "DISCONNECT device 0 client for package specimen.camera")
	assert.Contains(t, dump, "no client instance")
	assert.NotContains(t, mustRun(t, h, "dumpsys sensorservice"), "Connection Number")
}

func TestTheCameraOfAHelperIsTheHelpers(t *testing.T) {
	h := mannered(t, 27, "camera by-another-hand", "relay well-behaved")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	dump := mustRun(t, h, "dumpsys media.camera")
	assert.Contains(t, dump, "CONNECT device 0 client for package specimen.relay")
	assert.NotContains(t, dump, "specimen.camera")
}

func TestARecordingIsInTheLogOfTheAudioService(t *testing.T) {
	for sdk, want := range map[int]string{
		28: "Audio event log: recording activity as reported through AudioService\n03-04 09:00:21:",
		29: "Audio event log: recording activity received by AudioService\n03-04 09:00:21:",
		31: " not silenced pack:specimen.dialer\n",
		33: "Events log: recording activity received by AudioService\n03-04 09:00:21:",
	} {
		h := mannered(t, sdk, "dialer listens-on")
		mustRun(t, h, "am start -n specimen.dialer/.DialActivity")
		mustRun(t, h, "input keyevent HOME")
		mustRun(t, h, "sleep 30")
		running := mustRun(t, h, "dumpsys audio")
		assert.Contains(t, running, want, "sdk %d", sdk)
		assert.Contains(t, running, fmt.Sprintf("uid:%d", h.State.Package("specimen.dialer").AppID), "sdk %d", sdk)
		assert.NotContains(t, running, "rec stop", "sdk %d", sdk)
		assert.Contains(t, running, "-- source client=MIC", "sdk %d", sdk)
		mustRun(t, h, "sleep 60")
		over := mustRun(t, h, "dumpsys audio")
		assert.Contains(t, over, "rec stop", "sdk %d", sdk)
		assert.NotContains(t, over, "-- source client=MIC", "sdk %d", sdk)
	}
}

func TestWhoListensInTheBackgroundIsSilencedFromAndroid9(t *testing.T) {
	h := mannered(t, 30, "messages microphone-in-background")
	h.State.UIDModes[h.State.Package("specimen.messages").AppID] = nil // as if it had the right to
	mustRun(t, h, "sleep 1200")
	assert.Contains(t, mustRun(t, h, "dumpsys audio"), " silenced pack:specimen.messages")
}

func TestALocationRequestShowsWhileItGoesOnAndIsCountedAfterwards(t *testing.T) {
	onEach(t, func(t *testing.T, sdk int) {
		h := mannered(t, sdk, "weather background-location")
		assert.NotContains(t, mustRun(t, h, "dumpsys location"), "specimen.weather")
		mustRun(t, h, "am start -n specimen.weather/.ForecastActivity")
		uid := h.State.Package("specimen.weather").AppID
		running := map[bool]string{
			sdk < 26: fmt.Sprintf("UpdateRecord[gps specimen.weather(%d) Request[ACCURACY_FINE gps requested=+1s0ms "+
				"fastest=+1s0ms]", uid),
			sdk >= 26 && sdk < 30: fmt.Sprintf("UpdateRecord[gps specimen.weather(%d foreground) Request[ACCURACY_FINE gps requested=+1s0ms", uid),
			sdk == 30:             "/specimen.weather Request[ACCURACY_FINE gps interval=+1s0ms",
			sdk >= 31:             fmt.Sprintf("Request[@+1s0ms HIGH_ACCURACY, WorkSource{%d specimen.weather}]", uid),
		}[true]
		assert.Contains(t, mustRun(t, h, "dumpsys location"), running)
		mustRun(t, h, "input keyevent HOME")
		mustRun(t, h, "sleep 660")
		dump := mustRun(t, h, "dumpsys location")
		history := map[bool]string{
			sdk < 28: "    specimen.weather: gps: Interval 1 seconds: Duration requested 0 out of the last 11 minutes\n",
			sdk >= 28 && sdk < 30: "    specimen.weather: gps: Interval 1 seconds: Duration requested 0 total, 0 foreground, out of the last " +
				"11 minutes\n",
			sdk == 30: "    gps: specimen.weather: Interval 1 seconds: Duration requested 0 total, 0 foreground, out of the last " +
				"11 minutes: Last active",
			sdk >= 31: fmt.Sprintf("      %d/specimen.weather: min/max interval = 1s/1s, total/active/foreground duration = "+
				"+3s500ms/+3s500ms/+2s0ms, locations = 2\n", uid),
		}[true]
		assert.Contains(t, dump, history)
		if sdk >= 31 {
			assert.Equal(t, 2, strings.Count(dump, "gps provider -registration "))
		}
	})
}

func TestTheTimelineOfAccessesIsRoundedToMinutesUntilAndroid15(t *testing.T) {
	for sdk, want := range map[int]string{
		31: "Discrete accesses: \n  Uid: %d\n    Package: specimen.weather\n      COARSE_LOCATION\n        Attribution: null\n" +
			"          Access [bg-s] at 2025-03-04 09:07:00.000\n      FINE_LOCATION\n        Attribution: null\n" +
			"          Access [top-s] at 2025-03-04 09:00:00.000 for 60000 milliseconds \n" +
			"          Access [bg-s] at 2025-03-04 09:07:00.000 for 60000 milliseconds \n",
		35: "      FINE_LOCATION\n        Device: default:0\n          Attribution: null\n" +
			"            Access [top-s] at 2025-03-04 09:00:00.000 for 60000 milliseconds \n",
		36: "ACCESS_TIME|DURATION\n%d|specimen.weather|default:0|COARSE_LOCATION|null|bg|s|0|-1|2025-03-04 09:07:49.950|-1\n",
	} {
		h := mannered(t, sdk, "weather background-location")
		mustRun(t, h, "am start -n specimen.weather/.ForecastActivity")
		mustRun(t, h, "input keyevent HOME")
		mustRun(t, h, "sleep 660")
		dump := mustRun(t, h, "dumpsys appops --include-discrete 0")
		if strings.Contains(want, "%d") {
			want = fmt.Sprintf(want, h.State.Package("specimen.weather").AppID)
		}
		assert.Contains(t, dump, want, "sdk %d", sdk)
		assert.NotContains(t, mustRun(t, h, "dumpsys appops"), "Discrete accesses", "sdk %d", sdk)
	}
}

func TestAlarmsAndJobsAreSetAndCounted(t *testing.T) {
	onEach(t, func(t *testing.T, sdk int) {
		h := mannered(t, sdk, "weather background-location", "messages microphone-in-background")
		alarms, jobs := mustRun(t, h, "dumpsys alarm"), mustRun(t, h, "dumpsys jobscheduler")
		assert.Contains(t, alarms, "tag=*walarm*:specimen.weather/.WakeReceiver\n", "it is set")
		assert.NotContains(t, alarms, "specimen.messages", "a job is no alarm")
		assert.Contains(t, jobs, "specimen.messages")
		assert.NotContains(t, jobs, "specimen.weather")
		mustRun(t, h, "sleep 3600")
		alarms, jobs = mustRun(t, h, "dumpsys alarm"), mustRun(t, h, "dumpsys jobscheduler")
		assert.Contains(t, alarms, phone.FormatUID(h.State.Package("specimen.weather").AppID)+":specimen.weather +18s0ms running, 6 wakeups:\n")
		assert.Contains(t, alarms, "    +18s0ms 6 wakes 6 alarms")
		if sdk >= 24 {
			assert.Equal(t, 4, strings.Count(jobs, " START: "), "an hour has four quarters")
			assert.Contains(t, jobs, "PERIODIC: interval=+15m0s0ms flex=+15m0s0ms\n")
		}
		log := mustRun(t, h, "logcat -d -b events")
		assert.Contains(t, log, "broadcast")
		assert.Contains(t, log, "specimen.messages/specimen.messages.RefreshJob")
		mustRun(t, h, "am force-stop specimen.weather")
		assert.NotContains(t, mustRun(t, h, "dumpsys alarm"), "specimen.weather", "who is stopped by force has no alarms")
	})
}

func TestAServiceIsListedWhileItRuns(t *testing.T) {
	onEach(t, func(t *testing.T, sdk int) {
		h := mannered(t, sdk, "dialer listens-on", "messages microphone-in-background")
		assert.Contains(t, mustRun(t, h, "dumpsys activity services"), "  (nothing)\n")
		mustRun(t, h, "am start -n specimen.dialer/.DialActivity")
		mustRun(t, h, "input keyevent HOME")
		dump := mustRun(t, h, "dumpsys activity services")
		assert.Regexp(t, `  \* ServiceRecord\{[0-9a-f]+ u0 specimen\.dialer/\.CallService`, dump)
		assert.Contains(t, dump, "    isForeground=true foregroundId=7 ")
		assert.Contains(t, dump, "    startRequested=true ")
		mustRun(t, h, "sleep 300")
		assert.NotContains(t, mustRun(t, h, "dumpsys activity services"), "CallService")
		require.NotEmpty(t, h.State.History.Chores)
		next := h.State.History.Chores[0].Next
		require.NoError(t, h.Sleep(t.Context(), next.Sub(h.Now())+2e9))
		dump = mustRun(t, h, "dumpsys activity services")
		assert.Contains(t, dump, "    permission=android.permission.BIND_JOB_SERVICE\n", "a job that runs is bound by the system")
		assert.Contains(t, dump, "specimen.messages/.RefreshJob")
	})
}

func TestUsageTellsWhatWasOnTheScreen(t *testing.T) {
	onEach(t, func(t *testing.T, sdk int) {
		h := mannered(t, sdk, "weather well-behaved")
		mustRun(t, h, "am start -n specimen.weather/.ForecastActivity")
		mustRun(t, h, "sleep 120")
		mustRun(t, h, "input keyevent HOME")
		dump := mustRun(t, h, "dumpsys usagestats")
		kind := map[bool]string{true: "ACTIVITY_RESUMED", false: "MOVE_TO_FOREGROUND"}[sdk >= 29]
		assert.Contains(t, dump, "type="+kind+" package=specimen.weather class=specimen.weather.ForecastActivity")
		assert.Regexp(t, `package=specimen\.weather totalTime(Used)?="02:01"`, dump)
	})
}

func TestMakersAppsLeaveNoRecordButUsage(t *testing.T) {
	onEach(t, func(t *testing.T, sdk int) {
		h := testHandset(t, sdk)
		mustRun(t, h, "am start -n com.maker.notes/.NotesActivity")
		mustRun(t, h, "sleep 3600")
		for _, service := range []string{"alarm", "audio", "connectivity", "jobscheduler", "location", "media.camera", "sensorservice",
			"activity services", "activity broadcasts", "device_policy", "accessibility", "account"} {
			assert.NotContains(t, mustRun(t, h, "dumpsys "+service), "com.maker", service)
		}
	})
}

func TestSomeServicesCameWithLaterReleases(t *testing.T) {
	_, errs, _ := runOn(testHandset(t, 22), "dumpsys", "deviceidle")
	assert.Equal(t, "Can't find service: deviceidle\n", errs)
	_, errs, status := runOn(testHandset(t, 28), "device_config", "list", "privacy")
	assert.Contains(t, errs, "not found")
	assert.Equal(t, 127, status)
	_, errs, status = runOn(testHandset(t, 33), "cmd", "transparency", "get", "mba_info", "-v")
	assert.Equal(t, "cmd: Can't find service: transparency\n", errs)
	assert.Equal(t, 20, status)
	out, _, _ := runOn(testHandset(t, 34), "cmd", "transparency", "get", "mba_info", "--preloads-only", "-v")
	assert.Equal(t, "ERROR: Unknown option: --preloads-only\n", out)
	out, _, _ = runOn(testHandset(t, 35), "cmd", "transparency", "get", "mba_info", "--preloads-only", "-v")
	assert.Contains(t, out, "\nspecimen.camera,30201,CHUNKED_SHA256:")
	assert.NotContains(t, mustRun(t, testHandset(t, 29), "dumpsys appops --include-discrete 0"), "Discrete")
}

func TestTheImagesAuthoritiesAreFiles(t *testing.T) {
	for sdk, dirs := range map[int]int{33: 1, 34: 2} {
		h := testHandset(t, sdk)
		found := 0
		for _, dir := range []string{"/system/etc/security/cacerts", "/apex/com.android.conscrypt/cacerts"} {
			out, _, status := runOn(h, "ls", "-l", dir)
			if status == 0 {
				found++
				assert.Contains(t, out, " 1f58a078.0\n")
			}
		}
		assert.Equal(t, dirs, found, "sdk %d", sdk)
	}
}
