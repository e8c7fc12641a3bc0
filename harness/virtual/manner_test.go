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

// refuseOnScreen answers the dialog on the screen with no.
func refuseOnScreen(t *testing.T, h *Handset) {
	t.Helper()
	pkg, _ := h.GrantActivity()
	tapID(t, h, pkg+":id/permission_deny_button")
}

// Up to Android 10 a refused camera leaves the op's mode alone, so that a proxy
// which holds the permission is noted as using it in the app's name.
func TestAHelperUsesTheCameraInTheNameOfOneThatWasRefusedIt(t *testing.T) {
	for sdk, want := range map[int]string{
		23: "      CAMERA: mode=0; time=+",
		27: "      CAMERA: mode=0; time=+",
		28: "          Access: top   = 2025-03-04 09:00:",
		29: "          Access: [top-upd] 2025-03-04 09:00:",
	} {
		h := mannered(t, sdk, "camera by-another-hand", "relay well-behaved")
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		uses := func() string { return h.sectionOf(t, "specimen.camera") }
		before := uses()
		assert.Contains(t, before, want, "sdk %d: before its user answers", sdk)
		refuseOnScreen(t, h)
		mustRun(t, h, "sleep 30")
		after := uses()
		assert.NotEqual(t, before, after, "sdk %d: and after the refusal", sdk)
		assert.NotContains(t, after, "Reject")
		assert.NotContains(t, mustRun(t, h, "dumpsys package specimen.camera"), "CAMERA: granted=true")
		if sdk == 29 {
			relay := h.State.Package("specimen.relay").AppID
			assert.Contains(t, after, fmt.Sprintf(" proxy[uid=%d, pkg=specimen.relay]", relay))
			assert.Contains(t, h.sectionOf(t, "specimen.relay"), "-up] 2025-03-04 09:00:")
		}
	}
}

func TestAHelperIsNoWayRoundARefusalFromAndroid11(t *testing.T) {
	h := mannered(t, 30, "camera by-another-hand", "relay well-behaved")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.Contains(t, h.sectionOf(t, "specimen.relay"), "Reject: [bg-up]", "it may not use the camera in the background itself")
	assert.NotContains(t, h.sectionOf(t, "specimen.camera"), "CAMERA")
}

func TestAnAppThatRunsAsTheSystemNeedsNoConsent(t *testing.T) {
	for _, sdk := range []int{30, 33, 36} {
		h := mannered(t, sdk, "camera before-consent")
		mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
		assert.Contains(t, mustRun(t, h, "uiautomator dump /dev/tty"), "permission_deny_button", "sdk %d: it asks", sdk)
		dump := h.sectionOf(t, "specimen.camera")
		assert.Contains(t, dump, "      CAMERA (allow): \n        null=[\n          Access: [pers-s] ",
			"sdk %d: and does not wait for the answer", sdk)
		refuseOnScreen(t, h)
		assert.Contains(t, mustRun(t, h, "dumpsys package specimen.camera"), "android.permission.CAMERA: granted=false, flags=[ USER_SET|")
		assert.NotContains(t, mustRun(t, h, "dumpsys appops"), "      CAMERA: mode=ignore\n", "sdk %d: the system's modes are not touched", sdk)
	}
}

func TestARefusedAppThatRunsAsTheSystemGoesOn(t *testing.T) {
	h := mannered(t, 30, "camera after-refusal")
	mustRun(t, h, "am start -n specimen.camera/.CameraActivity")
	assert.NotContains(t, h.sectionOf(t, "specimen.camera"), "CAMERA")
	refuseOnScreen(t, h)
	mustRun(t, h, "sleep 10")
	assert.Contains(t, h.sectionOf(t, "specimen.camera"), "CAMERA (allow): \n        null=[\n          Access: [pers-s] ")
}

func TestAServiceWithANotificationListensOnWhenItsAppHasLeftTheScreen(t *testing.T) {
	for _, sdk := range []int{28, 31, 34} {
		h := mannered(t, sdk, "dialer listens-on")
		mustRun(t, h, "am start -n specimen.dialer/.DialActivity")
		mustRun(t, h, "input keyevent HOME")
		mustRun(t, h, "sleep 120")
		dump := h.sectionOf(t, "specimen.dialer")
		assert.Contains(t, dump, "RECORD_AUDIO (allow)", "sdk %d", sdk)
		assert.Contains(t, dump, "fgsvc", "sdk %d", sdk)
		assert.Contains(t, dump, "START_FOREGROUND (allow)", "sdk %d", sdk)
		assert.NotContains(t, dump, "Reject", "sdk %d", sdk)
		mustRun(t, h, "sleep 300")
		assert.Empty(t, h.State.Services, "sdk %d", sdk)
	}
}

func TestTheMicrophoneIsThereInTheBackgroundUpToAndroid10(t *testing.T) {
	for sdk, want := range map[int]string{29: "Access: [bg-s]", 30: "Reject: [bg-s]"} {
		h := mannered(t, sdk, "messages microphone-in-background")
		mustRun(t, h, "sleep 1800")
		assert.Contains(t, h.sectionOf(t, "specimen.messages"), want, "sdk %d", sdk)
	}
}

func TestAnAppWithThePlatformsKeyIsSignedAsAndroidIs(t *testing.T) {
	h := mannered(t, 33, "gallery cannot-be-disabled", "store well-behaved")
	android, gallery, store := h.State.Package("android"), h.State.Package("specimen.gallery"), h.State.Package("specimen.store")
	require.NotNil(t, gallery)
	signed := regexp.MustCompile(`signatures=PackageSignatures\{\w+ (.+)`)
	of := func(p *phone.Package) string {
		return signed.FindStringSubmatch(mustRun(t, h, "dumpsys package "+p.Name))[1]
	}
	assert.Contains(t, of(gallery), of(android)[len(of(android))-40:])
	assert.NotContains(t, of(store), of(android)[len(of(android))-40:])
	assert.GreaterOrEqual(t, gallery.AppID, 10000, "and yet it is no part of the system")
}

// sectionOf cuts a package's block out of dumpsys appops.
func (h *Handset) sectionOf(t *testing.T, pkg string) string {
	t.Helper()
	dump := mustRun(t, h, "dumpsys appops")
	_, rest, ok := strings.Cut(dump, "    Package "+pkg+":\n")
	if !ok {
		return ""
	}
	for _, end := range []string{"\n    Package ", "\n  Uid "} {
		rest, _, _ = strings.Cut(rest, end)
	}
	return rest
}
