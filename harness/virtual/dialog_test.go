package virtual

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tapID touches the middle of the widget with a resource-id.
func tapID(t *testing.T, h *Handset, id string) {
	t.Helper()
	dump := mustRun(t, h, "uiautomator dump /dev/tty")
	m := regexp.MustCompile(`resource-id="` + regexp.QuoteMeta(id) + `".*?bounds="\[(\d+),(\d+)\]\[(\d+),(\d+)\]"`).FindStringSubmatch(dump)
	require.NotNil(t, m, "no %s in %s", id, dump)
	var b [4]int
	for i := range b {
		_, err := fmt.Sscan(m[i+1], &b[i])
		require.NoError(t, err)
	}
	mustRun(t, h, fmt.Sprintf("input tap %d %d", (b[0]+b[2])/2, (b[1]+b[3])/2))
}

func TestDialogHasEachReleasesButtonsAndFocus(t *testing.T) {
	for _, c := range []struct {
		sdk     int
		ids     []string
		focused string
	}{
		{23, []string{"com.android.packageinstaller:id/permission_allow_button", "com.android.packageinstaller:id/permission_deny_button"}, "com.android.packageinstaller/com.android.packageinstaller.permission.ui.GrantPermissionsActivity"},
		{28, []string{"com.android.packageinstaller:id/permission_allow_button", "com.android.packageinstaller:id/permission_deny_button"}, "com.android.packageinstaller/com.android.packageinstaller.permission.ui.GrantPermissionsActivity"},
		{29, []string{"com.android.permissioncontroller:id/permission_allow_button", "com.android.permissioncontroller:id/permission_deny_button"}, "com.android.permissioncontroller/com.android.packageinstaller.permission.ui.GrantPermissionsActivity"},
		{33, []string{"com.android.permissioncontroller:id/permission_allow_foreground_only_button", "com.android.permissioncontroller:id/permission_allow_one_time_button", "com.android.permissioncontroller:id/permission_deny_button"}, "com.android.permissioncontroller/com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"},
	} {
		h := testHandset(t, c.sdk)
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		dump := mustRun(t, h, "uiautomator dump /dev/tty")
		for _, id := range c.ids {
			assert.Contains(t, dump, `resource-id="`+id+`"`, "sdk %d", c.sdk)
		}
		assert.Equal(t, len(c.ids), strings.Count(dump, "android.widget.Button"), "sdk %d", c.sdk)
		assert.Contains(t, dump, "Allow Specimen Camera to ")
		assert.Contains(t, mustRun(t, h, "dumpsys window"), c.focused+"}", "sdk %d", c.sdk)
	}
}

func TestRefusalIsRememberedAndTheSecondIsForGood(t *testing.T) {
	h := testHandset(t, 33)
	const ids = "com.android.permissioncontroller:id/"
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	tapID(t, h, ids+"permission_deny_button")
	assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"),
		"android.permission.CAMERA: granted=false, flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED|USER_SENSITIVE_WHEN_DENIED]")
	assert.Contains(t, mustRun(t, h, "logcat -d"), "no camera: the user refused it")
	assert.NotContains(t, mustRun(t, h, "dumpsys appops"), "      CAMERA (allow)")

	mustRun(t, h, "am force-stop specimen.camera")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	tapID(t, h, ids+"permission_deny_and_dont_ask_again_button")
	assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=false, flags=[ "+
		"USER_SET|USER_FIXED|")

	mustRun(t, h, "am force-stop specimen.camera")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.NotContains(t, mustRun(t, h, "uiautomator dump /dev/tty"), "permission_", "nobody asks a third time")
	mustRun(t, h, "pm clear specimen.camera")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.Contains(t, mustRun(t, h, "uiautomator dump /dev/tty"), "permission_deny_button")
}

func TestTickedBoxMakesARefusalGoodUpToAndroid9(t *testing.T) {
	h := testHandset(t, 28)
	const ids = "com.android.packageinstaller:id/"
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.NotContains(t, mustRun(t, h, "uiautomator dump /dev/tty"), dontAskAgain)
	tapID(t, h, ids+"permission_deny_button")
	mustRun(t, h, "input keyevent BACK")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	tapID(t, h, ids+dontAskAgain)
	assert.Contains(t, mustRun(t, h, "uiautomator dump /dev/tty"), `checked="true"`)
	tapID(t, h, ids+"permission_deny_button")
	assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=false, flags=[ USER_SET "+
		"USER_FIXED ]")
}

func TestConsentLetsTheAppUseTheCamera(t *testing.T) {
	h := testHandset(t, 30)
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.NotContains(t, mustRun(t, h, "dumpsys appops"), "CAMERA (allow)")
	tapID(t, h, "com.android.permissioncontroller:id/permission_allow_one_time_button")
	assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=true, flags=[ "+
		"USER_SENSITIVE_WHEN_GRANTED|USER_SENSITIVE_WHEN_DENIED|ONE_TIME]")
	assert.Contains(t, mustRun(t, h, "dumpsys appops"), "      CAMERA (allow): \n        null=[\n          Access: [top-s] ")
}

func TestAndroid5AsksNobody(t *testing.T) {
	h := testHandset(t, 22)
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.NotContains(t, mustRun(t, h, "uiautomator dump /dev/tty"), "permission_")
	assert.Contains(t, mustRun(t, h, "dumpsys appops"), "      CAMERA: mode=0; time=+")
}

func TestHierarchyIsXMLAndNoneWhenTheScreenIsOff(t *testing.T) {
	h := testHandset(t, 34)
	for _, line := range []string{"wm size", "am start -n specimen.weather/.ForecastActivity"} {
		mustRun(t, h, line)
		mustRun(t, h, "uiautomator dump /sdcard/w.xml")
		text, err := h.Disk().ReadFile("/sdcard/w.xml")
		require.NoError(t, err)
		require.NoError(t, xml.Unmarshal(text, new(struct{ XMLName xml.Name })))
	}
	mustRun(t, h, "settings put secure lockscreen.disabled 0")
	mustRun(t, h, "input keyevent 26")
	_, errs, status := runOn(h, "uiautomator", "dump", "/sdcard/w2.xml")
	assert.Zero(t, status, "Android exits with 0 also here")
	assert.Contains(t, errs, "ERROR: null root node")
	mustRun(t, h, "input keyevent WAKEUP")
	assert.Contains(t, mustRun(t, h, "dumpsys window"), "NotificationShade}")
	mustRun(t, h, "wm dismiss-keyguard")
	assert.Contains(t, mustRun(t, h, "dumpsys window"), "specimen.weather.ForecastActivity}")
}

// dontAskAgain is the resource-id of the box "don't ask again".
const dontAskAgain = "do_not_ask_checkbox"
