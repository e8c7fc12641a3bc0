package virtual

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
)

const (
	askBootID    = "cat /proc/sys/kernel/random/boot_id"
	askCompleted = "getprop sys.boot_completed"
	askSystemPID = "pidof system_server"
)

func TestRebootIsAnotherBootWithTheSameStorage(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		before := mustSay(t, f, askBootID)
		pid := mustSay(t, f, askSystemPID)
		mustSay(t, f, "pm grant specimen.camera android.permission.CAMERA; echo kept > /sdcard/kept; setprop debug.x 1; log -t before lost; "+
			"am start -n specimen.camera/.CameraActivity")
		inject(t, h, "reboot:match=echo never:back=2")
		assert.Equal(t, -1, shellOn(f, "echo never").exit, "the command that is under way has no end")
		back(t, f) // one that finds it booting
		assert.Equal(t, "", mustSay(t, f, askCompleted))
		got := shellOn(f, "dumpsys package specimen.camera")
		assert.Equal(t, "Can't find service: package\n", got.stderr, "the system is not up")
		assert.Equal(t, "1", mustSay(t, f, askCompleted), "and then it is")
		id := mustSay(t, f, askBootID)
		assert.NotEqual(t, before, id)
		assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
		assert.NotEqual(t, pid, mustSay(t, f, askSystemPID))
		assert.Contains(t, mustSay(t, f, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=true")
		assert.Equal(t, "kept", mustSay(t, f, "cat /sdcard/kept"))
		assert.Equal(t, "", mustSay(t, f, "getprop debug.x"))
		log := mustSay(t, f, "logcat -d")
		assert.NotContains(t, log, "before")
		assert.Contains(t, log, "System now ready")
		assert.Contains(t, mustSay(t, f, "dumpsys window"), "com.maker.launcher", "at home")
		var up float64
		_, err := fmt.Sscan(mustSay(t, f, "cat /proc/uptime"), &up)
		require.NoError(t, err)
		assert.Less(t, up, 300.0)
	})
}

func TestRebootServiceBootsAnew(t *testing.T) {
	h := testHandset(t, 33)
	f := serverFace{t, served(t, NewFarm(h)), h.Serial()}
	before := mustSay(t, f, askBootID)
	f.run("reboot:")
	back(t, f)
	assert.NotEqual(t, before, mustSay(t, f, askBootID))
}

func TestBootLoopBootsAgainAndAgainAndThenStops(t *testing.T) {
	onBothFaces(t, 29, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "bootloop:3:back=2")
		seen := map[string]bool{}
		require.Eventually(t, func() bool {
			if id := shellOn(f, askBootID); id.exit == 0 {
				seen[id.stdout] = true
			}
			return shellOn(f, askCompleted).stdout == "1\n"
		}, 20*time.Second, time.Millisecond)
		assert.Len(t, seen, 3)
	})
}

func TestSystemRestartChangesPidsAndLeavesAdb(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		mustSay(t, f, "am start -n specimen.camera/.CameraActivity")
		id, pid, adbd := mustSay(t, f, askBootID), mustSay(t, f, askSystemPID), mustSay(t, f, "pidof adbd")
		zygote := mustSay(t, f, "pidof zygote")
		inject(t, h, "system-restart:2:match=getprop")
		assert.Equal(t, "1", mustSay(t, f, askCompleted), "Android goes on saying so")
		assert.Equal(t, "cmd: Can't find service: package\n", shellOn(f, "pm path android").stderr)
		assert.NotEqual(t, pid, mustSay(t, f, askSystemPID))
		assert.NotEqual(t, zygote, mustSay(t, f, "pidof zygote"))
		assert.Equal(t, adbd, mustSay(t, f, "pidof adbd"))
		assert.Equal(t, id, mustSay(t, f, askBootID))
		assert.Equal(t, 1, shellOn(f, "pidof specimen.camera").exit, "apps ended with it")
		assert.Contains(t, mustSay(t, f, "logcat -d"), "Exit zygote because system server ("+"pid "+pid+") has terminated")
		assert.Equal(t, "package:/system/framework/framework-res.apk", mustSay(t, f, "pm path android"))
	})
}

func TestOldReleasesMissTheirSystemInTheirOwnWords(t *testing.T) {
	h := testHandset(t, 22)
	inject(t, h, "system-restart")
	for command, want := range map[string]string{
		"pm list packages":      "Error: Could not access the Package Manager.  Is the system running?\n",
		"am start -n x/.Y":      "Error type 2\nandroid.util.AndroidException: Can't connect to activity manager; is the system running?\n",
		"dumpsys appops":        "Can't find service: appops\n",
		"settings get secure x": "Can't find service: settings\n",
	} {
		assert.Equal(t, want, execute(t, h, command, "").stderr, command)
	}
	assert.Equal(t, "Currently running services:\n  SurfaceFlinger\n", execute(t, h, "dumpsys -l", "").stdout)
	assert.NotEmpty(t, execute(t, h, "ps; logcat -d; getprop", "").stdout, "what asks the kernel, logd and init is there")
}

