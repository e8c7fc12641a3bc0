package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatAStepTakesBackIsKnown(t *testing.T) {
	for _, command := range []string{
		"am kill --user 0 com.maker.camera",
		"input keyevent KEYCODE_HOME",
		"input keyevent KEYCODE_WAKEUP",
		"pm grant --user 0 com.maker.camera android.permission.CAMERA",
		"pm revoke --user 0 com.maker.camera com.maker.permission.X-Y_2",
		"pm set-permission-flags --user 0 com.maker.camera android.permission.CAMERA user-set",
		"pm clear-permission-flags --user 0 android android.permission.CAMERA user-set user-fixed",
	} {
		assert.NoError(t, Scenario{}.Undoable(strings.Fields(command)), command)
	}
}

// TestNothingElseIsTakenBack tries what a forged journal could have sent, and each
// command of a step with a word taken out, put in, or exchanged for a hostile one.
func TestNothingElseIsTakenBack(t *testing.T) {
	refused := func(argv ...string) { t.Helper(); assert.Error(t, Scenario{}.Undoable(argv), "%q", argv) }
	refused()
	refused("")
	for _, command := range []string{
		"touch /sdcard/x", "reboot", "sh -c reboot", "pm uninstall com.a.b", "pm clear com.a.b", "am force-stop --user 0 com.a.b",
		"input keyevent KEYCODE_POWER", "input tap 1 1", "settings put global adb_enabled 0", "pm grant --user 10 com.a.b android.permission.CAMERA",
	} {
		refused(strings.Fields(command)...)
	}
	refused("am", "kill", "--user", "0", "null")
	for _, form := range undos {
		argv := strings.Fields(strings.NewReplacer("{package}", "com.a.b", "{permission}", "a.permission.B", "{marks}", "user-set").Replace(form))
		require.NoError(t, Scenario{}.Undoable(argv), form)
		refused(append(argv[:len(argv):len(argv)], "more")...)
		refused(append(argv[:len(argv):len(argv)], argv[len(argv)-1])...)
		for i := range argv {
			refused(append(argv[:i:i], argv[i+1:]...)...)
			for _, hostile := range []string{
				"", ";reboot", "$(reboot)", "`reboot`", "a b", "com.a.b;reboot", "com.a.b\nreboot", "-f", "--users", "../x",
				"com.a.b'", "*", "\x00", "é.é",
			} {
				changed := append(append(argv[:i:i], hostile), argv[i+1:]...)
				refused(changed...)
				refused(append(append(argv[:i:i], argv[i]+hostile+" "), argv[i+1:]...)...)
			}
		}
		refused(strings.Join(argv, " "))
	}
}

func TestAShellStepTakesBackWhatItsOwnScenarioDeclares(t *testing.T) {
	s, err := Parse("a.yaml", []byte("name: a\nabout: b\nsteps:\n  - shell:\n      run: [settings, put, secure, location_mode, \"0\"]\n"+
		"      changes: {what: location is off, undo: [settings, put, secure, location_mode, \"3\"]}\n"), Known{})
	require.NoError(t, err)
	undo := []string{"settings", "put", "secure", "location_mode", "3"}
	assert.NoError(t, s.Undoable(undo))
	assert.Error(t, s.Undoable(append(undo, "4")))
	assert.Error(t, s.Undoable([]string{"settings", "put", "secure", "location_mode", "0"}), "what it runs is no undo")
	assert.ErrorContains(t, Scenario{Name: "other"}.Undoable(undo), `no step of scenario "other" takes anything back with`)
}
