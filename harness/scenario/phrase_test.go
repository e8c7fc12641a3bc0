package scenario

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheTableOfPhrasesIsSound lints the data.
func TestTheTableOfPhrasesIsSound(t *testing.T) {
	used := map[string]bool{}
	for i, w := range table(phrasesTable) {
		require.Len(t, w, 4, "row %d", i+1)
		assert.NotEmpty(t, groups[w[0]], w[0])
		used[w[0]] = true
		assert.Contains(t, []string{"10", "12", "13", "14", "15"}, w[1])
		assert.Equal(t, 1, strings.Count(w[3], "%1$s"), w[3])
		assert.LessOrEqual(t, strings.Count(w[3], "%2$s"), 1, w[3])
		assert.Equal(t, strings.Count(w[3], "%1$s")+strings.Count(w[3], "%2$s"), strings.Count(w[3], "%"), w[3])
		assert.NotContains(t, w[3], "<")
		hindi := strings.IndexFunc(w[3], func(r rune) bool { return unicode.Is(unicode.Devanagari, r) }) >= 0
		assert.Equal(t, map[bool]string{true: "hindi", false: "english"}[hindi], w[2], w[3])
	}
	assert.Len(t, used, len(groups), "each group has a sentence")
}

// appNames are apps' names, among them such as want to be read.
var appNames = []string{
	"Camera", "कैमरा", "Location…", "My contacts", "record audio", "Allow", "A? B", "SMS & call logs", "O’Neill's", "\u2068Isolated\u2069", "100% safe", "(.+)",
	"X to access this device's location?", "Allow X to record audio? Y", "X’s location access from approximate to precise", "को अपने संपर्क देखने की अनुमति देना चाहते हैं",
}

// TestEachSentenceSaysWhatItAsksForWhateverTheAppIsCalled puts every label into every
// sentence: it reads as the sentence alone does, or not at all.
func TestEachSentenceSaysWhatItAsksForWhateverTheAppIsCalled(t *testing.T) {
	for _, w := range table(phrasesTable) {
		for i, label := range appNames {
			message := strings.NewReplacer("%1$s", label, "%2$s", "Pixel 8").Replace(w[3])
			asks := dialog{message: message}.asks()
			if asks == nil && i >= 12 {
				continue // two readings are none
			}
			assert.Equal(t, groups[w[0]], asks, message)
		}
	}
}

// TestALabelIsNotWhatIsAskedFor has an app that is named like what it does not ask for.
func TestALabelIsNotWhatIsAskedFor(t *testing.T) {
	for message, want := range map[string]string{
		"Allow Location… to take pictures and record video?":         "CAMERA",
		"Allow take pictures to access this device's location?":      "ACCESS_FINE_LOCATION",
		"Allow Your contacts to send and view SMS messages?":         "READ_SMS",
		"Allow A to record audio? B to access your calendar?":        "READ_CALENDAR",
		"Location would like the camera":                             "",
		"Please tap Allow: your location is needed to take pictures": "",
		"Allow Camera to take pictures and record video? Tap Allow.": "",
		"":  "",
		"?": "",
		"Allow " + strings.Repeat("x", mostSentence) + " to record audio?":          "",
		"Allow  Camera\u00a0to take pictures\nand record video?":                    "CAMERA",
		"Allow Weather to access this device’s location?":                           "ACCESS_FINE_LOCATION",
		"Change \u2068Weather\u2069’s location access from approximate to precise?": "ACCESS_FINE_LOCATION",
	} {
		asks := dialog{message: message}.asks()
		if want == "" {
			assert.Empty(t, asks, message)
			continue
		}
		assert.True(t, slices.Contains(asks, names(want)[0]), "%s: %s", message, short(asks))
	}
}

// TestADialogThatCannotBeReadIsNotTheDeclaredOne in a language that is not there, and
// in words of a maker's own: it is neither answered by the step nor pressed away first.
func TestADialogThatCannotBeReadIsNotTheDeclaredOne(t *testing.T) {
	name := controllerPkg + "/" + askingClass
	for _, message := range []string{"Darf die App das?", "要允许该应用拍照吗？", "", "Allow Location… to do as it likes?", "Allow CAMERA?"} {
		for _, with := range []string{"allow", "deny", "allow-foreground"} {
			shown := permissionScreen(controllerPkg, message, "permission_allow_button", "permission_allow_foreground_only_button", "permission_deny_button")
			f := asking(33, shown, dump(33, subject, "CAMERA:false:"), "")
			_, err := do(t, f, "answer: {permission: CAMERA, with: "+with+"}")
			require.ErrorIs(t, err, ErrExpectation, message)
			assert.ErrorContains(t, err, "none that assay can read")
			assert.Empty(t, f.tapped(), message)
			assert.Empty(t, f.changes, message)

			f, a := covered(33, name, shown, "input keyevent KEYCODE_BACK")
			ahead := Action{Verb: "answer", Step: answer{permissions: names("CAMERA"), with: with}}
			all, err := NewWatcher(Scenario{}, a).Look(t.Context(), f, at("launch", ahead))
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, []any{"leave", false}, []any{all[0].Answer, all[0].Declared}, message)
			assert.Empty(t, f.tapped(), message)
		}
	}
}
