package scenario

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var cam = Target{Package: "com.maker.camera", Component: "com.maker.camera/com.maker.camera.Main"}

// step reads one step as a scenario about the camera writes it.
func step(t *testing.T, text string) Step {
	t.Helper()
	s, err := Parse("a.yaml", []byte("name: a\nabout: b\nsubject: {role: camera}\nsteps:\n  - "+text+"\n"), Known{})
	require.NoError(t, err)
	require.Len(t, s.Steps, 1)
	return s.Steps[0].Step
}

// do plays one step.
func do(t *testing.T, f *fake, text string) (Report, error) {
	t.Helper()
	one := step(t, text)
	f.plays.Steps = []Action{{Step: one}}
	return one.Do(context.Background(), f, cam)
}

const startCamera = "am start -W --user 0 -a android.intent.action.MAIN -c android.intent.category.LAUNCHER -n com.maker.camera/com.maker.camera.Main"

func TestLaunchStartsTheAppAsItsIconDoes(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{startCamera: {"Starting: Intent { act=android.intent.action.MAIN }\nStatus: ok\nLaunchState: COLD\nActivity: com.maker.camera/.Main\nTotalTime: 421\nWaitTime: 430\nComplete\n"}}}
	report, err := do(t, f, "launch")
	require.NoError(t, err)
	assert.Equal(t, "com.maker.camera", report.Package)
	assert.Equal(t, []string{"am kill --user 0 com.maker.camera", "input keyevent KEYCODE_HOME"}, f.undos(), "undone in reverse: home first")
	for _, c := range f.changes {
		assert.NotContains(t, c.undo, "force-stop")
	}
}

func TestLaunchByAnIntentGoesToTheTargetAlone(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{
		"am start -W --user 0 -a android.intent.action.VIEW -d about:blank -p com.maker.camera": {"Status: ok\nComplete\n"},
	}}
	_, err := do(t, f, `launch: {action: android.intent.action.VIEW, data: "about:blank"}`)
	require.NoError(t, err)
}

func TestLaunchIsUnmetWhereNothingStarts(t *testing.T) {
	for name, out := range map[string]string{
		"exit 0, to Android 7": "Starting: Intent { }\nError type 3\nError: Activity class {com.maker.camera/.Main} does not exist.\n",
		"exit 1":               "exit 1\nStarting: Intent { }\nError type 3\n",
		"nothing is said":      "",
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{sdk: 23, says: map[string][]string{startCamera: {out}}}
			_, err := do(t, f, "launch")
			var u *Unmet
			require.ErrorAs(t, err, &u)
			assert.ErrorIs(t, err, ErrExpectation)
		})
	}
}

func TestLaunchLooksForTheIconOfAnotherPackage(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{
		"pm list packages --user 0 com.other": {"package:com.other\n"},
		launchers:                             {brief("com.other/.Start")},
		"am start -W --user 0 -a android.intent.action.MAIN -c android.intent.category.LAUNCHER -n com.other/com.other.Start": {"Status: ok\n"},
	}}
	report, err := do(t, f, "launch: {package: com.other}")
	require.NoError(t, err)
	assert.Equal(t, "com.other", report.Package)

	f.says[launchers] = []string{"No activities found\n"}
	_, err = do(t, f, "launch: {package: com.other}")
	assert.EqualError(t, err, "expected a launcher's icon for com.other: it has none")
}

func TestStepsThatSendOneCommand(t *testing.T) {
	for text, want := range map[string]string{
		"home":                              "input keyevent KEYCODE_HOME",
		"back":                              "input keyevent KEYCODE_BACK",
		"key: VOLUME_UP":                    "input keyevent KEYCODE_VOLUME_UP",
		"key: KEYCODE_POWER":                "input keyevent KEYCODE_POWER",
		"type: hello wide world":            "input text hello%swide%sworld",
		"swipe: {from: [1, 2], to: [3, 4]}": "input swipe 1 2 3 4 300",
		"stop":                              "am kill --user 0 com.maker.camera",
		"stop: force":                       "am force-stop --user 0 com.maker.camera",
		"stop: {package: com.other, force: true}": "am force-stop --user 0 com.other",
		"shell: dumpsys battery":                  "dumpsys battery",
	} {
		t.Run(text, func(t *testing.T) {
			f := &fake{sdk: 30, says: map[string][]string{want: {""}}}
			_, err := do(t, f, text)
			require.NoError(t, err)
			assert.Equal(t, []string{want}, f.ran)

			f = &fake{sdk: 30, says: map[string][]string{want: {"exit 1\n"}}}
			_, err = do(t, f, text)
			assert.ErrorIs(t, err, ErrExpectation, "a refusal is the handset's answer")

			f = &fake{sdk: 30, cut: errors.New("transport lost")}
			_, err = do(t, f, text)
			assert.ErrorIs(t, err, f.cut)
			assert.NotErrorIs(t, err, ErrExpectation, "a lost handset is the lab's fault")
		})
	}
}