func TestClockJumpsAndUptimeDoesNot(t *testing.T) {
	for _, by := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
			now := func() (at int64) { fmt.Sscan(mustSay(t, f, "date +%s"), &at); return at }
			before, uptime, chores := now(), mustSay(t, f, "cat /proc/uptime"), len(h.State.Plans.List)
			h.Inject(fault.Fault{Kind: fault.ClockJump, By: by, Match: "true", Back: 3})
			mustSay(t, f, "true")
			assert.Equal(t, before+int64(by.Seconds()), now())
			assert.Equal(t, uptime, mustSay(t, f, "cat /proc/uptime"))
			assert.Equal(t, before, now(), "it is set right after three services")
			assert.Len(t, h.State.Plans.List, chores, "nothing that was planned is due by it")
		})
	}
}

func TestLocaleChangesWhatFollowsItAndNothingElse(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		mustSay(t, f, "pm grant specimen.camera android.permission.CAMERA; am start -n specimen.camera/.CameraActivity; sleep 60")
		before := mustSay(t, f, "dumpsys appops")
		require.Regexp(t, `\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}`, before)
		inject(t, h, "locale:ar-EG:back=5")
		after := mustSay(t, f, "dumpsys appops")
		assert.Regexp(t, `[٠-٩]{4}-[٠-٩]{2}-[٠-٩]{2} [٠-٩]{2}:[٠-٩]{2}:[٠-٩]{2}\.[٠-٩]{3}`, after)
		latin := strings.Map(func(r rune) rune {
			if r >= '٠' && r <= '٩' {
				return r - '٠' + '0'
			}
			return r
		}, after)
		assert.Equal(t, before, latin)
		assert.Equal(t, "ar-EG", mustSay(t, f, "getprop persist.sys.locale"))
		inject(t, h, "permission:match=true")
		mustSay(t, f, "true")
		assert.Contains(t, mustSay(t, f, "uiautomator dump /dev/tty"), `text="عدم السماح"`)
		assert.Equal(t, "en-IN", mustSay(t, f, "getprop persist.sys.locale"), "over after five services")
	})
}

// focusOf is the window that has the focus.
func focusOf(t testing.TB, f side) string {
	t.Helper()
	m := regexp.MustCompile(`mCurrentFocus=Window\{\w+ u0 (.+)\}`).FindStringSubmatch(mustSay(t, f, "dumpsys window"))
	require.NotNil(t, m)
	return m[1]
}

func TestWindowsComeInFrontOfAllAndGoWithBackIfTheyMayOrAButton(t *testing.T) {
	for _, c := range []struct {
		form, window, pkg, id string
		log                   string
	}{
		{"overlay:update:match=true", "specimen.updater/specimen.updater.UpdateActivity", "specimen.updater", "android:id/button2", ""},
		{"overlay:sim:match=true", "com.android.settings/com.android.settings.sim.SimDialogActivity", "com.android.settings", "android:id/button2", ""},
		{"overlay:usb:match=true", "com.android.settings/com.android.settings.deviceinfo.UsbModeChooserActivity", "com.android.settings", "android:id/button2", ""},
		{"overlay:oem:match=true", "specimen.offers/specimen.offers.OfferActivity", "specimen.offers", "android:id/button2", ""},
		{"overlay:com.x/.Y:match=true", "com.x/com.x.Y", "com.x", "android:id/button2", ""},
		{"anr:specimen.camera:match=true", "Application Not Responding: specimen.camera", "android", "android:id/aerr_wait", "ANR in specimen.camera"},
		{"crash:specimen.camera:match=true", "Application Error: specimen.camera", "android", "android:id/aerr_close", "FATAL EXCEPTION"},
	} {
		t.Run(c.form, func(t *testing.T) {
			onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
				home := focusOf(t, f)
				inject(t, h, c.form)
				mustSay(t, f, "true")
				assert.Equal(t, c.window, focusOf(t, f))
				dump := mustSay(t, f, "uiautomator dump /dev/tty")
				assert.Contains(t, dump, `resource-id="`+c.id+`"`)
				assert.Contains(t, dump, `package="`+c.pkg+`"`)
				assert.Contains(t, mustSay(t, f, "logcat -d -b all"), c.log)
				covered := mustSay(t, f, "screencap -p")
				mustSay(t, f, "input keyevent BACK")
				if strings.HasPrefix(c.form, "anr") { // AppNotRespondingDialog: setCancelable(false)
					assert.Equal(t, c.window, focusOf(t, f))
				} else {
					assert.Equal(t, home, focusOf(t, f))
					assert.NotEqual(t, covered, mustSay(t, f, "screencap -p"))
					inject(t, h, c.form)
					mustSay(t, f, "true")
				}
				tapID(t, h, c.id)
				assert.Equal(t, home, focusOf(t, f))
			})
		})
	}
}

