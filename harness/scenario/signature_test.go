package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheTableOfDialogsIsSound lints the data: nothing of it is guessed at when a
// dialog stands in front.
func TestTheTableOfDialogsIsSound(t *testing.T) {
	id := regexp.MustCompile(`^([A-Za-z][\w.]*:id/)?[a-z][a-z0-9_]*$`)
	seen := map[string]bool{}
	var order []string
	for i, w := range table(dialogsTable) {
		require.Len(t, w, 7, "row %d", i+1)
		name := strings.Join(w[:3], " ")
		order = append(order, strings.Join(w[:3], "\t"))
		assert.False(t, seen[name], "%s stands twice", name)
		seen[name] = true
		assert.Contains(t, kindNames(), w[0], name)
		assert.Contains(t, []string{"", "closes", "ignored"}, w[3], name)
		assert.True(t, w[1] != "" || w[2] != "*", "%s is any window", name)
		assert.NotEmpty(t, w[6], "%s has no source", name)
		for _, cell := range w {
			assert.Equal(t, strings.TrimSpace(cell), cell, name)
		}
		s := signatures()[i]
		if s.pkg != "" {
			assert.True(t, validPackage(string(s.pkg)), name)
		}
		if s.class != "" {
			assert.Contains(t, s.class, ".", name)
		}
		for _, l := range append(slices.Clone(s.decline.ids), s.agree.ids...) {
			assert.Regexp(t, id, l, name)
		}
		for _, l := range s.decline.ids {
			assert.NotContains(t, s.agree.ids, l, name)
			assert.NotContains(t, strings.ReplaceAll(l, "dont_allow", ""), "allow", "%s: %s", name, l)
		}
		for _, l := range s.decline.texts {
			assert.NotContains(t, s.agree.texts, l, name)
		}
	}
	assert.True(t, slices.IsSorted(order), "the rows are sorted")
}

// facing is a window of a row, and what stands on it.
type facing struct {
	row   signature
	sdk   int
	views []string // ID|TEXT|PACKAGE
	ok    []bool   // the view declines, or is known to neither decline nor agree and is yet not to be pressed: false
}

// facings are the screens that a row can show: by ids, by words in each language,
// with the buttons of an AlertDialog that the row does not know, and with an agreeing
// word on a declining place.
func facings(row signature) []facing {
	pkg := string(row.pkg)
	if pkg == "" {
		pkg = "com.any"
	}
	add := func(f *facing, id, text string, declines bool) {
		if id != "" && !strings.Contains(id, ":") {
			id = pkg + ":id/" + id
		}
		f.views, f.ok = append(f.views, id+"|"+text+"|"+pkg), append(f.ok, declines)
	}
	var all []facing
	for _, sdk := range []int{26, 33} {
		for _, language := range []*unicode.RangeTable{unicode.Latin, unicode.Devanagari, unicode.Han} {
			byID, byText, swapped := facing{row: row, sdk: sdk}, facing{row: row, sdk: sdk}, facing{row: row, sdk: sdk}
			agree, decline := wordsIn(row.agree.texts, language), wordsIn(row.decline.texts, language)
			for i, id := range row.agree.ids {
				add(&byID, id, nth(agree, i), false)
			}
			for i, id := range row.decline.ids {
				add(&byID, id, nth(decline, i), true)
			}
			for _, id := range []string{positive, negative, "android:id/button3"} {
				if !slices.Contains(row.agree.ids, id) && !slices.Contains(row.decline.ids, id) {
					add(&byID, id, "", false)
				}
			}
			for _, text := range agree {
				add(&byText, "", text, false)
			}
			for _, text := range decline {
				add(&byText, "", text, true)
			}
			if len(agree) > 0 && len(row.decline.ids) > 0 {
				add(&swapped, row.decline.ids[0], agree[0], false)
			}
			all = append(all, byID, byText, swapped)
		}
	}
	return all
}

func nth(words []string, i int) string {
	if len(words) == 0 {
		return ""
	}
	return words[i%len(words)]
}

func wordsIn(texts []string, language *unicode.RangeTable) []string {
	var all []string
	for _, text := range texts {
		if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(language, r) }) >= 0 {
			all = append(all, text)
		}
	}
	return all
}