func TestAForcedStopIsInTheJournalAndCannotBeUndone(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{"am force-stop --user 0 com.maker.camera": {""}}}
	_, err := do(t, f, "stop: force")
	require.NoError(t, err)
	assert.Equal(t, []change{{"com.maker.camera is force-stopped: its alarms and jobs are cancelled until it is next opened", ""}}, f.changes)
}

func TestASwipeBySightFitsTheScreen(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{
		"wm size":                          {"Physical size: 1080x2400\nOverride size: 720x1600\n"},
		"input swipe 360 1200 360 400 300": {""},
	}}
	_, err := do(t, f, "swipe: up")
	require.NoError(t, err)

	f.says["wm size"] = []string{"Error\n"}
	_, err = do(t, f, "swipe: up")
	assert.ErrorIs(t, err, ErrExpectation)
}

func TestWaitAndIdlePassOnTheHandsetsClock(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{"input keyevent KEYCODE_HOME": {""}, "input keyevent KEYCODE_SLEEP": {""}, "input keyevent KEYCODE_WAKEUP": {""}}}
	_, err := do(t, f, "wait: 1m30s")
	require.NoError(t, err)
	assert.Equal(t, 90*time.Second, f.slept)
	assert.Empty(t, f.ran)

	_, err = do(t, f, "idle: 8h")
	require.NoError(t, err)
	assert.Equal(t, 8*time.Hour+90*time.Second, f.slept)
	assert.Equal(t, []string{"input keyevent KEYCODE_HOME"}, f.ran)
	assert.Empty(t, f.changes)

	_, err = do(t, f, "idle: {for: 1m, screen: off}")
	require.NoError(t, err)
	assert.Equal(t, []string{"input keyevent KEYCODE_HOME", "input keyevent KEYCODE_SLEEP", "input keyevent KEYCODE_WAKEUP"}, f.ran[1:])
	assert.Equal(t, []change{{"the screen is put to sleep", "input keyevent KEYCODE_WAKEUP"}}, f.changes)
}

func TestTapWaitsForTheView(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{"input tap 100 25": {""}}}
	f.shows(screen("com.x:id/other||com.x"), screen("com.x:id/shutter||com.x"))
	_, err := do(t, f, "tap: {id: shutter}")
	require.NoError(t, err)
	assert.Equal(t, []string{"100 25"}, f.tapped())
	assert.Equal(t, interval, f.slept)
}

func TestTapIsUnmetAfterItsDeadline(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{}}
	f.shows(screen("com.x:id/other||com.x"))
	_, err := do(t, f, "tap: {id: com.x:id/shutter, within: 3s}")
	assert.EqualError(t, err, "expected a view with id com.x:id/shutter: within 3s: the screen shows com.x")
	assert.Equal(t, 3*time.Second, f.slept)
	assert.Empty(t, f.tapped())
}

func TestTapNeverAnswersAPermissionDialog(t *testing.T) {
	for _, text := range []string{
		"tap: {id: permission_allow_button, within: 2s}",
		"tap: {text: Allow, within: 2s}",
		"tap: {x: 100, y: 125, within: 2s}",
	} {
		f := &fake{sdk: 28, says: map[string][]string{}}
		f.shows(permissionScreen("com.android.packageinstaller", "Allow Camera to take pictures?", "permission_allow_button", "permission_deny_button"))
		_, err := do(t, f, text)
		assert.ErrorIs(t, err, ErrExpectation, text)
		assert.ErrorContains(t, err, "a permission dialog that the scenario does not answer")
		assert.Empty(t, f.tapped(), text)
	}
}