func TestACrashDialogTakesBackFromAndroid7(t *testing.T) {
	for sdk, want := range map[int]string{23: "Application Error: specimen.camera", 28: "home"} {
		h := testHandset(t, sdk)
		inject(t, h, "crash:specimen.camera")
		_, _, status := runOn(h, "input", "keyevent", "BACK")
		require.Zero(t, status)
		out := mustRun(t, h, "dumpsys window windows")
		assert.Equal(t, want != "home", strings.Contains(out, want), "sdk %d", sdk)
		assert.NotContains(t, out, "POLICY STATE", "only what was asked for")
	}
}

func TestANREndsTheAppOnlyWhenAsked(t *testing.T) {
	for _, c := range []struct {
		sdk         int
		wait, close string
	}{{23, "android:id/button2", "android:id/button1"}, {33, "android:id/aerr_wait", "android:id/aerr_close"}} {
		h := testHandset(t, c.sdk)
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		inject(t, h, "anr")
		assert.Contains(t, mustRun(t, h, "logcat -d -b events"), "am_anr")
		tapID(t, h, c.wait)
		assert.NotNil(t, h.State.ProcessOf("specimen.camera", 0), c.sdk)
		inject(t, h, "anr")
		tapID(t, h, c.close)
		assert.Nil(t, h.State.ProcessOf("specimen.camera", 0), c.sdk)
	}
}

func TestPermissionIsAskedForAndNeverGivenUnasked(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		grants := func() []string {
			return regexp.MustCompile(`[\w.]+: granted=true`).FindAllString(mustSay(t, f, "dumpsys package"), -1)
		}
		before := grants()
		inject(t, h, "permission:CAMERA:match=true:times=2")
		mustSay(t, f, "true")
		assert.Contains(t, focusOf(t, f), "com.android.permissioncontroller/")
		assert.Contains(t, mustSay(t, f, "uiautomator dump /dev/tty"), "permission_deny_button")
		mustSay(t, f, "input keyevent BACK")
		assert.NotContains(t, focusOf(t, f), "permissioncontroller")
		assert.Equal(t, before, grants())
		mustSay(t, f, "true")
		assert.Contains(t, focusOf(t, f), "com.android.permissioncontroller/", "a second time")
		mustSay(t, f, "true")
	})
	old := testHandset(t, 22)
	inject(t, old, "permission")
	assert.NotContains(t, mustRun(t, old, "dumpsys window"), "GrantPermissions", "Android 5 asks for nothing")
}

func TestKeyguardLocksInMidStepAndASecureOneStays(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "keyguard:match=true")
		mustSay(t, f, "true")
		assert.Contains(t, mustSay(t, f, "dumpsys power"), "mWakefulness=Asleep")
		mustSay(t, f, "input keyevent WAKEUP")
		assert.Contains(t, mustSay(t, f, "dumpsys window"), "isKeyguardShowing=true")
		mustSay(t, f, "wm dismiss-keyguard")
		assert.Contains(t, mustSay(t, f, "dumpsys window"), "isKeyguardShowing=false")
		inject(t, h, "keyguard:secure:match=true:back=5")
		mustSay(t, f, "true")
		mustSay(t, f, "input keyevent WAKEUP; wm dismiss-keyguard; input swipe 500 1500 500 300; input keyevent MENU")
		assert.Contains(t, mustSay(t, f, "dumpsys window"), "isKeyguardShowing=true")
		mustSay(t, f, "true")
		mustSay(t, f, "true")
		assert.Contains(t, mustSay(t, f, "dumpsys window"), "isKeyguardShowing=false", "a person has come")
	})
}

