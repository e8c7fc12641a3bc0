package virtual

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// TestTheMarksOfAnAnswerOutliveTheShell: what pm grant and pm revoke do leaves them,
// and the next question offers not to be asked again.
func TestTheMarksOfAnAnswerOutliveTheShell(t *testing.T) {
	for sdk, again := range map[int]string{28: dontAskAgain, 29: "permission_deny_and_dont_ask_again_button",
		30: "permission_deny_and_dont_ask_again_button", 33: "permission_deny_and_dont_ask_again_button"} {
		h := testHandset(t, sdk)
		grant, _ := h.GrantActivity()
		ids := strings.Replace(grant, ".google", "", 1) + ":id/"
		allow := map[bool]string{true: "permission_allow_foreground_only_button", false: "permission_allow_button"}[sdk >= 30]
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		assert.NotContains(t, mustRun(t, h, "uiautomator dump /dev/tty"), again, sdk)
		tapID(t, h, ids+allow)
		mustRun(t, h, "pm revoke specimen.camera android.permission.CAMERA")
		assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=false, flags=[ USER_SET", sdk)
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		assert.Contains(t, mustRun(t, h, "uiautomator dump /dev/tty"), again, sdk)
		_, _, status := runOn(h, "pm", "clear-permission-flags", "specimen.camera", "android.permission.CAMERA", "user-set")
		assert.Equal(t, sdk >= 31, status == 0, sdk)
	}
}

// TestPmSaysNothingOfWhatItDoesNotGrant: of an app of old, and of what the image fixes.
func TestPmSaysNothingOfWhatItDoesNotGrant(t *testing.T) {
	h := testHandset(t, 30)
	p := h.State.Package("specimen.camera")
	p.Target = 22
	for _, word := range []string{"grant", "revoke"} {
		out, errs, status := runOn(h, "pm", word, "specimen.camera", "android.permission.CAMERA")
		assert.Empty(t, out+errs)
		assert.Zero(t, status)
		assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=false")
	}
	p.Target = 30
	p.Grants.RuntimeOf(0, "android.permission.CAMERA").Flags |= persona.SystemFixed
	_, errs, status := runOn(h, "pm", "grant", "specimen.camera", "android.permission.CAMERA")
	assert.Empty(t, errs)
	assert.Zero(t, status)
	_, errs, status = runOn(h, "pm", "revoke", "specimen.camera", "android.permission.CAMERA")
	assert.Contains(t, errs, "cannot revoke system fixed permission")
	assert.NotZero(t, status)
}

// TestADumpOfTheViewsRewritesTheRotation as each release does.
func TestADumpOfTheViewsRewritesTheRotation(t *testing.T) {
	for _, c := range []struct {
		sdk         int
		free, of    string
		after, then string
	}{
		{28, "1", "null", "1", "null"}, {29, "1", "null", "1", "0"}, {33, "1", "3", "1", "3"}, {23, "0", "1", "0", "0"}, {34, "0", "1", "0", "0"},
	} {
		h := testHandset(t, c.sdk)
		mustRun(t, h, "settings put system accelerometer_rotation "+c.free)
		if c.of != "null" {
			mustRun(t, h, "settings put system user_rotation "+c.of)
		}
		mustRun(t, h, "uiautomator dump /dev/tty")
		assert.Equal(t, c.after+"\n"+c.then+"\n", mustRun(t, h, "settings get system accelerometer_rotation")+mustRun(t, h,
			"settings get system user_rotation"), c)
	}
}

// TestAWindowTellsWhatWasAgreedTo: where the negative button is the one that agrees,
// and BACK may not close it; HOME leaves it, but not Android's own.
func TestAWindowTellsWhatWasAgreedTo(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		home := focusOf(t, f)
		for what, window := range map[string]string{
			"battery": "com.mediatek.batterywarning/", "harmful": "android/", "install": "com.miui.securitycenter/", "oem": "specimen.offers/",
		} {
			agrees, other := fault.NegativeButton, fault.PositiveButton
			if what == "oem" {
				agrees, other = other, agrees
			}
			for _, id := range []string{other, agrees} {
				inject(t, h, "overlay:"+what+"+firm:match=true")
				mustSay(t, f, "true")
				mustSay(t, f, "input keyevent BACK")
				assert.Contains(t, focusOf(t, f), window, "BACK does not close it")
				tapID(t, h, id)
				assert.Equal(t, home, focusOf(t, f))
				assert.Equal(t, id == agrees, strings.HasPrefix(mustSay(t, f, "settings get system "+fault.Agreed), window), "%s %s", what, id)
			}
			mustSay(t, f, "settings delete system "+fault.Agreed)
			inject(t, h, "overlay:"+what+"+firm:match=true")
			mustSay(t, f, "true")
			mustSay(t, f, "input keyevent HOME")
			assert.Equal(t, home, focusOf(t, f), "HOME leaves it")
			assert.Equal(t, "null", mustSay(t, f, "settings get system "+fault.Agreed))
		}
		inject(t, h, "anr:specimen.camera:match=true")
		mustSay(t, f, "true")
		mustSay(t, f, "input keyevent HOME")
		assert.Contains(t, focusOf(t, f), "Application Not Responding", "Android's own stays")
	})
}
