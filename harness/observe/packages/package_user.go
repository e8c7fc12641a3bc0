package packages

import (
	"bytes"

	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// userHead reads "User N:" and the fields behind it. Fields that makers add (ofs=, pdm=,
// vHidden=, privacy_hidden=) are passed over. In the block of a shared user there are none.
func (d *packageDump) userHead(t []byte) {
	head, rest, ok := bytes.Cut(t[len("User "):], []byte(":"))
	n, isNumber := printout.Number(head)
	if !ok || !isNumber {
		return
	}
	d.finish()
	d.user, d.list = n, noList
	d.Read()
	if d.section == sharedUsers || d.install == "" {
		return
	}
	d.state = fact.UserState{Package: d.install, Hidden: d.section == hidden, User: n}
	if d.userWords(rest, &d.state) {
		d.emit(&d.state, d.Span())
	}
}

// userWords reads installed=true stopped=false enabled=0 … It is false where
// nothing says whether the package is installed for the user.
func (d *packageDump) userWords(rest []byte, state *fact.UserState) bool {
	installed := false
	for len(rest) > 0 {
		var word []byte
		word, rest = printout.Word(rest)
		key, val, _ := bytes.Cut(word, []byte("="))
		switch string(key) {
		case "installed":
			installed = true
			state.Installed = string(val) == "true"
		case "stopped":
			state.Stopped = string(val) == "true"
		case "enabled":
			state.Enabled, _ = printout.Number(val)
		case "instant":
			d.modern = true
		}
	}
	return installed
}

// userLine reads a line of a user's part of a block, which is indented by six.
func (d *packageDump) userLine(t []byte, in int) {
	if in > 6 {
		if d.list == runtimes || d.list == noList {
			return
		}
		d.Skip()
		return
	}
	if head := printout.TrimPadding(t); len(head) > 0 && head[len(head)-1] == ':' {
		if next, ok := userLists[string(head)]; ok {
			d.list = next
			d.Read()
			return
		}
	}
	if d.list == paths && bytes.IndexByte(t, '=') < 0 && bytes.IndexByte(t, '.') > 0 && packageName(bytes.ReplaceAll(t, []byte("$"), nil)) {
		d.Skip() // of disabledComponents: and the like, which Android 5 indents as far as the heading
		return
	}
	key := t
	for i, c := range t {
		if c == '=' || c == ':' {
			key = t[:i]
			break
		}
	}
	if _, known := d.ofUsers.Find(key, userFields); known {
		d.Skip()
	}
	if d.list != paths {
		d.list = noList
	}
}

// userLists are the lists of a user's part. Their lines are indented by eight.
var userLists = map[string]list{
	"archiveState:":         paths,
	"disabledComponents:":   paths,
	"enabledComponents:":    paths,
	"legacy overlay paths:": paths,
	"overlay paths:":        paths,
	"runtime permissions:":  runtimes,
	"suspend params:":       paths,
}

var userFields = map[string]bool{
	"Suspend params": true, "cooldownElapsed": true, "dataDir": true, "firstInstallTime": true, "gids": true,
	"harmfulAppWarning": true, "installReason": true, "lastDisabledCaller": true, "overlay paths": true,
	"splashScreenTheme": true, "suspendingPackage": true, "uninstallReason": true, "minAspectRatio": true,
	"forceFull": true, "dialogInfo": true, "suspendedAppExtras": true, "suspendedLauncherExtras": true,
}