func TestDozeDarkensTheScreenUntilSomethingWakesIt(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "doze:match=true")
		mustSay(t, f, "true")
		assert.Equal(t, "IDLE", mustSay(t, f, "cmd deviceidle get deep"))
		assert.Contains(t, mustSay(t, f, "dumpsys deviceidle"), "mState=IDLE mLightState=OVERRIDE")
		mustSay(t, f, "sleep 7200")
		assert.NotContains(t, mustSay(t, f, "cmd appops get specimen.weather"), "time=", "its jobs wait")
		assert.Contains(t, mustSay(t, f, "dumpsys power"), "mDeviceIdleMode=true")
		mustSay(t, f, "input keyevent WAKEUP")
		assert.Equal(t, "ACTIVE", mustSay(t, f, "cmd deviceidle get deep"))
		assert.Contains(t, mustSay(t, f, "dumpsys power"), "mDeviceIdleMode=false")
		mustSay(t, f, "sleep 7200")
		assert.Contains(t, mustSay(t, f, "cmd appops get specimen.weather"), "time=", "and are done again")
	})
}

func TestFullStorageTakesNothingMore(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "full:5:match=true:back=5")
		mustSay(t, f, "true")
		got := shellOn(f, "echo 123456789 > /sdcard/a")
		assert.NotZero(t, got.exit)
		assert.Contains(t, got.stderr, "No space left on device")
		mustSay(t, f, "printf 1234 > /sdcard/b")
		assert.Regexp(t, `/data .* 0 +100% /data|userdata +\d+ +\d+ +0 100% /data`, mustSay(t, f, "df /data"))
		mustSay(t, f, "true")
		mustSay(t, f, "echo 123456789 > /sdcard/a")
	})
}

func TestBatteryRampsUpAndDownAgain(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		read := func(key string) (n int) {
			m := regexp.MustCompile(key + `: (\d+)`).FindStringSubmatch(mustSay(t, f, "dumpsys battery"))
			require.NotNil(t, m)
			fmt.Sscan(m[1], &n)
			return n
		}
		inject(t, h, "heat:330:match=true:back=6")
		mustSay(t, f, "true")
		var seen []int
		for range 10 {
			seen = append(seen, read("temperature"))
		}
		assert.Equal(t, []int{325, 330, 330, 330, 330, 315, 300, 295, 295, 295}, seen)
		inject(t, h, "drain:70:match=true:back=4")
		mustSay(t, f, "true")
		seen = seen[:0]
		for range 7 {
			seen = append(seen, read("level"))
		}
		assert.Equal(t, []int{70, 70, 70, 75, 80, 80, 80}, seen)
	})
}

func TestSerialOfAnotherIsShownAndTold(t *testing.T) {
	a, b := testHandset(t, 30), plainHandset(t, 30, "0123456789ABCDEF")
	inject(t, a, "serial:0123456789ABCDEF")
	addr := served(t, NewFarm(a, b))
	assert.Equal(t, "OKAY"+text("0123456789ABCDEF\tdevice\n0123456789ABCDEF\tdevice\n"), ask(t, addr, "host:devices"))
	assert.Equal(t, "FAIL"+text("more than one device"), ask(t, addr, "host:transport:0123456789ABCDEF"))
	c := dial(t, addr).send("host:transport-id:1")
	require.Equal(t, "OKAY", c.status())
	require.Equal(t, "OKAY", c.send("shell,v2,raw:getprop ro.serialno; getprop ro.build.fingerprint").status())
	assert.Equal(t, "0123456789ABCDEF\nmaker/test/test:11/X/1:user/release-keys\n", readV2(c).stdout)
	dev := deviceFace{t, listening(t, a)}
	assert.Equal(t, "0123456789ABCDEF", mustSay(t, dev, "getprop ro.serialno"))
}

func TestByteOfOutputSetsAFaultOffWhileTheStateIsHeld(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		pid := mustSay(t, f, askSystemPID)
		inject(t, h, "system-restart:1:match=dumpsys package:bytes=500")
		got := shellOn(f, "dumpsys package; pidof system_server")
		assert.Zero(t, got.exit)
		_, after, ok := strings.Cut(got.stdout, "\n"+"Shared users:")
		require.True(t, ok, "the dump itself is whole")
		lines := strings.Split(strings.TrimSpace(after), "\n")
		assert.NotEqual(t, pid, lines[len(lines)-1], "and what comes behind it finds the change")
	})
}

func TestDumpOfAnInterruptedTreeIsNoTree(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "truncated:200:uiautomator:times=1")
		for i, half := range []bool{true, false} {
			assert.Contains(t, mustSay(t, f, "uiautomator dump /sdcard/w.xml"), "UI hierchary dumped to: /sdcard/w.xml")
			tree := mustSay(t, f, "cat /sdcard/w.xml")
			err := xml.Unmarshal([]byte(tree), new(struct{ XMLName xml.Name }))
			assert.Equal(t, half, err != nil, i)
			assert.Equal(t, half, len(tree) == 200, i)
		}
	})
}
