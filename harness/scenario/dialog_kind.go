package scenario

import "slices"

// The kind of window that no signature knows, and of the lock screen.
const (
	unknownKind  = "unknown"
	keyguardKind = "keyguard"
)

// Answers that no scenario declares a button for.
const (
	leave  = "leave" // the scenario declares it: the dialog may stand
	stays  = "stays" // nothing that may be pressed took it away
	byHome = "home"  // the key HOME left it, which nothing else took away
)

// way is one way to be rid of a dialog.
type way struct {
	word     string   // by which scenarios declare it
	from, to int      // SDKs that have it; to 0: no end
	key      string   // that is pressed; empty: a button is
	buttons  []string // resource-ids in full; nil, without a key: what is known to decline on the window
}

func (w way) serves(sdk int) bool { return sdk >= w.from && (w.to == 0 || sdk <= w.to) }

// dialogKind is what can be done with one kind of dialog. No way allows
// anything: what a permission dialog is answered with otherwise, only the step
// answer says.
type dialogKind struct {
	name string
	ways []way    // the best of each word first
	out  []string // the words by which an undeclared one is backed out of, in this order
}

// dialogKinds is the table, by name. Android asks whether to wait for an app with
// a dialog that BACK does not close, and told of a crash in the same way up to
// Android 6, with one button (AppNotRespondingDialog, AppErrorDialog); Android 7
// gave their buttons ids of their own. A permission dialog takes no BACK up to
// Android 10 (GrantPermissionsActivity.onKeyDown).
var dialogKinds = []dialogKind{
	{"anr", []way{
		{word: "close", from: 24, buttons: []string{"android:id/aerr_close"}},
		{word: "close", to: 23, buttons: []string{positive}},
		{word: "wait", from: 24, buttons: []string{"android:id/aerr_wait"}},
		{word: "wait", to: 23, buttons: []string{negative}},
	}, []string{"wait"}},
	{"crash", []way{
		{word: "back", from: 24, key: keyBack},
		{word: "close", from: 24, buttons: []string{"android:id/aerr_close"}},
		{word: "close", to: 23, buttons: []string{positive}},
	}, []string{"back", "close"}},
	{"maker", plainWays, plainOut},
	{"permission", []way{{word: "back", from: 30, key: keyBack}, {word: "deny"}}, []string{"back", "deny"}},
	{"sim", plainWays, plainOut},
	{unknownKind, plainWays, plainOut},
	{"update", plainWays, plainOut},
	{"usb-mode", plainWays, plainOut},
}

const (
	keyBack = "KEYCODE_BACK"
	keyHome = "KEYCODE_HOME"
)

var (
	plainWays = []way{{word: "back", key: keyBack}, {word: "dismiss"}}
	plainOut  = []string{"back", "dismiss"}
)

// lastly are the ways that are gone where what was declared, or is known, did not
// help: neither can agree to anything. HOME does not take Android's own windows away,
// and leaves an app's standing behind it.
var lastly = []way{{word: "back", key: keyBack}, {word: byHome, key: keyHome}}

// waysOut are those by which a window is left: as the words say, and lastly by BACK and
// HOME. What is known to take no BACK is spared it.
func (k dialogKind) waysOut(sdk int, of signature, words ...string) []way {
	ways := k.by(sdk, words...)
	if of.title == "" {
		ways = append(ways, lastly...)
	}
	var out []way
	for _, w := range ways {
		spared := w.key == keyBack && (of.back == "ignored" || k.name == "permission" && sdk < 30)
		if !spared && !slices.ContainsFunc(out, func(o way) bool { return o.word == w.word }) {
			out = append(out, w)
		}
	}
	return out
}

func kindNamed(name string) (dialogKind, bool) {
	i := slices.IndexFunc(dialogKinds, func(k dialogKind) bool { return k.name == name })
	if i < 0 {
		return dialogKind{}, false
	}
	return dialogKinds[i], true
}

// words are the answers that a scenario may declare, sorted.
func (k dialogKind) words() []string {
	all := []string{leave}
	for _, w := range k.ways {
		all = append(all, w.word)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// by gives the ways of these words that a release has, in their order.
func (k dialogKind) by(sdk int, words ...string) []way {
	var ways []way
	for _, word := range words {
		for _, w := range k.ways {
			if w.word == word && w.serves(sdk) {
				ways = append(ways, w)
			}
		}
	}
	return ways
}

// kindNames are the kinds that a scenario may declare, sorted.
func kindNames() []string {
	all := make([]string, len(dialogKinds))
	for i, k := range dialogKinds {
		all[i] = k.name
	}
	return all
}