func (f facing) window() string {
	if f.row.title != "" {
		return f.row.title + subject
	}
	pkg, class := string(f.row.pkg), f.row.class
	if pkg == "" {
		pkg = "com.any"
	}
	if class == "" {
		class = pkg + ".Any"
	}
	return pkg + "/" + class
}

// TestNothingKnownIsEverAgreedTo has each window of the table come up in each
// language, with BACK and HOME swallowed or not, foreseen or not.
func TestNothingKnownIsEverAgreedTo(t *testing.T) {
	looked, declined := 0, 0
	for _, row := range signatures() {
		if row.title != "" {
			continue // TestNoWayAgrees: their answers are by release, and no words of theirs are pressed
		}
		for _, f := range facings(row) {
			for _, back := range []bool{true, false} {
				for _, declared := range []string{"", "back", "dismiss"} {
					if row.kind == "permission" && declared == "dismiss" {
						declared = "deny"
					}
					looked++
					if f.faced(t, back, declared) {
						declined++
					}
				}
			}
		}
	}
	assert.Greater(t, looked, 5000)
	assert.Greater(t, declined, 500, "what declines is pressed where BACK does not help")
}

// faced looks at the window, and says whether something on it was pressed.
func (f facing) faced(t *testing.T, back bool, declared string) bool {
	t.Helper()
	closes := []string{}
	if back {
		closes = append(closes, "input keyevent KEYCODE_BACK")
	}
	for i, ok := range f.ok {
		if ok {
			closes = append(closes, fmt.Sprintf("input tap 100 %d", i*100+125))
		}
	}
	handset, album := covered(f.sdk, f.window(), screen(append([]string{"android:id/alertTitle|?|" + string(f.row.pkg)}, f.views...)...), closes...)
	s := Scenario{}
	if declared != "" {
		s.Dialogs = []Dialog{{f.row.kind, declared}}
	}
	all, err := NewWatcher(s, album).Look(t.Context(), handset, at("wait"))
	what := fmt.Sprintf("%s on %d, BACK %t, declared %q: %q", f.window(), f.sdk, back, declared, f.views)
	require.Len(t, all, 1, what)
	assert.Equal(t, f.row.kind, all[0].Kind, what)
	for _, tapped := range handset.tapped() {
		at := 0
		_, scanned := fmt.Sscanf(tapped, "100 %d", &at)
		require.NoError(t, scanned)
		require.Positive(t, at/100, what)
		require.True(t, f.ok[at/100-1], "%s: %s was pressed", what, f.views[at/100-1])
	}
	if all[0].Answer == stays || all[0].Answer == byHome {
		require.ErrorIs(t, err, ErrExpectation, what)
		assert.Contains(t, err.Error(), "picture", what)
		assert.Contains(t, handset.ran, "input keyevent KEYCODE_HOME", what)
		return false
	}
	require.NoError(t, err, what)
	return len(handset.tapped()) > 0
}

// TestAWindowIsKnownByWhatSaysTheMostOfIt: a maker's one window among many, and a
// class in a package of a maker's own.
func TestAWindowIsKnownByWhatSaysTheMostOfIt(t *testing.T) {
	for name, want := range map[string]struct{ kind, back string }{
		"com.miui.securitycenter/com.miui.permcenter.install.AdbInstallActivity":                                       {"maker", "closes"},
		"com.miui.securitycenter/com.miui.x.Any":                                                                       {"maker", ""},
		"com.lbe.security.miui/com.android.packageinstaller.permission.ui.GrantPermissionsActivity":                    {"permission", ""},
		"com.samsung.android.permissioncontroller/com.android.packageinstaller.permission.ui.GrantPermissionsActivity": {"permission", "ignored"},
		"com.nobody/com.nobody.Any": {"", ""},
		"Application Error: com.x":  {"crash", "closes"},
	} {
		f, ok := parseFocus("  mCurrentFocus=Window{1 u0 " + name + "}\n")
		require.True(t, ok)
		s := signed(f)
		assert.Equal(t, want, struct{ kind, back string }{s.kind, s.back}, name)
	}
}