func TestWaitForSeesViewsComeAndGo(t *testing.T) {
	before, after := screen("com.x:id/splash|Loading|com.x"), screen("com.x:id/list||com.x")
	for _, text := range []string{
		"wait-for: {id: list}", "wait-for: {text: Loading, gone: true}", "wait-for: {package: com.y}",
	} {
		f := &fake{sdk: 30, says: map[string][]string{}}
		f.shows(before, after, screen("||com.y"))
		_, err := do(t, f, text)
		assert.NoError(t, err, text)
	}
	f := &fake{sdk: 30, says: map[string][]string{}}
	f.shows(before)
	_, err := do(t, f, "wait-for: {text: Loading, gone: true, within: 2s}")
	assert.EqualError(t, err, "expected a view with text Loading to be gone: still there within 2s: the screen shows com.x")
	_, err = do(t, f, "wait-for: {dialog: permission, within: 2s}")
	assert.EqualError(t, err, "expected a permission dialog: within 2s: the screen shows com.x")
	f.shows(permissionScreen("com.android.permissioncontroller", "?", "permission_deny_button"))
	_, err = do(t, f, "wait-for: {dialog: permission}")
	assert.NoError(t, err)
}

func TestAScreenThatNeverStandsStillIsUnmetAndSaysSo(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{"rm -f " + dumped: {""}, "uiautomator dump " + dumped: {"ERROR: could not get idle state.\n"}}}
	_, err := do(t, f, "wait-for: {id: ok, within: 2s}")
	assert.ErrorIs(t, err, ErrExpectation)
	assert.ErrorContains(t, err, "could not get idle state")
}

func TestShellJournalsADeclaredChangeBeforeItIsMade(t *testing.T) {
	f := &fake{sdk: 30, says: map[string][]string{"settings put global x 1": {""}, "settings get --user 0 global x": {"null\n", "1\n"}}}
	f.does = func(f *fake, command string) {
		if command == "settings put global x 1" {
			require.Len(t, f.changes, 1)
			require.Equal(t, map[string]string{"setting global x": "null"}, f.held)
		}
	}
	_, err := do(t, f, `shell: {run: [settings, put, global, x, "1"], changes: {what: x is set, undo: [settings, delete, global, x]}}`)
	require.NoError(t, err)
	assert.Equal(t, []change{{"x is set", "settings delete global x"}}, f.changes)
}

func TestShellLinesThatNeedAShellGetOne(t *testing.T) {
	s := step(t, `shell: {run: "echo 1 > /data/local/tmp/x", changes: {what: a file is written, undo: [rm, /data/local/tmp/x]}}`)
	assert.Equal(t, []string{"sh", "-c", "echo 1 > /data/local/tmp/x"}, s.(shell).run)
}

func TestOnlyCommandsThatReadNeedNoDeclaration(t *testing.T) {
	for _, argv := range [][]string{
		{"dumpsys", "battery", "unplug"}, {"wm", "size", "1x1"}, {"pm", "clear", "x"}, {"date", "0101"}, {"sh", "-c", "ls"}, {},
	} {
		assert.False(t, reads(argv), argv)
	}
	assert.True(t, reads([]string{"dumpsys", "package", "com.x"}))
}

func TestEveryStepSaysInWordsWhatItDoes(t *testing.T) {
	unsaid := map[string]bool{}
	for _, verb := range Verbs() {
		unsaid[verb] = true
	}
	for text, want := range map[string]string{
		"launch":                                   "launch",
		"tap: {id: ok, text: Fine}":                "tap id ok, text Fine",
		"tap: {x: 1, y: 2}":                        "tap 1,2",
		"swipe: left":                              "swipe left",
		"wait: 90s":                                "wait 1m30s",
		"idle: {for: 1h, screen: off}":             "idle 1h0m0s with the screen off",
		"wait-for: {id: ok, gone: true}":           "wait until a view with id ok is gone",
		"answer: {permission: CAMERA, with: deny}": "answer CAMERA with deny",
		"revoke: [CAMERA, RECORD_AUDIO]":           "revoke CAMERA, RECORD_AUDIO",
		"grant: com.maker.permission.LOOK":         "grant com.maker.permission.LOOK",
		"shell: [getprop]":                         "shell getprop",
		"stop: force":                              "stop by force",
		"key: BACK":                                "press BACK",
		"back":                                     "press BACK",
		"home":                                     "press HOME",
		"type: a b":                                "type a b",
	} {
		assert.Equal(t, want, step(t, text).String())
		verb, _, _ := strings.Cut(text, ":")
		delete(unsaid, verb)
	}
	assert.Empty(t, unsaid, "verbs of which nobody saw the words")
}
